import assert from 'node:assert/strict'
import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import pg from 'pg'
import { fill } from '../../test/canaries.ts'
import { openTestHouse, rootOf, settings, socket, superuser, TEMPLATE } from '../../test/harness.ts'
import { setAhead, DAY } from '../clock.ts'
import { connect } from '../database/connection.ts'
import type { Secrets } from '../database/root.ts'
import { closeQueue, openQueue } from '../jobs/queue.ts'
import { peopleHeld, personKeysHeld } from '../people/tables.ts'
import { register } from '../register.ts'
import { repeatErasures } from '../rights/ledger.ts'
import { handlers } from '../worker.ts'
import { deleteOld, KEYS_FILE, makeBackup, makeKeys } from './backup.ts'
import { unpack } from './container.ts'
import { restore } from './restore.ts'

const dir = mkdtempSync(join(tmpdir(), 'cloudrun-backups-'))
after(() => rmSync(dir, { recursive: true, force: true }))
const identity = await generateIdentity()
const recipient = await identityToRecipient(identity)
const ledger = join(dir, 'apart', 'erasures.txt')
const house = await openTestHouse({ DATA_DIR: join(dir, 'data'), ERASURE_LEDGER: ledger, BACKUP_DIR: dir, BACKUP_KEY: recipient })
const { config } = house.house

const owner = async (database: string) => {
  const client = new pg.Client({ host: socket(), user: 'cloudrun_owner', database })
  await client.connect()
  return client
}

async function backedUp(): Promise<string> {
  const client = await owner(house.database)
  const file = await makeBackup({ client, register, dir, recipient })
  await makeKeys(client, { dir, recipient, register })
  await client.end()
  return file
}

let made = 0
async function emptyDatabase(): Promise<string> {
  const name = `restored_${process.pid}_${++made}`
  const client = await superuser()
  await client.query(`create database ${name} template ${TEMPLATE} owner cloudrun_owner`)
  await client.end()
  return name
}

async function restoredInto(
  database: string,
  file: string,
  { key = identity, secrets = config }: { key?: string; secrets?: Secrets } = {},
) {
  const client = await owner(database)
  const keysFile = join(dir, KEYS_FILE)
  try {
    return await restore({
      client,
      register,
      people: peopleHeld,
      keys: personKeysHeld,
      secrets,
      file,
      keysFile,
      identity: key,
    })
  } finally {
    await client.end()
  }
}

const names = async (database: string): Promise<string[]> => {
  const client = await superuser(database)
  const { rows } = await client.query<{ name: string }>('select name from people order by name')
  await client.end()
  return rows.map(({ name }) => name)
}

/** What every table holds, in the order of its first column, but for what is left out. */
async function everything(database: string): Promise<Record<string, string>> {
  const client = await superuser(database)
  const held: Record<string, string> = {}
  for (const { name, leftOut } of register) {
    if (leftOut !== undefined) continue
    const { rows } = await client.query<{ all: string }>(
      `select coalesce(string_agg(t::text, e'\\n' order by t::text), '') as all from ${name} t`,
    )
    held[name] = rows[0]?.all ?? ''
  }
  await client.end()
  return held
}

const ada = await house.person('Ada')
await house.person('Bob')
const eyesOfHouse = await superuser(house.database)
after(() => eyesOfHouse.end())
await fill(eyesOfHouse, { who: "p.name in ('Ada', 'Bob')", rows: 20, marker: 'canary_of_backups' })
await house.settle()
const file = await backedUp()

test('a backup holds every table as it was, and nothing of it can be read without the key', async () => {
  for (const name of readdirSync(dir).filter((one) => one.endsWith('.age'))) {
    const bytes = readFileSync(join(dir, name)).toString('latin1')
    assert.match(bytes, /^age-encryption\.org\/v1\n/)
    assert(!bytes.includes('canary') && !bytes.includes('Ada'))
  }
  const database = await emptyDatabase()
  const before = await everything(house.database)
  const { rows, withoutKey } = await restoredInto(database, file)
  assert(rows > 100)
  assert.equal(withoutKey, 0)
  assert.deepEqual(await everything(database), before)
})

test('a backup of before SECRET was changed opens with the one of then, given as SECRET or as SECRET_PREVIOUS', async () => {
  const wrong = { secret: 'a secret that came after it, long enough', secretPrevious: undefined }
  const database = await emptyDatabase()
  // The house into which it goes has a root of its own.
  const there = await superuser(database)
  await there.query('update house_roots set sealed_root = $1', [randomBytes(60)])
  await assert.rejects(restoredInto(database, file, { secrets: wrong }), /^WrongSetting: SECRET does not open this backup/)
  assert.deepEqual(await names(database), [])
  await restoredInto(database, file, { secrets: { ...wrong, secretPrevious: config.secret } })
  assert.deepEqual(await names(database), ['Ada', 'Bob'])
  // The next start opens it, seals it anew, and gives the logins their passwords.
  assert.deepEqual(await rootOf(there), await rootOf(eyesOfHouse))
  await there.end()
})

test('no key of anybody is in it, no session, and nothing of the day’s visits', async () => {
  const tables = new Set<string>()
  for await (const { name } of unpack(createReadStream(file), identity)) tables.add(name.split('/')[0] ?? '')
  assert(tables.has('people') && tables.has('audit_entries'))
  for (const name of ['person_keys', 'request_keys', 'sessions', 'attempts', 'action_batches', 'actions', 'salts'])
    assert(!tables.has(name), name)
})

test('another key, a damaged file and one that was cut short restore nothing', async () => {
  const database = await emptyDatabase()
  await assert.rejects(restoredInto(database, file, { key: await generateIdentity() }), /another key made it/)
  await assert.rejects(restoredInto(database, file, { key: 'AGE' }), /not a secret key of age/)
  const bytes = readFileSync(file)
  const broken = join(dir, 'broken')
  for (const at of [300, Math.floor(bytes.length / 2), bytes.length - 40]) {
    writeFileSync(broken, bytes.with(at, (bytes[at] ?? 0) ^ 1))
    await assert.rejects(restoredInto(database, broken), /cannot be opened/)
    writeFileSync(broken, bytes)
    truncateSync(broken, at)
    await assert.rejects(restoredInto(database, broken), /cannot be opened|cut short/)
  }
  assert.deepEqual(await names(database), [])
  await assert.rejects(restoredInto(house.database, file), /program is running|people in this house/)
})

test('whoever was erased after the backup is gone before anything is served, and their sealed text with them', async () => {
  const [{ id } = { id: '' }] = await house.query<{ id: string }>("select id from people where name = 'Ada'")
  const keysBefore = readFileSync(join(dir, KEYS_FILE))
  await ada.post('/account/privacy/erasure', { sure: 'yes' })
  await house.settle()
  assert.match(readFileSync(ledger, 'utf8'), /^\S+ [\w-]{43}\n$/)
  assert(!readFileSync(ledger, 'utf8').includes(id))
  assert(!readFileSync(join(dir, KEYS_FILE)).equals(keysBefore))
  const keys: string[] = []
  for await (const { data } of unpack(createReadStream(join(dir, KEYS_FILE)), identity)) keys.push(Buffer.from(data).toString())
  assert(!keys.join('').includes(id), 'her key was destroyed in the backups, too')

  const database = await emptyDatabase()
  await restoredInto(database, file)
  assert.deepEqual(await names(database), ['Ada', 'Bob'])
  const there = await superuser(database)
  const root = await rootOf(there)
  await there.end()
  const restored = connect({ place: { host: socket(), database }, prefix: 'cloudrun', root })
  await openQueue(restored, false)
  after(async () => {
    await closeQueue(restored, 1)
    await restored.close()
  })
  const again = { ...house.house, db: restored }
  // Somebody else was erased at the same moment, is noted after her, and was gone when the backup was made.
  const other = 'x'.repeat(43)
  appendFileSync(ledger, `${new Date().toISOString()} ${other}\n`)
  await restored.as('rights', (tx) => tx.$client.query('insert into erasure_marks (mark, erased_at) values ($1, now())', [other]))
  assert.equal(await repeatErasures(again), 1)
  assert.deepEqual(await names(database), ['Bob'])
  const client = await superuser(database)
  const { rows } = await client.query('select from letters where person_id = $1', [id])
  assert.equal(rows.length, 0)
  await client.end()
  // Once it knows the newest mark, it looks no further.
  assert.equal(await repeatErasures(again), 0)
})

test('a mark that a crash left out of the file is noted the next time, and once', async () => {
  await house.query('update erasure_marks set noted_at = null')
  rmSync(ledger)
  await handlers(house.house)['rights.note-erasures']({})
  await handlers(house.house)['rights.note-erasures']({})
  assert.equal(readFileSync(ledger, 'utf8').trim().split('\n').length, 1)
})

test('a line that a crash cut short costs no mark: the next one stands on a line of its own', async () => {
  const before = readFileSync(ledger, 'utf8')
  writeFileSync(ledger, before.slice(0, 30))
  await house.query('update erasure_marks set noted_at = null')
  await handlers(house.house)['rights.note-erasures']({})
  assert.deepEqual(readFileSync(ledger, 'utf8').split('\n').slice(1), before.split('\n'))
})

test('old backups are deleted, others and the keys are not', async () => {
  setAhead(31 * DAY)
  const young = await backedUp()
  assert.equal((await deleteOld(dir, 30)).length, 1)
  assert(!existsSync(file) && existsSync(young) && existsSync(join(dir, KEYS_FILE)))
  setAhead(0)
})

test('settings that make no sense are refused', () => {
  assert.throws(() => settings({ BACKUP_KEY: 'AGE-SECRET-KEY-1ABC' }), /BACKUP_KEY must be a public key of age/)
})
