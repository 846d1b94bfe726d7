/** The console as a whole: what needs somebody, finding anything, what each role sees, who did what. */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { Browser } from '../../test/browser.ts'
import { openTestHouse } from '../../test/harness.ts'
import { furnish } from '../../test/pages.ts'
import { DAY, fromNow } from '../clock.ts'
import type { Purpose } from '../database/purposes.ts'
import { abilityFor, abilityNames, abilityOf, may, tabsFor } from './roles.ts'
import { roles } from './tables.ts'

const house = await openTestHouse({ UPDATES_APPROVAL: 'yes' })

// Which purposes are used while a member of the team opens or sends something: by the address, as it happens.
const at = new AsyncLocalStorage<string>()
const used = new Map<string, Set<Purpose>>()
const { db } = house.house
const as = db.as.bind(db)
Object.assign(db, {
  as: (purpose: Purpose, work: never) => {
    const ability = abilityFor(at.getStore() ?? '')
    if (ability) used.set(ability, (used.get(ability) ?? new Set()).add(purpose))
    return as(purpose, work)
  },
})
const { get } = Browser.prototype
Browser.prototype.get = function (this: Browser, path: string, headers?: Record<string, string>) {
  return at.run(path.replace(/\?.*/, ''), () => get.call(this, path, headers))
}

const { browsers, pages } = await furnish(house)
const { owner } = browsers
const support = await house.member('support')
const analyst = await house.member('analyst')
const marketing = await house.member('marketing')

test('the first page says what needs somebody, to those who may do it', async () => {
  const first = await owner.read('/staff')
  for (const says of [
    /requests? about data (is|are) open/,
    /questions? waits? for an answer/,
    /breach(es)? (is|are) open/,
    /legal demands? (is|are) not answered/,
  ])
    assert.match(first, says)
  assert.match(first, /notice of a new policy has not reached/)
  const helper = await support.read('/staff')
  assert.match(helper, /questions? waits? for an answer/)
  assert.doesNotMatch(helper, /requests? about data|breach|legal demand/)
  assert.match(await analyst.read('/staff'), /Nothing waits for you/)
})

test('an issue that waits for a second person is there, and goes when it is approved', async () => {
  const id = (await marketing.post('/staff/updates', { topic: 'news' })).headers.get('location') ?? ''
  await marketing.post(id, { topic: 'news', subject: 'A heron came', preheader: 'x', body: 'Hello.' })
  await marketing.post(`${id}/schedule`, { day: '2099-01-01', time: '09:30', zone: 'Europe/Berlin', sure: 'yes' })
  assert.match(await owner.read('/staff'), /issues? waits? for a second person/)
  assert.match(await owner.read('/staff/search?q=heron'), /A heron came/)
  assert.doesNotMatch(await support.read('/staff/search?q=heron'), /A heron came/)
})

test('one search finds what a role may see, and nothing else', async () => {
  const [request] = await house.query<{ id: string }>('select id from requests order by id desc limit 1')
  const found = async (browser: Browser, q: string) => browser.read(`/staff/search?q=${encodeURIComponent(q)}`)
  assert.match(await found(owner, 'lovelace'), /Ada Lovelace/)
  assert.match(await found(owner, request?.id.slice(-8) ?? ''), new RegExp(`/staff/requests/${request?.id}`))
  assert.match(await found(owner, 'example county'), /4711/)
  assert.match(await found(owner, 'backup lay'), /A backup lay open/)
  assert.match(await found(owner, 'version 2'), /Version 2/)
  assert.match(await found(owner, 'hosting'), /Small Hosting/)
  assert.match(await found(owner, 'recovery codes'), /\/help\//)
  assert.match(await found(owner, 'visits'), /href="\/staff\/navigation"/)
  assert.match(await found(support, 'lovelace'), /Ada Lovelace/)
  assert.doesNotMatch(await found(analyst, 'lovelace'), /Ada Lovelace/)
  assert.doesNotMatch(await found(support, 'example county'), /4711/)
  assert.match(await found(owner, 'zzzz%_'), /Nothing found/)
})

test('activity: what was done by whom, as far as a role goes', async () => {
  const all = await owner.read('/staff/activity')
  assert.match(all, /A question came in/)
  const team = await owner.read('/staff/activity?kind=team')
  assert.match(team, /Somebody was given a role/)
  assert.doesNotMatch(team, /A question came in/)
  const helper = await support.read('/staff/activity')
  assert.match(helper, /A question was answered/)
  assert.doesNotMatch(helper, /given a role|breach|legal demand/)
  assert.doesNotMatch(helper, /Ada Lovelace|Quentin/, 'whom it was done to is not there')
  assert.equal((await analyst.get('/staff/activity')).status, 404)
  const [me] = await house.query<{ id: string }>("select person_id as id from staff where role = 'support'")
  assert.match(await owner.read(`/staff/activity?by=${me?.id}`), /Nothing was recorded of that/)
})

test('no two tabs have the same key, and everybody sees their own', () => {
  for (const role of roles) {
    const tabs = tabsFor(role)
    const keys = tabs.flatMap(({ key }) => key ?? [])
    assert.equal(new Set(keys).size, keys.length)
    assert.deepEqual(
      tabs.filter(({ href }) => !may(role, abilityFor(href) ?? assert.fail(href))),
      [],
    )
  }
})

test('the page of roles is made of what holds: every purpose that a page reads under is one of its ability', async () => {
  used.clear()
  for (const { as: who, path, form } of pages) if (path.startsWith('/staff') && !form) await browsers[who].get(path)
  // Everybody of the team is known under `security`; whoever may search or read Today does so under what each room may.
  const free: readonly string[] = ['console', 'search', 'activity']
  const more = abilityNames
    .filter((name) => !free.includes(name))
    .flatMap((name) =>
      [...(used.get(name) ?? [])]
        .filter((purpose) => purpose !== 'security' && ![...abilityOf(name).uses, ...(abilityOf(name).beside ?? [])].includes(purpose))
        .map((purpose) => `${name}: ${purpose}`),
    )
  assert.deepEqual(more, [])
  const page = await analyst.read('/staff/team/roles')
  assert.match(page, /See how the websites are used/)
  assert.match(page, /You are here as analyst/)
})

test('what waits is counted within bounds, whatever there is', async () => {
  await house.query(
    `insert into conversations (id, way, began_at, wrote_at, waiting_since) select gen_random_uuid(), 'web', $1, $1, $1 from generate_series(1, 1200)`,
    [fromNow(-DAY)],
  )
  assert.match(await support.read('/staff'), /<b>(Many|12\d\d)<\/b> questions wait/)
})
