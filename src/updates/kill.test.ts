/** A sender that is killed on the way: the small twin of `bench/updates-kill.ts`. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openTestHouse, SECRET, socket } from '../../test/harness.ts'
import { mailServer } from '../../test/mail-server.ts'
import { now } from '../clock.ts'
import { welcome } from '../people/person.ts'
import { begin, doneOf, edit, issueOf, progressOf, schedule } from './issue.ts'
import { BATCH } from './sending.ts'

const READERS = 1_000
const KILLS = 3
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const server = await mailServer()
const house = await openTestHouse({ SMTP_URL: server.url })
const { db } = house.house

const sender = (issueId: string) =>
  spawn(
    process.execPath,
    ['--import', here('../../scripts/hooks.mjs'), here('../../test/sender.ts'), socket(), house.database, server.url, issueId],
    { stdio: 'ignore', env: { ...process.env, SECRET } },
  )

test('a killed sender leaves nobody with two letters, and says of whom it does not know', async () => {
  await house.query(
    `with made as (insert into people (id, name, email, joined_at)
       select gen_random_uuid(), 'Reader', 'reader' || i || '@d' || i % 50 || '.example', now() from generate_series(1, ${READERS}) i returning id)
     insert into subscriptions (id, person_id, topic, wording, source, asked_at, confirmed_at)
     select gen_random_uuid(), id, 'news', 'yes', 'test', now(), now() from made`,
  )
  const { person } = await db.as('security', (tx) => welcome(tx, { name: 'Author', email: 'author@elsewhere.example' }))
  const issueId = await db.as('updates', async (tx) => {
    const id = await begin(tx, { topic: 'news', by: person.id })
    await edit(tx, { issueId: id, by: person.id, topic: 'news', narrowed: {}, subject: 'News', preheader: 'New', body: 'Words.' })
    await schedule(tx, { issueId: id, by: person.id, sendAt: now(), zone: 'UTC' })
    return id
  })
  const progress = () => db.as('updates', (tx) => progressOf(tx, issueId))
  let [child, kills, last] = [sender(issueId), 0, 0]
  while ((await db.as('updates', (tx) => issueOf(tx, issueId)))?.standing !== 'sent') {
    await sleep(10)
    const counts = await progress()
    const done = counts ? doneOf(counts) : 0
    assert(done >= last, `progress went back from ${last} to ${done}`)
    last = done
    if (kills === KILLS || done < (READERS * (kills + 0.5)) / (KILLS + 1)) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
    kills++
    // Nobody waits here for the lease of the dead to run out.
    await house.query('update sendings set leased_until_at = now()')
    child = sender(issueId)
  }
  if (child.exitCode === null) await once(child, 'exit')
  const uncertain = await house.query<{ email: string }>(
    `select email from recipients r join people p on p.id = r.person_id where state = 'uncertain'`,
  )
  const counts = await progress()
  assert.equal(kills, KILLS)
  assert.equal(server.reached.length, new Set(server.reached).size, 'somebody got two letters')
  assert(uncertain.length <= KILLS * BATCH, `${uncertain.length} uncertain`)
  assert.deepEqual([counts?.uncertain, (counts?.taken ?? 0) + uncertain.length], [uncertain.length, READERS])
  const unlisted = new Set(server.reached)
  for (const { email } of uncertain) unlisted.delete(email)
  assert.equal(unlisted.size, counts?.taken)
})
