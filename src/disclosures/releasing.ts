/** Handing over: exactly the columns and days of the scope, approved by two people, with a record of it. */
import { and, eq, gte, isNotNull, isNull, lt } from 'drizzle-orm'
import { DAY, now } from '../clock.ts'
import { columnOf, type Held } from '../database/classify.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { keyOf } from '../people/person.ts'
import { register } from '../register.ts'
import { rowsOf } from '../rights/rows.ts'
import { type Subject, subjectOf, theirs } from '../rights/subject.ts'
import type { House } from '../web/house.ts'
import { type Acting, type Demand, isBarred, locked, note, type Scope } from './demand.ts'
import { legalDemandApprovals, legalDemandReleases } from './kept-tables.ts'
import { sha256 } from './paper.ts'
import { datedBy, namedBy, narrowed, scopeInWords, scopeWith } from './scope.ts'
import { legalDemandPeople, legalDemands } from './tables.ts'

export type Approval = 'approved' | 'again' | 'unchanged'

/** Approves the release of what this finding is about. */
export async function approve(tx: For<'legal'>, acting: Acting & { by: Id }, findingId: Id): Promise<Approval> {
  const demand = await locked(tx, acting.id)
  if (!demand?.scope || demand.finding?.id !== findingId || demand.finding.ending !== 'required') return 'unchanged'
  if (demand.approvedBy.includes(acting.by)) return 'again'
  const row = { id: newId(), demandId: acting.id, scopeId: demand.scope.id, findingId, byId: acting.by, approvedAt: now() }
  await tx.insert(legalDemandApprovals).values(row)
  await note(tx, acting, 'approved')
  return 'approved'
}

/** Why nothing can be handed over as it stands, in a word; undefined when it can. The database refuses the same. */
export function missingFor(demand: Demand): 'way' | 'scope' | 'basis' | 'people' | 'notice' | undefined {
  if (demand.kind === 'preservation') return 'way'
  if (!demand.scope) return 'scope'
  if (demand.finding?.ending !== 'required') return 'basis'
  if (new Set(demand.approvedBy.filter(Boolean)).size < 2) return 'people'
  const told = demand.named.told >= demand.named.people
  return demand.kind === 'emergency' || told || isBarred(demand) ? undefined : 'notice'
}

/** What is handed over of one person: rows of tables, each with the columns of the scope alone. */
export type Handed = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

const within = (held: Held, { fromDay, untilDay }: Scope) => {
  const key = datedBy(register.find(({ name }) => name === held.name) ?? held)
  if (!key) return undefined
  const from = fromDay ? gte(columnOf(held, key), new Date(fromDay)) : undefined
  const until = untilDay ? lt(columnOf(held, key), new Date(new Date(untilDay).getTime() + DAY)) : undefined
  return and(from, until)
}

/** Reads what a scope covers of one person. */
export async function handedOf(tx: For<'rights'>, scope: Scope, subject: Subject): Promise<Handed> {
  const key = await keyOf(tx, subject.personId)
  const handed: Record<string, Readonly<Record<string, unknown>>[]> = {}
  for (const held of narrowed(scope)) {
    const where = and(theirs(held, subject), within(held, scope))
    if (!where) continue
    const rows: Readonly<Record<string, unknown>>[] = []
    for await (const step of rowsOf(tx, { held, where, key })) rows.push(...step)
    if (rows.length > 0) handed[held.name] = rows
  }
  return handed
}

/** A file to hand over. */
export interface Package {
  readonly bytes: Buffer
  readonly people: number
  readonly rows: number
}

/** Makes the file. It says nothing about anybody but what is in scope: people stand in it by the place at which they were named. */
export async function packed(tx: For<'rights'>, { scope, authority, instrument, fileNumber }: Demand & { scope: Scope }): Promise<Package> {
  const handed: { place: number; data: Handed }[] = []
  for (const [at, { personId }] of (await namedBy(tx, scope.id)).entries()) {
    const subject = personId ? await subjectOf(tx, personId) : undefined
    if (subject) handed.push({ place: at + 1, data: await handedOf(tx, scope, subject) })
  }
  const { columns, fromDay, untilDay } = scope
  const text = JSON.stringify({ authority, instrument, fileNumber, scope: { columns, fromDay, untilDay }, people: handed }, null, 1)
  const rows = handed.flatMap(({ data }) => Object.values(data)).reduce((sum, all) => sum + all.length, 0)
  return { bytes: Buffer.from(`${text}\n`), people: handed.length, rows }
}

/**
 * Releases: the file is made, the release is written down, and only then the file leaves.
 * @returns the file, or a word that says what is missing
 */
export async function release(house: House, acting: Acting & { by: Id }): Promise<Package | NonNullable<ReturnType<typeof missingFor>>> {
  const { db } = house
  const done = await db.as('legal', async (tx) => {
    const demand = await locked(tx, acting.id)
    const missing = demand ? missingFor(demand) : 'scope'
    if (missing || !demand?.scope || !demand.finding) return missing ?? 'scope'
    const { scope, finding } = demand
    const made = await db.as('rights', (reading) => packed(reading, { ...demand, scope }))
    const counted = { people: made.people, rows: made.rows, bytes: made.bytes.length, fileHash: sha256(made.bytes) }
    const of = { demandId: acting.id, scopeId: scope.id, findingId: finding.id }
    await tx.insert(legalDemandReleases).values({ id: newId(), ...of, ...counted, releasedAt: now() })
    await note(tx, acting, 'released', `${made.people} people, ${made.rows} rows`)
    return made
  })
  if (typeof done !== 'string') await db.as('rights', noteDisclosed)
  return done
}

/** Writes to each person's row what was handed over about them; a crash before it is made good by the clock. */
export async function noteDisclosed(tx: For<'rights'>): Promise<void> {
  const { id, scopeId, demandId } = legalDemandPeople
  const waiting = await tx
    .select({ id, authority: legalDemands.authority, releasedAt: legalDemandReleases.releasedAt, scopeId })
    .from(legalDemandPeople)
    .innerJoin(legalDemandReleases, eq(legalDemandReleases.scopeId, scopeId))
    .innerJoin(legalDemands, eq(legalDemands.id, demandId))
    .where(and(isNull(legalDemandPeople.disclosedAt), isNotNull(legalDemandPeople.personId)))
  for (const one of waiting) {
    const scope = await scopeWith(tx, one.scopeId)
    const disclosed = `${one.authority} received: ${scope ? scopeInWords(scope) : ''}`
    await tx
      .update(legalDemandPeople)
      .set({ disclosed, disclosedAt: one.releasedAt })
      .where(and(eq(id, one.id), isNull(legalDemandPeople.disclosedAt)))
  }
}
