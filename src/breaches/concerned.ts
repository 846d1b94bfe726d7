/**
 * Whom a breach concerns, counted from the data map: those who are meant, and of whom one of the columns that
 * it touches holds something. It runs under the purpose `rights`, because that login alone reads of every
 * table whose row is whose.
 */
import { and, count, eq, exists, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import { columnOf, type Held, isSomebodys } from '../database/classify.ts'
import { choiceOf } from '../database/column-choice.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { DAY, now } from '../clock.ts'
import type { Id } from '../log.ts'
import { fateOfLetter } from '../mail/letter.ts'
import { people } from '../people/tables.ts'
import { register } from '../register.ts'
import { holdsMembershipOf } from '../services/membership.ts'
import type { Facts } from './breach.ts'
import { type Fate, fates } from './kinds.ts'
import { breaches, breachPeople } from './tables.ts'

/** Every column that there is to touch, people first. */
export const touchable = choiceOf(register.filter(isSomebodys).toReversed())

const heldOf = (names: readonly string[]): Held[] => {
  const tables = new Set(names.map((name) => name.split('.')[0]))
  return register.filter((held) => isSomebodys(held) && tables.has(held.name))
}

/** The condition that a table holds something of a person. */
function holds(tx: For<'rights'>, held: Held): SQL {
  const about = held.about === 'nobody' ? {} : held.about
  if (held.table === people) return sql`true`
  const ways = [
    about.person ? eq(columnOf(held, about.person), people.id) : undefined,
    about.address ? eq(columnOf(held, about.address), people.email) : undefined,
  ]
  return exists(
    tx
      .select({ one: sql`1` })
      .from(held.table)
      .where(or(...ways)),
  )
}

/** A breach, as far as it says whom it concerns. */
export interface Concerning {
  readonly id: Id
  readonly awareAt: Date
  readonly facts: Facts
}

/** When we became aware of a breach. */
export async function awareOf(tx: For<'rights'>, id: Id): Promise<Date | undefined> {
  return (await tx.select({ awareAt: breaches.awareAt }).from(breaches).where(eq(breaches.id, id)))[0]?.awareAt
}

const endOf = (day: string): Date => new Date(new Date(day).getTime() + DAY)

function meant(tx: For<'rights'>, { id: breachId, facts: { who, serviceId, registeredFrom, registeredUntil } }: Concerning): SQL {
  if (who === 'service') return serviceId ? holdsMembershipOf(people.id, serviceId) : sql`false`
  if (who === 'list')
    return inArray(
      people.id,
      tx
        .select({ id: sql<Id>`${breachPeople.personId}` })
        .from(breachPeople)
        .where(eq(breachPeople.breachId, breachId)),
    )
  if (who === 'all') return sql`true`
  const from = registeredFrom ? gte(people.joinedAt, new Date(registeredFrom)) : undefined
  const until = registeredUntil ? lt(people.joinedAt, endOf(registeredUntil)) : undefined
  return and(from, until) ?? sql`true`
}

/** The condition on `people` that a breach concerns somebody; a list of people is taken as it is. */
function concerns(tx: For<'rights'>, breach: Concerning): SQL {
  const { awareAt, facts } = breach
  const who = meant(tx, breach)
  if (facts.who === 'list') return who
  // Whoever came after it was over has nothing to do with it.
  const there = lt(people.joinedAt, facts.endedOn ? endOf(facts.endedOn) : awareAt)
  return and(who, there, or(...heldOf(facts.columns).map((held) => holds(tx, held))) ?? sql`false`) ?? sql`false`
}

/** How many people a breach concerns, and how many rows of each table it touches are theirs. */
export interface Counted {
  readonly people: number
  readonly rows: readonly { readonly says: string; readonly rows: number }[]
  /** Where they live, as far as a list told. */
  readonly places: readonly { readonly place: string; readonly people: number }[]
}

/** Counts them. */
export async function countConcerned(tx: For<'rights'>, breach: Concerning): Promise<Counted> {
  const { id: breachId, facts } = breach
  const condition = concerns(tx, breach)
  const [counted] = await tx.select({ people: count() }).from(people).where(condition)
  const rows: Counted['rows'][number][] = []
  for (const held of heldOf(facts.columns).toReversed()) rows.push({ says: held.says, rows: await rowsOf(tx, held, condition) })
  const places = await tx
    .select({ place: sql<string>`${breachPeople.place}`, people: count() })
    .from(breachPeople)
    .where(and(eq(breachPeople.breachId, breachId), sql`${breachPeople.place} is not null`))
    .groupBy(breachPeople.place)
    .orderBy(breachPeople.place)
  return { people: counted?.people ?? 0, rows, places }
}

async function rowsOf(tx: For<'rights'>, held: Held, condition: SQL): Promise<number> {
  if (held.table === people) return (await tx.select({ rows: count() }).from(people).where(condition))[0]?.rows ?? 0
  const about = held.about === 'nobody' ? {} : held.about
  const theirs = or(
    about.person ? inArray(columnOf(held, about.person), tx.select({ id: people.id }).from(people).where(condition)) : undefined,
    about.address ? inArray(columnOf(held, about.address), tx.select({ email: people.email }).from(people).where(condition)) : undefined,
  )
  return (await tx.select({ rows: count() }).from(held.table).where(theirs))[0]?.rows ?? 0
}

/** Somebody on a list, with the place where they live, if it was told. */
export interface ListedPerson {
  readonly personId: Id
  readonly place: string | undefined
}

/**
 * Takes a list of people, in the place of an earlier one.
 * @returns how many of them are known here
 */
export async function takeList(tx: For<'rights'>, breachId: Id, list: readonly ListedPerson[]): Promise<number> {
  await tx.delete(breachPeople).where(and(eq(breachPeople.breachId, breachId), eq(breachPeople.fate, 'listed')))
  const rows = list.map(({ personId, place = null }) => ({ id: newId(), personId, place }))
  const { rowCount } = await tx.execute(sql`
    insert into ${breachPeople} (id, breach_id, person_id, place, fate, concerned_at, fate_at)
    select l.id, ${breachId}, p.id, l.place, 'listed', ${now().toISOString()}::timestamptz, ${now().toISOString()}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows.map(({ personId, ...row }) => ({ ...row, person_id: personId })))}::jsonb)
        as l(id uuid, person_id uuid, place text) join ${people} p on p.id = l.person_id
    on conflict (breach_id, person_id) do nothing`)
  return rowCount ?? 0
}

/** Settles whom the notice goes to, by one statement. What they are told stands in their row, so that their copy has it. */
export async function settle(tx: For<'rights'>, breach: Concerning): Promise<number> {
  const { id: breachId, facts } = breach
  const at = now().toISOString()
  const found = tx.select({ id: people.id }).from(people).where(concerns(tx, breach))
  const { rowCount } = await tx.execute(sql`
    insert into ${breachPeople} (id, breach_id, person_id, told, fate, concerned_at, fate_at)
    select gen_random_uuid(), ${breachId}, f.id, ${facts.title}, 'waiting', ${at}::timestamptz, ${at}::timestamptz from (${found}) f
    on conflict (breach_id, person_id) do update set told = excluded.told, fate = 'waiting', fate_at = excluded.fate_at
      where ${breachPeople}.fate = 'listed'`)
  return rowCount ?? 0
}

// What became of the letter, as long as it is there; afterwards what was kept of it.
const fateNow = sql<Fate>`coalesce(${fateOfLetter(breachPeople.letterId)}, ${breachPeople.fate})`

/** How many notices stand how. */
export async function fatesOf(tx: For<'rights'>, breachId: Id): Promise<ReadonlyMap<Fate, number>> {
  const rows = await tx
    .select({ fate: fateNow, people: count() })
    .from(breachPeople)
    .where(eq(breachPeople.breachId, breachId))
    .groupBy(fateNow)
  return new Map(fates.flatMap((fate) => rows.filter((row) => row.fate === fate).map(({ people: many }) => [fate, many] as const)))
}

/** Somebody whom no letter reached, for another way: the post, the telephone. */
export interface Unreached {
  readonly personId: Id
  readonly name: string
  readonly email: string
  readonly fate: Fate
}

/** Those whom no letter reached. */
export async function unreached(tx: For<'rights'>, breachId: Id): Promise<Unreached[]> {
  return tx
    .select({ personId: people.id, name: people.name, email: people.email, fate: fateNow })
    .from(breachPeople)
    .innerJoin(people, eq(people.id, breachPeople.personId))
    .where(and(eq(breachPeople.breachId, breachId), inArray(fateNow, ['refused', 'held', 'bounced'])))
    .orderBy(people.id)
}
