/** Versions of the policy: none takes effect before its notice went out and ran its time, whoever tries, in whatever way. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import pg from 'pg'
import type { Browser } from '../../test/browser.ts'
import { openTestHouse, socket } from '../../test/harness.ts'
import { mailServer } from '../../test/mail-server.ts'
import { DAY, HOUR, now, setAhead } from '../clock.ts'
import { requireUsable } from '../egress/announcement.ts'
import { stripe } from '../processors/stripe.ts'
import { keepUp } from './publishing.ts'
import { watchVersions } from './watch.ts'

const server = await mailServer()
const house = await openTestHouse({ SMTP_URL: server.url })
const { db } = house.house
const ada = await house.person('Ada Agrees', 'ada@example.org')
const bob = await house.person('Bob Bounces', 'bob@example.org')
const mallory = await house.person('Mallory Outside', 'mallory@example.net')
const [legal, marketing] = [await house.member('legal'), await house.member('marketing')]
await house.settle()

const watch = () => watchVersions(house.house)
const dayIn = (days: number): string => new Date(now().getTime() + days * DAY).toISOString().slice(0, 10)
const outcome = (answer: Response) => answer.headers.get('location')
const inForce = async (): Promise<string> => /Version (\d+)/.exec(await house.browser().read('/privacy'))?.[1] ?? ''
const written = async (): Promise<string> =>
  (await house.query<{ written: string }>('select written from policy_versions order by number desc limit 1'))[0]?.written ?? ''
const letters = async (email: string) => (await house.inbox(email)).filter(({ kind }) => kind === 'policy')

/** A connection with the owner's login, which may do everything that raw SQL can. */
async function asOwner(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ host: socket(), user: 'cloudrun_owner', database: house.database })
  await client.connect()
  try {
    await client.query(text, values)
  } finally {
    await client.end()
  }
}

/** Makes the database one that was founded before the program had this purpose and this recipient. */
const foundedBefore = (purpose: string, recipient: string): Promise<unknown> =>
  house.query(
    `do $$ begin
       set local session_replication_role = replica;
       update policy_versions set purposes = array_remove(purposes, '${purpose}'), processors = array_remove(processors, '${recipient}');
     end $$`,
  )

async function keepDraft(by: Browser, change: (text: string) => string): Promise<Response> {
  const form = { title: 'Privacy policy', summary: 'What we ask for, and what for.', written: change(await written()) }
  return by.post('/staff/policy/draft', form)
}

async function publish(by: Browser, form: Record<string, string>): Promise<Response> {
  const draft = /name="draft" value="([^"]*)"/.exec(await by.read('/staff/policy/publish'))?.[1] ?? ''
  return by.post('/staff/policy/publish', { draft, material: 'yes', reason: 'We suggest services to you.', sure: 'yes', ...form })
}

const VERSION = `insert into policy_versions
    (number, title, summary, source, written, material, reason, purposes, categories, processors, retention, notice_days, published_at, effective_at)
  select number + 1, title, summary, source, written, $1, 'By hand', purposes, categories, processors, retention, $4, $2, $3
    from policy_versions order by number desc limit 1`
const at = (days: number): Date => new Date(now().getTime() + days * DAY)

test('the first version is what the content folder says, in force since its own day', async () => {
  const [content] = house.house.content.policies
  assert(content)
  const [kept] = await house.query<{ source: Buffer; sha256: string; brought: boolean }>('select * from policy_versions')
  assert.equal(kept?.source.toString(), content.source)
  assert.equal(kept?.sha256, createHash('sha256').update(content.source).digest('hex'))
  assert(kept?.brought)
  assert.equal(await inForce(), '1')
  const raw = await house.browser().get('/privacy/versions/1/policy.md')
  assert.equal(await raw.text(), content.source)
  assert.match(await house.browser().read('/privacy/versions/1'), new RegExp(kept?.sha256 ?? '-'))
  for (const path of ['/privacy/versions/2', '/privacy/versions/x', '/privacy/versions/99999999999999999999/changes'])
    assert.equal((await house.browser().get(path)).status, 404, path)
})

test('numbers in the text agree with the program, or the draft is not kept', async () => {
  const cases: readonly [string, RegExp][] = [
    ['We keep letters for 14 days.', /“14 days” disagrees/],
    ['We keep letters for fourteen years.', /“fourteen years” disagrees/],
    ['You are told ten days before a change takes effect.', /“ten days” disagrees with the program: people are told 30 days/],
    ['We keep letters for {{retention:nonsense}}.', /Nothing is called/],
  ]
  for (const [sentence, words] of cases) {
    const answer = await keepDraft(legal, (text) => `${text}\n\n${sentence}`)
    assert.equal(answer.status, 422, sentence)
    assert.match(await answer.text(), words)
  }
  assert.equal((await house.query('select from policy_drafts')).length, 0)
  const fine = 'We keep letters for {{retention:letters}}, and tell you {{notice-days}} before. Uptime was 99 days last year.'
  assert.equal(outcome(await keepDraft(legal, (text) => `${text}\n\n${fine}`)), '/staff/policy/draft?done=kept')
})

test('ten days where thirty are promised: refused in the console, by the program’s login, and by the owner’s', async () => {
  await foundedBefore('personalisation', stripe.name)
  await keepUp(house.house)
  for (const days of ['10', '29']) {
    const answer = await publish(legal, { day: dayIn(Number(days)) })
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), /promises 30 days of notice/)
  }
  const refused = { code: '23514', message: /takes effect 30 days after it was published/ }
  const soon = [true, now(), at(10), 30]
  await assert.rejects(
    db.as('legal', (tx) => tx.$client.query(VERSION, soon)),
    refused,
  )
  await assert.rejects(asOwner(VERSION, soon), refused)
  // Nor by a promise of its own, by a moment in the past, or by calling it not material.
  await assert.rejects(asOwner(VERSION, [true, now(), at(10), 10]), refused)
  await assert.rejects(asOwner(VERSION, [true, at(-31), at(1), 30]), { message: /not published in the past/ })
  await assert.rejects(asOwner(VERSION, [false, now(), at(1), 10]), { message: /is material/ })
  const answer = await publish(legal, { material: 'no', day: dayIn(1) })
  assert.match(await answer.text(), /names something new[^<]* that is material/)
  assert.equal((await house.query('select from policy_versions')).length, 1)
})

test('what is published is told to everybody, by letter and on every page, and still not in force', async () => {
  server.refuses = (address) => (address === 'bob@example.org' ? '550 5.1.1 no such user' : undefined)
  assert.equal(outcome(await publish(legal, { day: dayIn(30) })), '/staff/policy?done=published')
  await house.query("delete from letters where kind <> 'policy'")
  assert.match(await legal.read('/staff/policy'), /5 letters have yet to leave/)
  await house.settle()
  for (const email of ['ada@example.org', 'bob@example.org', 'mallory@example.net', 'legal-1@staff.example'])
    assert.equal((await letters(email)).length, 1, email)
  const letter =
    server.taken
      .findLast((one) => one.includes('To: ada@example.org'))
      ?.replaceAll('=\r\n', '')
      .replaceAll('\r\n', ' ') ?? ''
  for (const words of [
    'Hello Ada Agrees',
    'We suggest services to you.',
    'only if you agree to it',
    'New recipient: Stripe',
    '/privacy/versions/2/choices',
  ])
    assert(letter.includes(words), `${words}\n${letter}`)
  await watch()
  assert.match(await legal.read('/staff/policy'), /Taken by their e-mail server[\s\S]*4[\s\S]*Refused by their e-mail server[\s\S]*1/)
  assert.equal(await inForce(), '1')
  for (const page of ['/', '/help', '/privacy']) assert.match(await house.browser().read(page), /Our privacy policy changes on/)
  assert.match(await house.browser().read('/privacy/versions/2/changes'), /<ins>[\s\S]*tell you 30 days before/)
  assert.match(await house.browser().read('/privacy/versions/2/choices'), /Have everything erased/)
})

test('whom no letter reached sees it on their account, and only they', async () => {
  assert.equal(outcome(await bob.get('/account')), '/account/policy')
  assert.equal((await bob.get('/account/privacy')).status, 200, 'his rights stay open')
  assert.match(await bob.read('/account/policy'), /could not be delivered/)
  for (const other of [ada, mallory]) {
    assert.equal((await other.get('/account')).status, 200)
    assert.equal(outcome(await other.get('/account/policy')), '/account')
    await other.post('/account/policy', { version: '2' })
  }
  assert.equal((await bob.post('/account/policy', { version: 'x' })).status, 303)
  assert.equal(outcome(await bob.get('/account')), '/account/policy', 'the others’ reading is not his')
  await bob.post('/account/policy', { version: '2' })
  assert.equal((await bob.get('/account')).status, 200)
  assert.match(await bob.read('/account/privacy'), /on the website/)
  assert.match(await legal.read('/staff/policy'), /because no letter came<\/dt><dd>1</)
})

test('at day 29 a new purpose and a new recipient are not yet permitted; the day before is no day to begin', async () => {
  const moment = await house.query<{ at: Date }>('select max(out_at) as at from policy_notices')
  setAhead(29 * DAY)
  await watch()
  assert.equal(await inForce(), '1')
  const answer = await ada.get('/account/suggestions')
  assert.equal(answer.status, 403)
  assert.match(await answer.text(), /not yet permitted/)
  assert.equal((await ada.post('/account/suggestions', { answer: 'yes' })).status, 403)
  await assert.rejects(requireUsable(db, stripe), /may be used from/)
  for (const person of [bob, mallory]) await person.get('/account')
  // By hand, for the day before, for today, for the day itself with a notice that had not run.
  const effect = 'insert into policy_effects (number, took_effect_at) values (2, $1)'
  for (const when of [now(), at(-40), new Date((moment[0]?.at.getTime() ?? 0) + 30 * DAY - 1)]) {
    await assert.rejects(asOwner(effect, [when]), { code: '23514' })
    await assert.rejects(
      db.as('legal', (tx) => tx.$client.query(effect, [when])),
      { code: '23514' },
    )
  }
})

test('at day 30 it works, and where each is asked, only for those who agreed', async () => {
  setAhead(30 * DAY)
  await assert.rejects(requireUsable(db, stripe), /may be used from/, 'not by the clock alone')
  await watch()
  assert.equal(await inForce(), '2')
  await requireUsable(db, stripe)
  assert.doesNotMatch(await house.browser().read('/'), /Our privacy policy changes on/)
  assert.match(await mallory.read('/account/suggestions'), /Allow|allow/)
  await ada.post('/account/suggestions', { answer: 'yes' })
  for (const person of [ada, bob]) await person.get('/services/status-pages')
  await house.settle()
  const kept = await house.query<{ email: string }>('select distinct p.email from personal_actions a join people p on p.id = a.person_id')
  assert.deepEqual(kept, [{ email: 'ada@example.org' }])
  const mine = await ada.read('/account/privacy')
  assert.match(mine, /Version 2<\/a>: since[\s\S]*Version 1<\/a>: since[\s\S]*, until/)
  const acts = await house.query<{ act: string }>("select act from audit_entries where act like 'policy.%' order by number")
  assert.deepEqual(
    acts.map(({ act }) => act),
    ['policy.published', 'policy.took-effect'],
  )
})

test('with the mail server down a version does not take effect, and the page says why; late letters move the day', async () => {
  const staff = await house.member('owner')
  server.answers = { MAIL: '451 4.3.0 try later' }
  await keepDraft(staff, (text) => `${text}\n\nA sentence more.`)
  assert.equal(outcome(await publish(staff, { day: dayIn(30), reason: 'A sentence more.' })), '/staff/policy?done=published')
  const published = 30 * DAY
  await house.settle().catch(() => {})
  await watch()
  setAhead(published + 31 * DAY)
  const other = await house.member('legal')
  await watch()
  assert.equal(await inForce(), '2')
  assert.match(
    await other.read('/staff/policy'),
    /Its day has come, and it does not take effect\. The notice is going out: \d+ letters have yet to leave/,
  )
  await assert.rejects(asOwner('insert into policy_effects (number, took_effect_at) values (3, $1)', [now()]), /not gone out to/)
  // The server is back a month later: the notice begins to run now.
  server.answers = {}
  server.refuses = () => undefined
  await watch()
  await house.settle()
  await watch()
  assert.match(await other.read('/staff/policy'), /later than its day: the last letter went out late, and 30 days are promised/)
  assert.equal(await inForce(), '2')
  setAhead(published + 61 * DAY + HOUR)
  await watch()
  assert.equal(await inForce(), '3')
})

test('what is not material needs no letter, and whoever joined later is told nothing of before', async () => {
  const staff = await house.member('legal')
  await keepDraft(staff, (text) => text.replace('A sentence more.', 'One sentence more.'))
  assert.equal(outcome(await publish(staff, { material: 'no', day: dayIn(0), reason: 'A word.' })), '/staff/policy?done=published')
  await watch()
  assert.equal(await inForce(), '4')
  assert.equal((await house.query('select from policy_notices where number = 4')).length, 0)
  const late = await house.person('Late Comer', 'late@example.org')
  assert.doesNotMatch((await late.read('/account/privacy')).split('Which privacy policy holds for you')[1] ?? '', /Version [123]</)
})

test('what is published is neither changed nor taken out, by any login', async () => {
  const before = await house.query('select * from policy_versions order by number')
  for (const verb of [
    "update policy_versions set source = 'x'",
    'delete from policy_versions',
    'truncate policy_versions cascade',
    'update policy_effects set took_effect_at = now()',
    'delete from policy_effects',
    'truncate policy_notices',
  ]) {
    await assert.rejects(
      db.as('legal', (tx) => tx.$client.query(verb)),
      /permission denied/,
      verb,
    )
    await assert.rejects(asOwner(verb), { code: '42501' }, verb)
  }
  assert.deepEqual(await house.query('select * from policy_versions order by number'), before)
  // The notices of a version that waits stay, too, or it would look as if everybody had been told.
  await house.query('begin')
  await house.query(VERSION, [true, now(), at(30), 30])
  await assert.rejects(house.query('delete from policy_notices where number = 5'), /stays until its version took effect/)
  await house.query('rollback')
})

test('for everybody else the desk is not there, and publishing wants a fresh proof', async () => {
  const staff = await house.member('legal')
  const late = await house.person('Nobody Special', 'nobody@example.org')
  for (const browser of [late, marketing])
    for (const path of ['/staff/policy', '/staff/policy/draft', '/staff/policy/publish'])
      assert.notEqual((await browser.get(path)).status, 200, path)
  assert.equal((await late.post('/staff/policy/publish', { sure: 'yes' })).status, 404)
  setAhead(92 * DAY)
  const fresh = await house.member('legal')
  await keepDraft(fresh, (text) => `${text}\n\nMore.`)
  setAhead(92 * DAY + HOUR)
  assert.match(outcome(await fresh.post('/staff/policy/publish', { sure: 'yes' })) ?? '', /^\/account\/proof/)
  assert.notEqual((await staff.get('/staff/policy')).status, 200, 'a session of yesterday')
})

test('somebody erased is named in no notice, is still counted, and keeps nothing from taking effect', async () => {
  const email = 'eve@example.org'
  const eve = await house.person('Eve Erased', email)
  const staff = await house.member('owner')
  server.refuses = (address) => (address === email ? '451 4.2.0 try later' : undefined)
  assert.equal(outcome(await publish(staff, { day: dayIn(30), reason: 'More.' })), '/staff/policy?done=published')
  await house.settle().catch(() => {})
  await watch()
  assert.match(await staff.read('/staff/policy'), /1 letter has yet to leave/)
  const total = await house.query('select from policy_notices where number = 5')
  server.refuses = () => undefined
  await eve.post('/account/privacy/erasure', { sure: 'yes' })
  await house.settle()
  const nobodys = await house.query('select from policy_notices where number = 5 and person_id is null and letter_id is null')
  assert.equal(nobodys.length, 1)
  assert.equal((await house.query('select from policy_notices where number = 5')).length, total.length)
  assert.deepEqual(await house.traces(email), [])
  assert.match(await staff.read('/staff/policy'), /Everybody was told/)
})
