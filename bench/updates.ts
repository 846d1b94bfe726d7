/**
 * Sending an issue: letters per second beside the same library sending the same letters from a bare loop to
 * the same sink in the same run; how long it takes to settle to whom it goes; and how the memory behaves.
 *
 * `node --import ./scripts/hooks.mjs bench/updates.ts [readers] [settle]`, 100,000 unless it says otherwise;
 * with `settle` that part alone
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import nodemailer from 'nodemailer'
import pg from 'pg'
import { readConfig } from '../src/config.ts'
import { newId } from '../src/database/columns.ts'
import type { Id } from '../src/log.ts'
import { logTo } from '../src/log.ts'
import { openHouse } from '../src/main.ts'
import { closeSmtp } from '../src/processors/smtp.ts'
import { editionOf, parcelFor, shownFor } from '../src/updates/edition.ts'
import { issueOf } from '../src/updates/issue.ts'
import { sendSome } from '../src/updates/sending.ts'
import { wake } from '../src/updates/wake.ts'
import type { House } from '../src/web/house.ts'
import { countsOf, dueIssue, openSink, standingOf, subscribeMany } from './mailing.ts'
import { row } from './report.ts'

const READERS = Number(process.argv[2] ?? 100_000)
const BARE = 5_000
const CONNECTIONS = 4
const FIRST = 10_000

const seconds = async (act: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await act()
  return (performance.now() - started) / 1000
}

/** The bare loop: the library's own pool, the letters written beforehand, nothing kept of what became of them. */
async function bareRate(house: House, issueId: Id, url: string): Promise<number> {
  const issue = await house.db.as('updates', (tx) => issueOf(tx, issueId))
  if (!issue) throw new Error('the issue is gone')
  const edition = await editionOf(house, issue)
  const reached = { recipientId: newId(), subscriptionId: newId(), name: 'Reader 1', email: 'bare@large.example' }
  const { subject, text, html, headers } = shownFor(house, edition, reached)
  const { returnPath } = parcelFor(house, edition, reached)
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => /^(List-|Feedback|Precedence)/.test(name)))
  const pool = nodemailer.createTransport(url, { pool: true, maxConnections: CONNECTIONS, maxMessages: Number.POSITIVE_INFINITY } as object)
  const send = () =>
    pool.sendMail({
      from: house.config.mailFrom,
      to: reached.email,
      subject,
      text,
      html,
      headers: own,
      envelope: { from: returnPath, to: reached.email },
    })
  let left = BARE
  const loop = async () => {
    while (left-- > 0) await send()
  }
  const took = await seconds(() => Promise.all(Array.from({ length: CONNECTIONS * 2 }, loop)))
  pool.close()
  return BARE / took
}

interface Sent {
  readonly rate: number
  /** The most memory until the first letters were out, and afterwards, in MB. */
  readonly early: number
  readonly late: number
}

async function sendAll(house: House, issueId: Id): Promise<Sent> {
  let [early, late, done] = [0, 0, 0]
  const watch = setInterval(() => {
    const memory = process.memoryUsage().rss / 1024 / 1024
    void countsOf(house, issueId).then((counts) => (done = counts?.taken ?? 0))
    if (done < FIRST) early = Math.max(early, memory)
    else late = Math.max(late, memory)
  }, 500)
  const took = await seconds(async () => {
    while ((await standingOf(house, issueId)) === 'sending') await sendSome(house, issueId)
  })
  clearInterval(watch)
  return { rate: READERS / took, early, late }
}

/** Seconds of a processor that the server's process behind a connection has taken; Linux knows. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

// The connection that settled them may have done other things before: they took no time to speak of.
async function settle(house: House, client: pg.Client): Promise<void> {
  await subscribeMany(client, READERS)
  await dueIssue(house)
  const took = await seconds(() => wake(house))
  const { rows } = await client.query<{ pid: number }>("select pid from pg_stat_activity where application_name = 'cloudrun updates'")
  const worked = Math.max(...rows.map(({ pid }) => processorSeconds(pid)))
  row('settling readers, a million', `${READERS.toLocaleString('en')} in ${took.toFixed(1)} s`, (took * 1_000_000) / READERS, {
    atMost: 120,
  })
  row('the same, in the processor', `${worked.toFixed(1)} s`, (worked * 1_000_000) / READERS, { atMost: 20 })
}

async function measure(house: House, client: pg.Client, url: string): Promise<void> {
  console.log(`making ${READERS.toLocaleString('en')} subscribers: ${(await seconds(() => subscribeMany(client, READERS))).toFixed(1)} s`)
  const issueId = await dueIssue(house)
  const bare = await bareRate(house, issueId, url)
  const planning = await seconds(() => wake(house))
  const { rate, early, late } = await sendAll(house, issueId)
  const again = await bareRate(house, issueId, url)
  const counts = await countsOf(house, issueId)
  if (counts?.taken !== READERS) throw new Error(`only ${counts?.taken} were taken`)
  const ceiling = (bare + again) / 2
  row('letters a second to a bare loop', `${rate.toFixed(0)} to ${ceiling.toFixed(0)}`, rate / ceiling, { atLeast: 0.7 })
  row('settling readers, a million', `${READERS.toLocaleString('en')} in ${planning.toFixed(1)} s`, (planning * 1_000_000) / READERS, {
    atMost: 120,
  })
  row('memory after to before 10,000', `${late.toFixed(0)} MB to ${early.toFixed(0)} MB`, late / early, { atMost: 1.25 })
}

logTo(() => {})
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-bench-updates-'))
const sink = await openSink()
const config = readConfig({
  SECRET: 'a secret of the bench alone, long enough',
  DATA_DIR: folder,
  ORIGIN: 'https://bench.example',
  SMTP_URL: sink.url,
  SMTP_CONNECTIONS: String(CONNECTIONS),
})
const open = await openHouse(config, { working: false, unwalled: true })
const client = new pg.Client({ ...open.found.place, user: 'postgres' })
await client.connect()
try {
  await (process.argv[3] === 'settle' ? settle(open.house, client) : measure(open.house, client, sink.url))
} finally {
  await client.end()
  closeSmtp()
  await open.close()
  sink.close()
  rmSync(folder, { recursive: true, force: true })
}
