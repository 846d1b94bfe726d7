/** A legal demand: entered, scoped, examined, barred. Everything is added, nothing is changed or taken out. */
import { and, asc, count, desc, eq, sql } from 'drizzle-orm'
import type { Act } from '../audit/acts.ts'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import { people } from '../people/tables.ts'
import { legalDemandActs, legalDemandApprovals, legalDemandReleases } from './kept-tables.ts'
import type { Happening } from './kinds.ts'
import { legalDemandBars, legalDemandFindings, legalDemandPeople, legalDemands, legalDemandScopes } from './tables.ts'

type Tx = For<'legal'>
type Row = typeof legalDemands.$inferSelect
export type Scope = typeof legalDemandScopes.$inferSelect
export type Finding = typeof legalDemandFindings.$inferSelect
export type Bar = typeof legalDemandBars.$inferSelect
export type Release = typeof legalDemandReleases.$inferSelect
export type Entry = Omit<Row, 'id' | 'enteredAt'>

/** Who acts on which demand; the program is nobody. */
export interface Acting {
  readonly id: Id
  readonly by: Id | null
}

/** What was done. */
export interface NotedAct {
  readonly what: Happening
  readonly detail: string | null
  readonly by: string | null
  readonly doneAt: Date
}

/** A demand as it stands. */
export interface Demand extends Row {
  readonly scope: Scope | undefined
  /** The newest finding, if it is about the newest scope. */
  readonly finding: Finding | undefined
  /** The newest bar, lapsed or not. */
  readonly bar: Bar | undefined
  /** Who approved what the newest finding says. */
  readonly approvedBy: readonly (Id | null)[]
  readonly releases: readonly Release[]
  /** People whom the newest scope names and who are still here; how many of them were told. */
  readonly named: { readonly people: number; readonly told: number }
}

const recorded: Readonly<Record<Exclude<Happening, 'warned'>, Act>> = {
  entered: 'demand.entered',
  filed: 'demand.filed',
  scoped: 'demand.scoped',
  checked: 'demand.checked',
  barred: 'demand.barred',
  told: 'demand.told',
  approved: 'demand.approved',
  released: 'demand.released',
  preserved: 'demand.preserved',
}

/** Notes what was done, in the register and in the chained record, which names nobody whom the demand names. */
export async function note(tx: Tx, { id, by }: Acting, what: Happening, detail?: string): Promise<void> {
  await tx.insert(legalDemandActs).values({ id: newId(), demandId: id, what, detail: detail ?? null, byId: by, doneAt: now() })
  if (what !== 'warned') await record(tx, { act: recorded[what], actor: by, thing: id })
  log('demands.act', { demand: id, what: word(what), staff: by ?? undefined })
}

/** Enters a demand. */
export async function enter(tx: Tx, by: Id, entry: Entry): Promise<Id> {
  const id = newId()
  await tx.insert(legalDemands).values({ id, ...entry, enteredAt: now() })
  await note(tx, { id, by }, 'entered')
  return id
}

/** A demand by its number. */
export async function demandOf(tx: Tx, id: Id): Promise<Demand | undefined> {
  const [row] = await tx.select().from(legalDemands).where(eq(legalDemands.id, id))
  return row && standing(tx, row)
}

/** Keeps others from acting on this demand until the transaction ends. */
export async function locked(tx: Tx, id: Id): Promise<Demand | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`demand ${id}`}, 0))`)
  return demandOf(tx, id)
}

/** Every demand, the newest first. */
export async function allDemands(tx: Tx): Promise<Demand[]> {
  const rows = await tx.select().from(legalDemands).orderBy(desc(legalDemands.id)).limit(500)
  const all: Demand[] = []
  for (const row of rows) all.push(await standing(tx, row))
  return all
}

async function standing(tx: Tx, row: Row): Promise<Demand> {
  const of = <T>(newest: readonly T[]): T | undefined => newest[0]
  const { id } = row
  const scope = of(
    await tx.select().from(legalDemandScopes).where(eq(legalDemandScopes.demandId, id)).orderBy(desc(legalDemandScopes.id)).limit(1),
  )
  const found = of(
    await tx.select().from(legalDemandFindings).where(eq(legalDemandFindings.demandId, id)).orderBy(desc(legalDemandFindings.id)).limit(1),
  )
  const finding = found?.scopeId === scope?.id ? found : undefined
  return {
    ...row,
    scope,
    finding,
    bar: of(await tx.select().from(legalDemandBars).where(eq(legalDemandBars.demandId, id)).orderBy(desc(legalDemandBars.id)).limit(1)),
    approvedBy: finding ? await approversOf(tx, finding.id) : [],
    releases: await tx.select().from(legalDemandReleases).where(eq(legalDemandReleases.demandId, id)).orderBy(asc(legalDemandReleases.id)),
    named: scope ? await namedIn(tx, scope.id) : { people: 0, told: 0 },
  }
}

const approversOf = async (tx: Tx, findingId: Id): Promise<(Id | null)[]> =>
  (await tx.select({ by: legalDemandApprovals.byId }).from(legalDemandApprovals).where(eq(legalDemandApprovals.findingId, findingId))).map(
    ({ by }) => by,
  )

async function namedIn(tx: Tx, scopeId: Id): Promise<Demand['named']> {
  const { personId, toldAt } = legalDemandPeople
  const [row] = await tx
    .select({ people: count(personId), told: sql<number>`count(*) filter (where ${toldAt} is not null)::int` })
    .from(legalDemandPeople)
    .where(and(eq(legalDemandPeople.scopeId, scopeId), sql`${personId} is not null`))
  return row ?? { people: 0, told: 0 }
}

/** What was done about a demand, in the order in which it was. */
export async function actsOf(tx: Tx, id: Id): Promise<NotedAct[]> {
  const { id: actId, what, detail, byId, doneAt } = legalDemandActs
  return tx
    .select({ what, detail, by: people.name, doneAt })
    .from(legalDemandActs)
    .leftJoin(people, eq(people.id, byId))
    .where(eq(legalDemandActs.demandId, id))
    .orderBy(asc(actId))
}

/** Does a bar on telling stand at a moment? */
export const isBarred = ({ bar }: Pick<Demand, 'bar'>, at = now()): boolean => bar !== undefined && bar.endsAt > at

/** Keeps how the checklist ended. The database refuses "required" where a check fails or no law is named. */
export async function find(tx: Tx, acting: Acting, finding: Omit<Finding, 'id' | 'demandId' | 'foundAt'>): Promise<void> {
  await tx.insert(legalDemandFindings).values({ id: newId(), demandId: acting.id, ...finding, foundAt: now() })
  await note(tx, acting, 'checked', finding.ending)
}

/** Notes a bar on telling, or renews one: a later end needs a document. */
export async function bar(
  tx: Tx,
  acting: Acting,
  one: Pick<Bar, 'legalBasis' | 'endsAt' | 'paperId'>,
): Promise<'barred' | 'no-paper' | 'told'> {
  const demand = await demandOf(tx, acting.id)
  if (demand && demand.named.told > 0) return 'told'
  const ends = await tx.select({ endsAt: legalDemandBars.endsAt }).from(legalDemandBars).where(eq(legalDemandBars.demandId, acting.id))
  if (!one.paperId && ends.some(({ endsAt }) => endsAt < one.endsAt)) return 'no-paper'
  await tx.insert(legalDemandBars).values({ id: newId(), demandId: acting.id, ...one, notedAt: now() })
  await note(tx, acting, 'barred', one.endsAt.toISOString())
  return 'barred'
}
