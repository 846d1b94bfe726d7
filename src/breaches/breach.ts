/** A breach: entered, described, assessed, told of, closed. Everything is added, nothing is changed or taken out. */
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Act } from '../audit/acts.ts'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import { people } from '../people/tables.ts'
import type { Case } from './clock.ts'
import { type Duty, dutyNames, type Happening, type NoticeKind, peopleDuties, type Risk, riskNames } from './kinds.ts'
import { breachActs, breaches, breachFacts, breachNotices } from './tables.ts'

export type Facts = Omit<typeof breachFacts.$inferSelect, 'id' | 'breachId' | 'knownAt'>
export type Notice = typeof breachNotices.$inferSelect
type Tx = For<'legal'>

/** Who acts on which breach; the program is nobody. */
export interface Acting {
  readonly id: Id
  readonly by: Id | null
}

/** What was done. */
export interface NotedAct {
  readonly id: Id
  readonly what: Happening
  readonly detail: string | null
  readonly words: string | null
  readonly byId: Id | null
  readonly by: string | null
  readonly doneAt: Date
}

/** A breach as it stands. */
export interface Breach {
  readonly id: Id
  readonly source: (typeof breaches.$inferSelect)['source']
  readonly processor: string | null
  readonly processorKnewOn: string | null
  readonly awareAt: Date
  readonly facts: Facts | undefined
  readonly acts: readonly NotedAct[]
  readonly risk: Risk | undefined
  readonly closedAt: Date | undefined
  readonly sentAt: Date | undefined
}

export type Opening = Pick<typeof breaches.$inferSelect, 'source' | 'processor' | 'processorKnewOn' | 'awareAt'>

/** What is noted in the chained record, by what was done. */
const recorded: Readonly<Record<Exclude<Happening, 'warned'>, Act>> = {
  opened: 'breach.opened',
  described: 'breach.described',
  listed: 'breach.listed',
  assessed: 'breach.assessed',
  drafted: 'breach.drafted',
  approved: 'breach.approved',
  sent: 'breach.sent',
  told: 'breach.told',
  spared: 'breach.spared',
  delayed: 'breach.delayed',
  closed: 'breach.closed',
}

/** Notes what was done, in the register and in the chained record. */
export async function note(
  tx: Tx,
  { id, by }: Acting,
  what: Happening,
  { detail, words }: { detail?: string; words?: string } = {},
): Promise<void> {
  const row = { id: newId(), breachId: id, what, detail: detail ?? null, words: words ?? null, byId: by, doneAt: now() }
  await tx.insert(breachActs).values(row)
  if (what !== 'warned') await record(tx, { act: recorded[what], actor: by, thing: id })
  log('breaches.act', { breach: id, what: word(what), staff: by ?? undefined })
}

/** Enters a breach: from the moment of which it says that we became aware, its clocks run. */
export async function open(tx: Tx, by: Id, opening: Opening): Promise<Id> {
  const id = newId()
  await tx.insert(breaches).values({ id, ...opening, openedAt: now() })
  await note(tx, { id, by }, 'opened')
  return id
}

/** Writes down what is known; it may be as often as more is known (Art. 33(4)). */
export async function describe(tx: Tx, acting: Acting, facts: Facts): Promise<void> {
  await tx.insert(breachFacts).values({ id: newId(), breachId: acting.id, ...facts, knownAt: now() })
  await note(tx, acting, 'described')
}

/** Keeps the words of a notice. */
export async function draft(
  tx: Tx,
  acting: Acting,
  { kind, subject, body }: { kind: NoticeKind; subject: string; body: string },
): Promise<void> {
  await tx.insert(breachNotices).values({ id: newId(), breachId: acting.id, kind, subject, body, writtenAt: now() })
  await note(tx, acting, 'drafted', { detail: kind })
}

/** The newest words of a notice. */
export async function noticeOf(tx: For<'legal' | 'rights'>, id: Id, kind: NoticeKind): Promise<Notice | undefined> {
  const [newest] = await tx
    .select()
    .from(breachNotices)
    .where(and(eq(breachNotices.breachId, id), eq(breachNotices.kind, kind)))
    .orderBy(desc(breachNotices.id))
    .limit(1)
  return newest
}

/** What is known, as it was last written down. */
export async function factsOf(tx: For<'legal' | 'rights'>, id: Id): Promise<Facts | undefined> {
  const [newest] = await tx.select().from(breachFacts).where(eq(breachFacts.breachId, id)).orderBy(desc(breachFacts.id)).limit(1)
  if (!newest) return undefined
  const { id: _id, breachId: _breach, knownAt: _at, ...facts } = newest
  return facts
}

async function actsOf(tx: Tx, id: Id): Promise<NotedAct[]> {
  const { id: actId, what, detail, words, byId, doneAt } = breachActs
  return tx
    .select({ id: actId, what, detail, words, byId, by: people.name, doneAt })
    .from(breachActs)
    .leftJoin(people, eq(people.id, byId))
    .where(eq(breachActs.breachId, id))
    .orderBy(asc(actId))
}

/** A breach by its number. */
export async function breachOf(tx: Tx, id: Id): Promise<Breach | undefined> {
  const [row] = await tx.select().from(breaches).where(eq(breaches.id, id))
  return row && standing(row, await factsOf(tx, id), await actsOf(tx, id))
}

function standing(row: typeof breaches.$inferSelect, facts: Facts | undefined, acts: readonly NotedAct[]): Breach {
  const last = (what: Happening) => acts.findLast((act) => act.what === what)
  const { id, source, processor, processorKnewOn, awareAt } = row
  return {
    ...{ id, source, processor, processorKnewOn, awareAt, facts, acts },
    risk: riskNames.find((risk) => risk === last('assessed')?.detail),
    closedAt: last('closed')?.doneAt,
    sentAt: last('sent')?.doneAt,
  }
}

/** Keeps others from acting on this breach until the transaction ends. */
export async function locked(tx: Tx, id: Id): Promise<Breach | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`breach ${id}`}, 0))`)
  return breachOf(tx, id)
}

/** Every breach, the newest first. */
export async function allBreaches(tx: Tx): Promise<Breach[]> {
  const rows = await tx.select({ id: breaches.id }).from(breaches).orderBy(desc(breaches.awareAt)).limit(500)
  return all(tx, rows)
}

async function all(tx: Tx, rows: readonly { readonly id: Id }[]): Promise<Breach[]> {
  const found: Breach[] = []
  for (const { id } of rows) {
    const breach = await breachOf(tx, id)
    if (breach) found.push(breach)
  }
  return found
}

/** Those that nobody has closed. */
export async function openBreaches(tx: Tx): Promise<Breach[]> {
  const closed = tx.select({ id: breachActs.breachId }).from(breachActs).where(eq(breachActs.what, 'closed')).as('closed')
  const rows = await tx
    .select({ id: breaches.id })
    .from(breaches)
    .leftJoin(closed, eq(closed.id, breaches.id))
    .where(isNull(closed.id))
    .orderBy(asc(breaches.awareAt))
  return all(tx, rows)
}

/** Duties that were done, or found not to be due. */
export function settledDuties({ acts, sentAt }: Breach): ReadonlyMap<Duty, 'done' | 'spared'> {
  const settled = new Map<Duty, 'done' | 'spared'>()
  if (sentAt) for (const duty of peopleDuties) settled.set(duty, 'done')
  for (const { what, detail } of acts) {
    const duty = dutyNames.find((name) => name === detail)
    if (duty && (what === 'told' || what === 'spared')) settled.set(duty, what === 'told' ? 'done' : 'spared')
  }
  return settled
}

/** What the clocks depend on, of a breach as it stands. */
export function caseOf({ awareAt, risk, acts, facts, sentAt }: Breach, concerned: number | undefined): Case {
  const delay = acts.findLast(({ what }) => what === 'delayed')?.detail
  return {
    awareAt,
    risk,
    assessedAt: acts.findLast(({ what }) => what === 'assessed')?.doneAt,
    encrypted: facts?.encrypted ?? false,
    concerned,
    floridians: facts?.floridians ?? undefined,
    californians: facts?.californians ?? undefined,
    delayedUntil: delay ? new Date(delay) : undefined,
    peopleToldAt: sentAt,
  }
}
