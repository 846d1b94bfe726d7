/**
 * Whose data: a rights subject is a person with the addresses that lead to them. What is held about
 * them is read from the register alone, so that a table cannot be forgotten.
 */
import { and, count, eq, inArray, isNotNull, or, type SQL } from 'drizzle-orm'
import { columnOf, type Held } from '../database/classify.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { keyOf, personOf } from '../people/person.ts'
import { register } from '../register.ts'
import { type Row, rowsOf } from './rows.ts'

export interface Subject {
  readonly personId: Id
  readonly name: string
  readonly emails: readonly string[]
}

/** A table that holds something about somebody, and how many rows. */
export interface Found {
  readonly held: Held
  readonly where: SQL
  readonly rows: number
}

/** What a table holds about somebody: all rows counted, and those that were asked for. */
export interface Holding extends Found {
  readonly shown: readonly Row[]
}

/** The subject that this person is, if they are (still) known. */
export async function subjectOf(tx: For<'rights'>, personId: Id): Promise<Subject | undefined> {
  const person = await personOf(tx, personId)
  return person && { personId, name: person.name, emails: [person.email] }
}

/** An address behind which nobody is known, as a subject: its number is nobody's. */
export const strangerAt = (email: string): Subject => ({ personId: newId(), name: email, emails: [email] })

/** The condition that finds a subject's rows; undefined for tables that are about nobody. */
export function theirs(held: Held, subject: Subject): SQL | undefined {
  if (held.about === 'nobody') return undefined
  const { person, address } = held.about
  return or(
    person ? eq(columnOf(held, person), subject.personId) : undefined,
    address ? inArray(columnOf(held, address), [...subject.emails]) : undefined,
  )
}

/** Of a subject's rows those that may be shown to them: a legal demand may be one of which nobody may tell yet. */
export function shownTo(held: Held, subject: Subject): SQL | undefined {
  const where = theirs(held, subject)
  return where && held.shownFrom ? and(where, isNotNull(columnOf(held, held.shownFrom))) : where
}

/** The tables that hold something about a subject that may be shown to them, people first. */
export async function tablesAbout(tx: For<'rights'>, subject: Subject): Promise<Found[]> {
  const found: Found[] = []
  for (const held of register.toReversed()) {
    const where = shownTo(held, subject)
    if (where) found.push({ held, where, rows: await rowsIn(tx, held, where) })
  }
  return found.filter(({ rows }) => rows > 0)
}

async function rowsIn(tx: For<'rights'>, held: Held, where: SQL): Promise<number> {
  const [counted] = await tx.select({ rows: count() }).from(held.table).where(where)
  return counted?.rows ?? 0
}

/** Everything that is held about a subject, table by table, at most `most` rows of each; none of what only repeats others. */
export async function holdings(tx: For<'rights'>, subject: Subject, most: number): Promise<Holding[]> {
  const key = await keyOf(tx, subject.personId)
  const held: Holding[] = []
  for (const one of await tablesAbout(tx, subject)) {
    const shown: Row[] = []
    if (!one.held.repeats && most > 0) for await (const step of rowsOf(tx, { ...one, key, most })) shown.push(...step)
    held.push({ ...one, shown })
  }
  return held
}

/** The tables in which a subject stands as the author of rows about others. */
export async function writtenBy(tx: For<'rights'>, { personId }: Subject): Promise<Found[]> {
  const found: Found[] = []
  for (const held of register) {
    const authors = held.about === 'nobody' ? [] : (held.about.authors ?? [])
    const where = or(...authors.map((key) => eq(columnOf(held, key), personId)))
    if (where) found.push({ held, where, rows: await rowsIn(tx, held, where) })
  }
  return found.filter(({ rows }) => rows > 0)
}
