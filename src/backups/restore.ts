/**
 * Restoring: a backup goes into an empty house, whole or not at all. Who was erased since is erased again before anything
 * is served; see `rights/ledger.ts`.
 */
import { createReadStream, existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { escapeIdentifier as quoted } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { z } from 'zod'
import type { Held } from '../database/classify.ts'
import { now } from '../clock.ts'
import { openRoot, type Secrets } from '../database/root.ts'
import { keyring } from '../database/sealing.ts'
import { columnList, columnsOf, END, kept, keyTables, MANIFEST, type Manifest, migrationsSeen } from './backup.ts'
import { type Entry, unpack, WrongBackup } from './container.ts'

const manifest = z.object({
  format: z.literal(1),
  madeAt: z.string(),
  migrations: z.number(),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
}) satisfies z.ZodType<Manifest>

export interface Restoring {
  /** The owner's connection, to a database that has seen all migrations. */
  readonly client: pg.ClientBase
  readonly register: readonly Held[]
  /** The tables of people and of their keys. */
  readonly people: Held
  readonly keys: Held
  /** What opens the root that is in the backup: the secret of then, given as `SECRET` or as `SECRET_PREVIOUS`. */
  readonly secrets: Secrets
  readonly file: string
  readonly keysFile: string
  /** The operator's secret key. */
  readonly identity: string
  readonly went?: (bytes: number) => void
}

export interface Restored {
  readonly madeAt: string
  readonly rows: number
  /** People whose key is in no file any more: what was sealed for them stays so. Those who were erased are among them. */
  readonly withoutKey: number
}

/**
 * Puts a backup into the database.
 * @throws WrongBackup when the house is not empty, the backup is of another version, was cut short, or cannot be opened
 * @throws WrongSetting when no secret at hand opens the root that is in it
 */
export async function restore(restoring: Restoring): Promise<Restored> {
  const { client, register } = restoring
  await requireEmpty(client, restoring.people)
  await client.query('begin')
  try {
    // What the company's own words put there at the start comes from the backup, too; entries of the record are copied, not made.
    for (const { name } of register) await client.query(`alter table ${quoted(name)} disable trigger user`)
    await client.query(`truncate ${register.map(({ name }) => quoted(name)).join(', ')}`)
    const { madeAt, rows } = await copyAll(restoring)
    const root = (await openRoot(client, restoring.secrets, 'this backup'))?.root
    if (!root) throw new WrongBackup('The backup lacks the root of its keys: nothing was restored.')
    const withoutKey = await bringKeys(restoring, root)
    for (const { name } of register) await client.query(`alter table ${quoted(name)} enable trigger user`)
    await client.query('commit')
    return { madeAt, rows, withoutKey }
  } catch (fault) {
    await client.query('rollback')
    throw fault
  }
}

async function requireEmpty(client: pg.ClientBase, people: Held): Promise<void> {
  const { rows } = await client.query<{ busy: boolean; filled: boolean }>(
    `select exists (select from ${quoted(people.name)}) as filled,
            exists (select from pg_stat_activity where application_name like 'cloudrun %' and datname = current_database()) as busy`,
  )
  if (rows[0]?.busy) throw new WrongBackup('The program is running: stop it first.')
  if (rows[0]?.filled) throw new WrongBackup('There are people in this house already: a backup goes into an empty one.')
}

async function copyAll({ client, register, file, identity, went }: Restoring): Promise<{ madeAt: string; rows: number }> {
  const entries = unpack(createReadStream(file), identity)
  const head = read(manifest, (await entries.next()).value, MANIFEST)
  await requireSameVersion(client, head, register)
  let counts: Record<string, number> | undefined
  let rows = 0
  const copied: Record<string, number> = {}
  for await (const [table, chunks] of byTable(entries)) {
    if (table === END) {
      counts = read(z.record(z.string(), z.number()), await whole(table, chunks), END)
      continue
    }
    const columns = head.tables.find(({ name }) => name === table)?.columns
    if (!columns) throw new WrongBackup(`The backup holds ${table}, which it does not announce.`)
    copied[table] = await copyIn(client, `copy ${quoted(table)} (${columnList(columns)}) from stdin`, counted(chunks, went))
    rows += copied[table]
  }
  const missing = head.tables.find(({ name }) => (copied[name] ?? 0) !== counts?.[name])
  if (!counts || missing) throw new WrongBackup('The backup was cut short: nothing was restored.')
  return { madeAt: head.madeAt, rows }
}

async function copyIn(client: pg.ClientBase, statement: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const sink = client.query(copyFrom(statement))
  await pipeline(Readable.from(bytes), sink)
  return sink.rowCount
}

async function requireSameVersion(client: pg.ClientBase, head: Manifest, register: readonly Held[]): Promise<void> {
  const migrations = await migrationsSeen(client)
  const here = kept(register).map(({ name }) => name)
  const same = head.migrations === migrations && here.join() === head.tables.map(({ name }) => name).join()
  if (!same)
    throw new WrongBackup(
      `The backup was made by another version (${head.migrations} migrations, here ${migrations}): restore it with that one, then upgrade.`,
    )
}

/** The entries of one table after another. */
async function* byTable(entries: AsyncIterator<Entry>): AsyncGenerator<[string, AsyncIterable<Uint8Array>], void, void> {
  let next = await entries.next()
  while (!next.done) {
    const table = tableOf(next.value)
    yield [
      table,
      (async function* () {
        for (; !next.done && tableOf(next.value) === table; next = await entries.next()) yield next.value.data
      })(),
    ]
  }
}

const tableOf = ({ name }: Entry): string => name.split('/')[0] ?? ''

// To its end, or the entries after it would never be reached.
async function whole(name: string, chunks: AsyncIterable<Uint8Array>): Promise<Entry> {
  const pieces: Uint8Array[] = []
  for await (const data of chunks) pieces.push(data)
  return { name, data: Buffer.concat(pieces) }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, went?: (bytes: number) => void): AsyncGenerator<Uint8Array, void, void> {
  for await (const data of chunks) {
    went?.(data.length)
    yield data
  }
}

function read<T>(schema: z.ZodType<T>, entry: Entry | void, name: string): T {
  const parsed = entry?.name === name ? schema.safeParse(JSON.parse(Buffer.from(entry.data).toString())) : undefined
  if (!parsed?.success) throw new WrongBackup('That is no backup of this program.')
  return parsed.data
}

/** Brings the keys of those who are there; a person who has none gets a fresh one. */
async function bringKeys({ client, register, keys, people, keysFile, identity }: Restoring, root: Buffer): Promise<number> {
  if (existsSync(keysFile))
    for await (const [table, chunks] of byTable(unpack(createReadStream(keysFile), identity))) {
      const held = keyTables(register).find(({ name }) => name === table)
      if (!held) throw new WrongBackup(`${keysFile} is not the file of keys.`)
      await bringKeysOf(client, held, chunks)
    }
  const { rows } = await client.query<{ id: string }>(
    `select id from ${quoted(people.name)} p where not exists (select from ${quoted(keys.name)} k where k.person_id = p.id)`,
  )
  for (const { id } of rows)
    await client.query(`insert into ${quoted(keys.name)} (person_id, wrapped_key, made_at) values ($1, $2, $3)`, [
      id,
      keyring(root).fresh(),
      now(),
    ])
  return rows.length
}

// The file is newer than the backup: it has keys for what is not there.
async function bringKeysOf(client: pg.ClientBase, held: Held, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const brought = quoted(`brought_${held.name}`)
  const { rows } = await client.query<{ parent: string; own: string; its: string }>(
    `select confrelid::regclass::text as parent, a.attname as own, b.attname as its from pg_constraint
       join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1] join pg_attribute b on b.attrelid = confrelid and b.attnum = confkey[1]
      where conrelid = $1::regclass and contype = 'f'`,
    [held.name],
  )
  const present = rows.map(({ parent, own, its }) => `exists (select from ${parent} p where p.${quoted(its)} = b.${quoted(own)})`)
  await client.query(`create temporary table ${brought} (like ${quoted(held.name)}) on commit drop`)
  await copyIn(client, `copy ${brought} (${columnList(columnsOf(held))}) from stdin`, chunks)
  await client.query(`insert into ${quoted(held.name)} select * from ${brought} b where ${['true', ...present].join(' and ')}`)
}
