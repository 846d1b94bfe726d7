/**
 * An issue to 100,000 readers, its sender killed (SIGKILL) ten times on the way. The sink must have every
 * letter once, apart from those that the program itself lists as uncertain; progress must never go back.
 *
 * `node --import ./scripts/hooks.mjs bench/updates-kill.ts [readers] [kills]`
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { readConfig } from '../src/config.ts'
import type { Id } from '../src/log.ts'
import { logTo } from '../src/log.ts'
import { openHouse } from '../src/main.ts'
import { doneOf } from '../src/updates/issue.ts'
import { BATCH } from '../src/updates/sending.ts'
import type { House } from '../src/web/house.ts'
import { countsOf, dueIssue, here, openSink, type Sink, standingOf, subscribeMany } from './mailing.ts'
import { fail, row } from './report.ts'

const READERS = Number(process.argv[2] ?? 100_000)
const KILLS = Number(process.argv[3] ?? 10)
const SECRET = 'a secret of the bench alone, long enough'

function startSender(socket: string, sink: Sink, issueId: Id): ChildProcess {
  const words = ['--import', here('../scripts/hooks.mjs'), here('../test/sender.ts'), socket, 'cloudrun', sink.url, issueId]
  return spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, SECRET } })
}

/** Sends, and kills the sender each time that it has done another share of the work. */
async function sendAndKill(house: House, socket: string, sink: Sink, issueId: Id): Promise<number> {
  let [kills, last] = [0, 0]
  let sender = startSender(socket, sink, issueId)
  for (;;) {
    await sleep(50)
    const counts = await countsOf(house, issueId)
    const done = counts ? doneOf(counts) : 0
    if (done < last) fail(`progress went back from ${last} to ${done}`)
    last = done
    if ((await standingOf(house, issueId)) === 'sent') break
    if (kills === KILLS || done < (READERS * (kills + 0.5)) / KILLS) continue
    await sleep(Math.random() * 200)
    sender.kill('SIGKILL')
    await once(sender, 'exit')
    kills++
    console.log(`killed at ${done.toLocaleString('en')} (${kills})`)
    sender = startSender(socket, sink, issueId)
  }
  if (sender.exitCode === null) await once(sender, 'exit')
  return kills
}

async function judge(client: pg.Client, house: House, sink: Sink, issueId: Id, kills: number): Promise<void> {
  const { rows } = await client.query<{ email: string; state: string }>(
    'select p.email, r.state from recipients r join people p on p.id = r.person_id where r.issue_id = $1',
    [issueId],
  )
  const of = (state: string) => rows.filter((row) => row.state === state).map(({ email }) => email)
  const { twice, all } = await sink.ask('all')
  const reached = new Set(all)
  const uncertain = new Set(of('uncertain'))
  const counts = await countsOf(house, issueId)
  if (counts?.uncertain !== uncertain.size || counts.taken !== of('taken').length) fail('the counts are not what the rows say')
  row('letters that came twice', `${twice.length} of ${all.length.toLocaleString('en')}`, twice.length, { atMost: 0 })
  const lost = of('taken').filter((email) => !reached.has(email)).length
  row('noted as taken, never came', String(lost), lost, { atMost: 0 })
  const unlisted = all.filter((email) => !uncertain.has(email)).length - of('taken').length
  row('came, and neither taken nor listed', String(unlisted), unlisted, { atMost: 0 })
  const missing = READERS - of('taken').length - uncertain.size
  row('readers without an answer', String(missing), missing, { atMost: 0 })
  row('uncertain, in batches a kill', `${uncertain.size} after ${kills} kills`, uncertain.size / BATCH / Math.max(kills, 1), { atMost: 1 })
}

logTo(() => {})
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-bench-kill-'))
const sink = await openSink()
const open = await openHouse(readConfig({ SECRET, DATA_DIR: folder, SMTP_URL: sink.url }), { working: false, unwalled: true })
const client = new pg.Client({ ...open.found.place, user: 'postgres' })
await client.connect()
try {
  await subscribeMany(client, READERS)
  const issueId = await dueIssue(open.house)
  const kills = await sendAndKill(open.house, String(open.found.place.host), sink, issueId)
  await judge(client, open.house, sink, issueId, kills)
} finally {
  await client.end()
  await open.close()
  sink.close()
  rmSync(folder, { recursive: true, force: true })
}
