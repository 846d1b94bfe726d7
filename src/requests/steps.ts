/** What happened to a request: rows with a moment and an author, of which its state is read. */
import { asc, eq } from 'drizzle-orm'
import type { Act } from '../audit/acts.ts'
import { record } from '../audit/record.ts'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { type Id, log, word } from '../log.ts'
import type { Ending, Happening } from './kinds.ts'
import { requestKeys, requestLetters, requestPapers, requests, requestSteps } from './tables.ts'

export type Request = typeof requests.$inferSelect

/** How long a request is kept after it was closed: what the strictest of the laws asks for. */
export const KEPT_DAYS = 730

export interface Step {
  readonly what: Happening
  readonly detail: string | null
  readonly happenedAt: Date
  readonly byStaff: boolean
}

// What of it goes into the record of what was done, which nobody can change afterwards.
const recorded: Readonly<Partial<Record<Happening, Act>>> = {
  received: 'request.received',
  acknowledged: 'request.acknowledged',
  extended: 'request.extended',
  answered: 'request.answered',
  refused: 'request.refused',
  done: 'request.completed',
  withdrawn: 'request.closed',
  lapsed: 'request.closed',
  overtaken: 'request.closed',
  none: 'request.closed',
}

/** Notes what happened; the grave part of it in the record, too. */
export async function note(
  tx: For<'rights' | 'legal'>,
  { id, personId }: Pick<Request, 'id' | 'personId'>,
  what: Happening,
  { by, detail, letterId }: { by?: Id | undefined; detail?: string | undefined; letterId?: Id | undefined } = {},
): Promise<void> {
  const row = {
    id: newId(),
    requestId: id,
    personId,
    what,
    detail: detail ?? null,
    letterId: letterId ?? null,
    by: by ?? null,
    happenedAt: now(),
  }
  await tx.insert(requestSteps).values(row)
  const act = recorded[what]
  if (act) await record(tx, { act, actor: by, person: personId ?? undefined, thing: id })
  log('requests.step', { request: id, what: word(what) })
}

/** Everything that happened to a request, in order. */
export async function stepsOf(tx: For<'rights' | 'legal'>, requestId: Id): Promise<Step[]> {
  const { what, detail, happenedAt, by } = requestSteps
  const rows = await tx
    .select({ what, detail, happenedAt, by })
    .from(requestSteps)
    .where(eq(requestSteps.requestId, requestId))
    .orderBy(asc(requestSteps.id))
    .limit(500)
  return rows.map(({ by: author, ...step }) => ({ ...step, byStaff: author !== null }))
}

/** Ends a request, and sets the day on which all that is about it is deleted. It is done once. */
export async function close(
  tx: For<'rights' | 'legal'>,
  request: Pick<Request, 'id' | 'personId' | 'closedAt'>,
  ending: Ending,
  { by, letterId }: { by?: Id | undefined; letterId?: Id | undefined } = {},
): Promise<void> {
  if (request.closedAt) return
  await note(tx, request, ending, { by, letterId })
  const expiresAt = fromNow((ending === 'lapsed' ? 30 : KEPT_DAYS) * DAY)
  await tx.update(requests).set({ closedAt: now(), ending, expiresAt }).where(eq(requests.id, request.id))
  for (const table of [requestSteps, requestLetters, requestPapers, requestKeys])
    await tx.update(table).set({ expiresAt }).where(eq(table.requestId, request.id))
}
