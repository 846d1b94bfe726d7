/**
 * A backup: every registered table as it is at one moment, by COPY, so that it works with any server. What must not
 * outlive the day, or an erasure, is in none (`leftOut` in the data map). Keys of people lie in a file of their own, which is
 * replaced by each backup and after each erasure: what is sealed under a destroyed key stays sealed in every backup.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { escapeIdentifier as quoted } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { DAY, now } from '../clock.ts'
import { answersOf, columnOf, type Held } from '../database/classify.ts'
import { type Entry, pack } from './container.ts'
import { NAME } from './newest.ts'

/** What the first entry of a backup says of it. */
export interface Manifest {
  readonly format: 1
  readonly madeAt: string
  /** How many migrations the database had seen. */
  readonly migrations: number
  readonly tables: readonly { readonly name: string; readonly columns: readonly string[] }[]
}

export const MANIFEST = 'backup.json'
/** The last entry: the rows of each table. A backup without it was cut short. */
export const END = 'end.json'
export const KEYS_FILE = 'keys.tar.zst.age'

const CHUNK = 4 * 1024 * 1024

export const columnsOf = (held: Held): string[] =>
  answersOf(held)
    // What the database works out by itself it works out again.
    .filter(({ key }) => columnOf(held, key).generated === undefined)
    .map(({ name }) => name)
export const columnList = (columns: readonly string[]): string => columns.map(quoted).join(', ')

/** The tables of a backup, parents first. */
export const kept = (register: readonly Held[]): Held[] => register.filter(({ leftOut }) => leftOut === undefined).toReversed()

export interface Making {
  /** The owner's connection. */
  readonly client: pg.ClientBase
  readonly register: readonly Held[]
  readonly dir: string
  readonly recipient: string
  /** Is told of each row's bytes as they go. */
  readonly went?: (bytes: number) => void
}

/**
 * Makes a backup of one moment and puts it into the folder, whole or not at all.
 * @returns the path of the file
 */
export async function makeBackup({ client, register, dir, recipient, went }: Making): Promise<string> {
  await client.query('begin isolation level repeatable read read only')
  try {
    const file = join(dir, `cloudrun-${now().toISOString().slice(0, 19).replaceAll(':', '')}Z.tar.zst.age`)
    await putDown(file, await pack(tables(client, kept(register), went), recipient))
    return file
  } finally {
    await client.query('rollback')
  }
}

async function* tables(client: pg.ClientBase, all: readonly Held[], went?: (bytes: number) => void): AsyncGenerator<Entry, void, void> {
  const named = all.map((held) => ({ name: held.name, columns: columnsOf(held) }))
  yield json(MANIFEST, {
    format: 1,
    madeAt: now().toISOString(),
    migrations: await migrationsSeen(client),
    tables: named,
  } satisfies Manifest)
  const counts: Record<string, number> = {}
  for (const { name, columns } of named) {
    const rows = copied(client, name, columns)
    for await (const entry of inChunks(name, rows)) {
      went?.(entry.data.length)
      yield entry
    }
    counts[name] = rows.rowCount
  }
  yield json(END, counts)
}

/** How many migrations the database has seen. */
export async function migrationsSeen(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ seen: number }>('select count(*)::int as seen from drizzle.__drizzle_migrations')
  return rows[0]?.seen ?? 0
}

const copied = (client: pg.ClientBase, table: string, columns: readonly string[]) =>
  client.query(copyTo(`copy (select ${columnList(columns)} from ${quoted(table)}) to stdout`))

const json = (name: string, value: unknown): Entry => ({ name, data: Buffer.from(JSON.stringify(value)) })

async function* inChunks(table: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Entry, void, void> {
  let pieces: Buffer[] = []
  let size = 0
  let part = 0
  const entry = (): Entry => ({ name: `${table}/${String(++part).padStart(6, '0')}`, data: Buffer.concat(pieces) })
  for await (const piece of bytes) {
    pieces.push(piece)
    size += piece.length
    if (size < CHUNK) continue
    yield entry()
    pieces = []
    size = 0
  }
  if (size > 0) yield entry()
}

/** The tables that hold keys under which text of one person, or about one request, is sealed. */
export const keyTables = (register: readonly Held[]): Held[] =>
  register.filter((held) => answersOf(held).some(({ category }) => category === 'key'))

/** Writes all keys anew, in place of those that were there. Any login that may read them will do. */
export async function makeKeys(
  client: pg.ClientBase,
  { dir, recipient, register }: Pick<Making, 'dir' | 'recipient' | 'register'>,
): Promise<void> {
  await putDown(join(dir, KEYS_FILE), await pack(keys(client, register), recipient))
}

async function* keys(client: pg.ClientBase, register: readonly Held[]): AsyncGenerator<Entry, void, void> {
  for (const held of keyTables(register)) yield* inChunks(held.name, copied(client, held.name, columnsOf(held)))
}

// Under its name once it is whole and on the disk.
async function putDown(file: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const draft = `${file}.${process.pid}.part`
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
  try {
    await pipeline(bytes, createWriteStream(draft, { mode: 0o600, flush: true }))
    await rename(draft, file)
    const folder = await open(join(file, '..'))
    await folder.sync()
    await folder.close()
  } finally {
    await rm(draft, { force: true })
  }
}

/** Deletes backups that are older than so many days; returns their names. */
export async function deleteOld(dir: string, days: number): Promise<string[]> {
  const limit = new Date(now().getTime() - days * DAY).toISOString().slice(0, 19).replaceAll(':', '')
  const old = (await readdir(dir)).filter((name) => (NAME.exec(name)?.[1] ?? '9') < `${limit}Z`)
  for (const name of old) await rm(join(dir, name))
  return old
}
