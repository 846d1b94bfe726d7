/** The whole way of a subscriber, through the front door: asked for, confirmed, written to, left. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { HOUR, now, setAhead } from '../clock.ts'
import { sweep } from '../database/sweep.ts'
import type { Id } from '../log.ts'
import { register } from '../register.ts'
import { begin, edit, schedule } from './issue.ts'
import { wake } from './wake.ts'

interface Sent {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

const house = await openTestHouse()
const { db } = house.house
const visitor = house.browser()
await house.member('marketing')
const [author = assert.fail()] = await house.query<{ id: Id }>("select id from people where email like 'marketing%'")

const sentTo = async (email: string): Promise<Sent[]> => {
  const answer = await visitor.get('/dev/mail', { accept: 'application/json' })
  return ((await answer.json()) as Sent[]).filter(({ to, headers }) => to.includes(email) && headers['List-Unsubscribe'])
}

async function send(subject: string): Promise<void> {
  await db.as('updates', async (tx) => {
    const issueId = await begin(tx, { topic: 'events', by: author.id })
    const words = { subject, preheader: 'Where to meet us', body: 'Hello {{name|there}}, see you in **Miami**.' }
    await edit(tx, { issueId, by: author.id, topic: 'events', narrowed: {}, ...words })
    await schedule(tx, { issueId, by: author.id, sendAt: now(), zone: 'UTC' })
  })
  await wake(house.house)
  await house.settle()
}

test('of two who ask one confirms, gets the letter, and leaves with one click; nothing stays of the other', async () => {
  for (const name of ['carla', 'dan']) await visitor.post('/updates', { name, email: `${name}@example.org`, topics: 'events' })
  await visitor.post(linkIn((await house.inbox('carla@example.org'))[0]))
  await send('Meet us in Miami')
  const [letter, ...more] = await sentTo('carla@example.org')
  assert(letter && more.length === 0)
  assert.deepEqual(await sentTo('dan@example.org'), [])
  assert.equal(letter.headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click')
  const leave = new URL(/^<([^<>]+)>$/.exec(letter.headers['List-Unsubscribe'] ?? '')?.[1] ?? '').pathname
  for (const words of [letter.text, letter.html]) assert.match(words, /\/updates\/unsubscribe\/[\w-]{40,}/)
  const fromAfar = { origin: 'https://mail.provider.example', 'sec-fetch-site': 'cross-site' }
  assert.equal((await house.browser().post(leave, { 'List-Unsubscribe': 'One-Click' }, fromAfar)).status, 200)
  await send('Miami, again')
  assert.equal((await sentTo('carla@example.org')).length, 1)
  assert.equal((await house.query('select from departures where issue_id is not null')).length, 1)
  setAhead(48 * HOUR + 1)
  await sweep(db, register)
  setAhead(0)
  assert.deepEqual(await house.traces('dan@example.org'), ['letters.to'])
})

test('a scanner that opens every address in the letter, and heads, changes nothing', async () => {
  await visitor.post('/updates', { name: 'Erin', email: 'erin@example.org', topics: 'events' })
  await visitor.post(linkIn((await house.inbox('erin@example.org'))[0]))
  await send('Once more')
  const [letter = assert.fail()] = await sentTo('erin@example.org')
  const everything = `${letter.text}\n${letter.html}\n${Object.values(letter.headers).join('\n')}`
  const paths = new Set([...everything.matchAll(/http:\/\/localhost:3000(\/[^\s"<>]*)/g)].map(([, path = '']) => path))
  assert(paths.size >= 3)
  const rows = () => house.query('select s::text from subscriptions s union all select d::text from departures d order by 1')
  const before = await rows()
  for (const path of paths) {
    const page = await visitor.get(path)
    assert.equal(page.status, 200, path)
    assert.doesNotMatch(await page.text(), /erin/i)
  }
  assert.deepEqual(await rows(), before)
})
