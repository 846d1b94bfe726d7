/** What is left of a day: nothing by which anybody could be found, in the database or in its files. */
import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { Browser } from '../../test/browser.ts'
import { rootOf, settings } from '../../test/harness.ts'
import { openApp } from '../app.ts'
import { DAY, now, setAhead } from '../clock.ts'
import { unseal } from '../database/sealing.ts'
import { workOff } from '../jobs/queue.ts'
import { logTo } from '../log.ts'
import { openHouse } from '../main.ts'
import { handlers } from '../worker.ts'
import { navigationJobs } from './jobs.ts'
import { settleRecording } from './recording.ts'

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0'
const ADDRESS = '129.67.201.77'
const canaries = [ADDRESS, AGENT, 'Gecko/20100101']
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-secrecy-'))
const lines: string[] = []
logTo((line) => lines.push(line))
const open = await openHouse(settings({ DATABASE_URL: '', DATA_DIR: folder, TRUSTED_PROXIES: '127.0.0.1' }), {
  working: false,
  unwalled: true,
})
const { house } = open
const eyes = new pg.Client({ ...open.found.place, user: 'postgres' })
await eyes.connect()
after(async () => {
  setAhead(0)
  await eyes.end()
  await open.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The known browsers with which every address is tried. */
const agents = [AGENT, AGENT.replaceAll('151', '150'), AGENT.replaceAll('151', '149')]

/** Every visitor's number that a /16 and these browsers could have had under this salt. */
function* numbersUnder(salt: Buffer, networks = 256): Generator<bigint> {
  const key = createSecretKey(Buffer.from(salt.toString('hex')))
  for (const agent of agents)
    for (let host = 0; host < networks * 256; host++) {
      const parts = ['', `129.67.${host >> 8}.${host & 255}`, agent]
      yield createHmac('sha256', key).update(parts.join('\n')).digest().readBigInt64BE(0)
    }
}

/** Which of these stand in a file of the data folder. */
function inFiles(canaries: readonly Buffer[]): Buffer[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const contents = files.map((entry) => read(join(entry.parentPath, entry.name)))
  return canaries.filter((canary) => contents.some((content) => content?.includes(canary)))
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    // It went while we looked.
    return undefined
  }
}

/** A number as it stands in the line of an action. */
const stored = (number: bigint): Buffer => Buffer.from(String(number))

/** Every value of every table, as text, and all that was logged. */
async function dump(): Promise<string> {
  const { rows } = await eyes.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
  )
  const text = [...lines]
  for (const { name } of rows)
    for (const { row } of (await eyes.query<{ row: string }>(`select t::text as row from ${name} t`)).rows) text.push(row)
  return text.join('\n')
}

const app = openApp(house)
for (let visitor = 0; visitor < 12; visitor++) {
  const browser = new Browser(app, house.config.origin)
  browser.headers = { 'user-agent': AGENT, 'x-forwarded-for': visitor === 0 ? ADDRESS : `129.67.200.${visitor}`, 'accept-language': 'en' }
  for (const path of ['/', '/help', '/privacy']) await browser.get(path)
}
await settleRecording(house.db)
const { rows: there } = await eyes.query<{ visitor: string }>('select distinct visitor from recorded_actions()')
const { rows: salts } = await eyes.query<{ sealed: Buffer }>('select sealed from salts')
const visitors = new Set(there.map(({ visitor }) => BigInt(visitor)))
const sealed = salts[0]?.sealed ?? assert.fail()

test('on the day itself no address and no agent is anywhere, and the seal keeps the salt', async () => {
  assert.equal(visitors.size, 12)
  await eyes.query('checkpoint')
  const text = await dump()
  for (const canary of canaries) assert(!text.includes(canary), canary)
  assert.deepEqual(inFiles(canaries.map((canary) => Buffer.from(canary))), [])
  assert.throws(() => unseal(Buffer.alloc(32, 1), sealed))
  // The check itself can find somebody: whoever breaks the seal on the day finds all twelve.
  const salt = unseal(house.db.keyring.own('navigation'), sealed)
  let found = 0
  for (const number of numbersUnder(salt)) if (visitors.has(number)) found++
  assert.equal(found, 12)
  assert.equal(inFiles([...visitors].map(stored)).length, 12, 'the numbers are in the files on the day')
})

test('when the day is over nobody can be found with everything that is left, and all code and secrets', async () => {
  setAhead(DAY)
  await navigationJobs(house)['navigation.fold']({})
  await workOff(house.db, handlers(house))
  await eyes.query('checkpoint')
  const left = await dump()
  for (const canary of [...canaries, ...[...visitors].map(String)]) assert(!left.includes(canary), canary)
  assert.deepEqual(inFiles([...canaries.map((canary) => Buffer.from(canary)), ...[...visitors].map(stored), sealed]), [])
  assert.deepEqual((await eyes.query('select from salts where day < $1', [now()])).rowCount, 0)
  // Without the salt there are 2^256 to try; with SECRET and every key that comes of it, none of a /16
  // times the known browsers gives a number of yesterday's, and no such number is left to compare with.
  const { keyring } = house.db
  const keys = [
    Buffer.from(house.config.secret),
    await rootOf(eyes),
    ...['navigation', 'throttle', 'people'].map((use) => keyring.own(use)),
    sealed.subarray(0, 32),
  ]
  for (const key of keys.map((key) => Buffer.concat([key], 32))) for (const number of numbersUnder(key)) assert(!visitors.has(number))
})
