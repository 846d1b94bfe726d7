/**
 * The root: random bytes from which every key of the house and the passwords of its logins are derived. It stands in
 * the database, sealed under a key derived from `SECRET`. So a new `SECRET` means that one row is sealed anew, and
 * nothing else changes: links that were sent, hashes, people's keys, logins (decision 0052).
 */
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { escapeIdentifier as quoted } from 'pg'
import { now } from '../clock.ts'
import { type Config, WrongSetting } from '../config.ts'
import { log } from '../log.ts'
import { answersOf, type Held } from './classify.ts'
import { derivedKey, keyring, seal, unseal } from './sealing.ts'
import type { RootOrigin } from './tables.ts'

/** What the operator gave: the secret, and while it is being changed the one of before. */
export type Secrets = Pick<Config, 'secret' | 'secretPrevious'>

/** A root that one of the secrets opened. */
export interface OpenedRoot {
  readonly root: Buffer
  readonly by: 'secret' | 'previous'
  readonly origin: RootOrigin
  readonly madeAt: Date
  readonly sealedAt: Date
}

/** What the root of a house without one would be, were there something in it that is sealed already. */
type Likely = Pick<OpenedRoot, 'root' | 'by'>

const sealingKey = (secret: string): Buffer => derivedKey(Buffer.from(secret), 'house root')

/** The secrets at hand, the newer first. */
const candidates = ({ secret, secretPrevious }: Secrets): readonly (readonly [Likely['by'], string])[] => [
  ['secret', secret],
  ...(secretPrevious === undefined ? [] : [['previous', secretPrevious] as const]),
]

function refuse({ secretPrevious }: Secrets, what: string): never {
  throw new WrongSetting(
    secretPrevious === undefined
      ? `SECRET does not open ${what}, which was made under another one: put that one back; or, to change it, set SECRET_PREVIOUS to it (docs/operate.md, Changing SECRET).`
      : `Neither SECRET nor SECRET_PREVIOUS opens ${what}, which was made under another one: set SECRET_PREVIOUS to that one (docs/operate.md, Changing SECRET).`,
  )
}

interface Row {
  readonly sealed: Buffer
  readonly origin: RootOrigin
  readonly made: Date
  readonly resealed: Date
}

/**
 * Opens the root, by the owner's connection; undefined when there is none yet. `what` a refusal calls the place where it stands.
 * @throws WrongSetting when no secret at hand opens it
 */
export async function openRoot(client: pg.ClientBase, secrets: Secrets, what = 'this database'): Promise<OpenedRoot | undefined> {
  const { rows: found } = await client.query<{ there: boolean }>(`select to_regclass('public.house_roots') is not null as there`)
  if (!found[0]?.there) return undefined
  const { rows } = await client.query<Row>(
    'select sealed_root as sealed, origin, made_at as made, sealed_at as resealed from house_roots where number = 1',
  )
  const [row] = rows
  if (!row) return undefined
  for (const [by, secret] of candidates(secrets)) {
    const root = opened(secret, row.sealed)
    if (root) return { root, by, origin: row.origin, madeAt: row.made, sealedAt: row.resealed }
  }
  return refuse(secrets, what)
}

function opened(secret: string, sealed: Buffer): Buffer | undefined {
  try {
    return unseal(sealingKey(secret), sealed)
  } catch {
    return undefined
  }
}

/**
 * Which of the secrets a house was filled under that is older than roots: its keys were derived from that one itself.
 * @throws WrongSetting when something is sealed there, and none of them opens it
 */
export async function likelyRoot(client: pg.ClientBase, register: readonly Held[], secrets: Secrets): Promise<Likely> {
  const wrapped = await someWrappedKey(client, register)
  const all = candidates(secrets).map(([by, secret]): Likely => ({ by, root: Buffer.from(secret) }))
  const likely = wrapped ? all.find(({ root }) => unwraps(root, wrapped)) : all.at(-1)
  return likely ?? refuse(secrets, 'this database')
}

function unwraps(root: Buffer, wrapped: Buffer): boolean {
  try {
    return keyring(root).unwrap(wrapped).length > 0
  } catch {
    return false
  }
}

// The database may have seen a part of the migrations, or none.
async function someWrappedKey(client: pg.ClientBase, register: readonly Held[]): Promise<Buffer | undefined> {
  for (const held of register)
    for (const { name } of answersOf(held).filter(({ category }) => category === 'key')) {
      const { rows: there } = await client.query(
        `select from information_schema.columns where table_schema = 'public' and table_name = $1 and column_name = $2`,
        [held.name, name],
      )
      if (there.length === 0) continue
      const { rows } = await client.query<{ key: Buffer }>(`select ${quoted(name)} as key from ${quoted(held.name)} limit 1`)
      if (rows[0]) return rows[0].key
    }
  return undefined
}

interface Keeping {
  readonly register: readonly Held[]
  readonly secrets: Secrets
  /** Notes in the record that `SECRET` was changed, in the same transaction. */
  readonly noteChange: (client: pg.Client) => Promise<void>
}

/**
 * The root of a house that has seen all migrations: made if there is none, and sealed under `SECRET` if the one of
 * before opened it. Under the lock of the start.
 */
export async function keepRoot(client: pg.Client, { register, secrets, noteChange }: Keeping): Promise<Buffer> {
  const there = await openRoot(client, secrets)
  const isNew = there === undefined && (await isEmpty(client, register))
  const known = there ?? (isNew ? { root: randomBytes(32), by: 'secret' as const } : await likelyRoot(client, register, secrets))
  if (there?.by === 'secret') return known.root
  const sealed = seal(sealingKey(secrets.secret), known.root)
  await client.query('begin')
  try {
    await client.query(
      `insert into house_roots (number, sealed_root, origin, made_at, sealed_at) values (1, $1, $2, $3, $3)
       on conflict (number) do update set sealed_root = excluded.sealed_root, sealed_at = excluded.sealed_at`,
      [sealed, isNew ? 'random' : 'first secret', now()],
    )
    if (known.by === 'previous') await noteChange(client)
    await client.query('commit')
  } catch (fault) {
    await client.query('rollback').catch(() => undefined)
    throw fault
  }
  log(there ? 'database.root-sealed-anew' : 'database.root-made', {})
  return known.root
}

/** Nothing was ever kept here, so nothing was sealed, hashed or sent. */
async function isEmpty(client: pg.ClientBase, register: readonly Held[]): Promise<boolean> {
  const anything = register.map(({ name }) => `exists (select from ${quoted(name)})`).join(' or ')
  const { rows } = await client.query<{ filled: boolean }>(`select ${anything} as filled`)
  return rows[0]?.filled === false
}
