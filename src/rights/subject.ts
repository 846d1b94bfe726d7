/**
 * Whose data: a rights subject is a person with the addresses that lead to them. What is held about
 * them is read from the register alone, so that a table cannot be forgotten.
 */
import { and, asc, count, eq, inArray, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { answersOf, columnOf, type Held } from '../database/classify.ts'
import type { For } from '../database/connection.ts'
import { mayRead } from '../database/purposes.ts'
import { unseal } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { keyOf, personOf } from '../people/person.ts'
import { register } from '../register.ts'

export interface Subject {
  readonly personId: Id
  readonly name: string
  readonly emails: readonly string[]
}

/** What a table holds about somebody: all rows counted, and those that were asked for. */
export interface Holding {
  readonly held: Held
  readonly rows: number
  readonly shown: readonly Readonly<Record<string, unknown>>[]
}

/** The subject that this person is, if they are (still) known. */
export async function subjectOf(tx: For<'rights'>, personId: Id): Promise<Subject | undefined> {
  const person = await personOf(tx, personId)
  return person && { personId, name: person.name, emails: [person.email] }
}

/** The condition that finds a subject's rows; undefined for tables that are about nobody. */
export function theirs(held: Held, subject: Subject): SQL | undefined {
  if (held.about === 'nobody') return undefined
  const { person, address } = held.about
  return or(
    person ? eq(columnOf(held, person), subject.personId) : undefined,
    address ? inArray(columnOf(held, address), [...subject.emails]) : undefined,
  )
}

/**
 * Everything that is held about a subject, table by table, at most `most` rows of each. Columns that
 * the purpose may not read (credentials) are absent; sealed ones are opened with the person's key.
 */
export async function holdings(tx: For<'rights'>, subject: Subject, most: number): Promise<Holding[]> {
  const key = await keyOf(tx, subject.personId)
  const found: Holding[] = []
  for (const held of register.toReversed()) {
    const where = theirs(held, subject)
    if (where) found.push(await holding(tx, { held, where, most, key }))
  }
  return found.filter((one) => one.rows > 0)
}

interface Asked {
  readonly held: Held
  readonly where: SQL
  readonly most: number
  readonly key: Buffer
}

async function holding(tx: For<'rights'>, { held, where, most, key }: Asked): Promise<Holding> {
  const columns = readable(held)
  const [counted] = await tx.select({ rows: count() }).from(held.table).where(where)
  const order = Object.values(columns)[0]
  const rows = await tx
    .select(columns)
    .from(held.table)
    .where(and(where))
    .orderBy(...(order ? [asc(order)] : []))
    .limit(most)
  return { held, rows: counted?.rows ?? 0, shown: rows.map((row) => opened(held, row, key)) }
}

/** The columns that the purpose `rights` may read. */
export const readable = (held: Held): Record<string, PgColumn> =>
  Object.fromEntries(
    answersOf(held)
      .filter(({ category }) => mayRead('rights', category))
      .map(({ key }) => [key, columnOf(held, key)]),
  )

// The wrapped key itself opens nothing without the house's secret, and is of no use to its person.
function opened(held: Held, row: Record<string, unknown>, key: Buffer): Record<string, unknown> {
  const open = ([name, value]: [string, unknown]): [string, unknown] => {
    if (!Buffer.isBuffer(value)) return [name, value]
    return [name, held.columns[name]?.[0] === 'sealed' ? unseal(key, value).toString() : '(sealed key)']
  }
  return Object.fromEntries(Object.entries(row).map(open))
}
