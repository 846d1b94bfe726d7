/** The scope of a demand: which people, which columns of the data map, which days. It can only become narrower. */
import { asc, eq, getTableColumns, inArray, or, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import { answersOf, type Held, isSomebodys } from '../database/classify.ts'
import { choiceOf } from '../database/column-choice.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { mayRead } from '../database/purposes.ts'
import { asId, type Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { register } from '../register.ts'
import { type Acting, demandOf, note, type Scope } from './demand.ts'
import { legalDemandPeople, legalDemandScopes } from './tables.ts'

/** Tables of which something can be handed over: those whose rows are somebody's, without this register itself. */
const tables: readonly Held[] = register.filter((held) => isSomebodys(held) && !held.shownFrom && !held.repeats).toReversed()

/** Keys and proofs of who somebody is are never handed over: they would open more than the scope says. */
const handable = (held: Held) =>
  answersOf(held).filter(({ category }) => mayRead('rights', category) && category !== 'key' && category !== 'credential')

/** The moment by which a table's rows lie within days or not; none for the person's own row, which no days limit. */
export function datedBy(held: Held): string | undefined {
  if (held.table === people) return undefined
  const columns = getTableColumns(held.table)
  return answersOf(held).find(({ key }) => columns[key]?.dataType === 'date' && !/^(expires|until|proof)/.test(key))?.key
}

/** Every column that can be in a scope. */
export const scopable = choiceOf(tables, handable)

/** What the columns are, in words for the people whose data it is. */
export const scopeInWords = ({ columns, fromDay, untilDay }: Pick<Scope, 'columns' | 'fromDay' | 'untilDay'>): string => {
  const what = scopable.inWords(columns).join('; ')
  const days = [fromDay && `from ${fromDay}`, untilDay && `until ${untilDay}`].filter(Boolean).join(' ')
  return days ? `${what} (${days})` : what
}

/** The tables of a scope, each with the columns that it names and no other. */
export const narrowed = ({ columns }: Pick<Scope, 'columns'>): Held[] =>
  tables.flatMap((held) => {
    const wanted = handable(held).filter(({ name }) => columns.includes(`${held.name}.${name}`))
    const kept = Object.fromEntries(wanted.map(({ key }) => [key, held.columns[key]] as const))
    return wanted.length > 0 ? [{ ...held, columns: kept as Held['columns'] }] : []
  })

/** Tables of these columns that know no days: with days in the scope they cannot be told apart. */
export const withoutDays = (columns: readonly string[]): string[] =>
  tables
    .filter((held) => held.table !== people && columns.some((name) => name.startsWith(`${held.name}.`)) && !datedBy(held))
    .map(({ says }) => says)

/** A scope as it is asked for: people by number or address. */
export interface Asked {
  readonly who: readonly string[]
  readonly columns: readonly string[]
  readonly fromDay: string | null
  readonly untilDay: string | null
  readonly why: string
}

type Tx = For<'legal'>
interface Named {
  readonly personId: Id
  readonly toldAt: Date | null
  readonly told: string | null
}

/** Whom a scope names, in the order in which they were named. */
export async function namedBy(
  tx: For<'legal' | 'rights'>,
  scopeId: Id,
): Promise<{ id: Id; personId: Id | null; toldAt: Date | null; told: string | null }[]> {
  const { id, personId, toldAt, told } = legalDemandPeople
  return tx.select({ id, personId, toldAt, told }).from(legalDemandPeople).where(eq(legalDemandPeople.scopeId, scopeId)).orderBy(asc(id))
}

async function resolve(tx: Tx, who: readonly string[]): Promise<Id[]> {
  const ids = who.flatMap((one) => asId(one) ?? [])
  const addresses = who.filter((one) => one.includes('@')).map((one) => one.toLowerCase())
  const rows = await tx
    .select({ id: people.id })
    .from(people)
    .where(
      or(
        sql`false`,
        ids.length > 0 ? inArray(people.id, ids) : undefined,
        addresses.length > 0 ? inArray(people.email, addresses) : undefined,
      ),
    )
  return rows.map(({ id }) => id)
}

/**
 * Writes a scope down: the first, or a narrower one.
 * @returns a word; `wider` when it asks for anything that the scope before it did not
 */
export async function rescope(tx: Tx, acting: Acting, asked: Asked): Promise<'scoped' | 'wider' | 'unchanged'> {
  const demand = await demandOf(tx, acting.id)
  if (!demand || demand.releases.length > 0) return 'unchanged'
  const before = demand.scope
  const earlier = before ? await namedBy(tx, before.id) : []
  const found = await resolve(tx, asked.who)
  if (before && !isWithin(asked, found, { ...before, earlier: earlier.flatMap(({ personId }) => personId ?? []) })) return 'wider'
  const named = found.map((personId): Named => {
    const { toldAt = null, told = null } = earlier.find((one) => one.personId === personId) ?? {}
    return { personId, toldAt, told }
  })
  await write(tx, acting, asked, named)
  return 'scoped'
}

function isWithin(asked: Asked, found: readonly Id[], before: Scope & { earlier: readonly Id[] }): boolean {
  const days =
    (!before.fromDay || (asked.fromDay !== null && asked.fromDay >= before.fromDay)) &&
    (!before.untilDay || (asked.untilDay !== null && asked.untilDay <= before.untilDay))
  return days && found.every((id) => before.earlier.includes(id)) && asked.columns.every((name) => before.columns.includes(name))
}

async function write(tx: Tx, acting: Acting, { who, columns, fromDay, untilDay, why }: Asked, named: readonly Named[]): Promise<void> {
  const id = newId()
  const unknown = Math.max(0, who.length - named.length)
  await tx
    .insert(legalDemandScopes)
    .values({ id, demandId: acting.id, columns: [...columns], fromDay, untilDay, unknown, why, scopedAt: now() })
  for (const one of named)
    await tx.insert(legalDemandPeople).values({ id: newId(), demandId: acting.id, scopeId: id, ...one, namedAt: now() })
  await note(tx, acting, 'scoped', `${named.length} known, ${unknown} not`)
}

/** A scope by its number. */
export const scopeWith = async (tx: For<'legal' | 'rights'>, id: Id): Promise<Scope | undefined> =>
  (await tx.select().from(legalDemandScopes).where(eq(legalDemandScopes.id, id)))[0]
