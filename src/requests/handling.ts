/** What the staff who answer for privacy do with a request. Each act is a step, and what is said goes by letter. */
import { eq } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { rename } from '../people/person.ts'
import { endRestriction } from '../people/restriction.ts'
import type { House } from '../web/house.ts'
import { now } from '../clock.ts'
import { keepWords } from './correspondence.ts'
import { clocksOf, dayIn, type Regime } from './deadline.ts'
import { answerLetter, extendedLetter, liftedLetter, refusedLetter } from './emails.ts'
import type { Refused } from './refusal.ts'
import { askForProof, lockedRequest, setProven } from './request.ts'
import { close, note, type Request } from './steps.ts'
import type { Kind } from './kinds.ts'
import { requests } from './tables.ts'
import { write } from './thread.ts'

/** Who acts on which request. */
export interface Acting {
  readonly id: Id
  readonly by: Id
}

/** What came of an act: nothing, where the request stands otherwise than the page had shown. */
export type Outcome = 'done' | 'unchanged'

type Tx = For<'rights'>

// Locked, so that of two members of staff who answer at once one finds it answered.
async function openOne(tx: Tx, { id }: Acting): Promise<Request | undefined> {
  const request = await lockedRequest(tx, id)
  return request && !request.closedAt ? request : undefined
}

/** Answers by letter; with `ends` that was all. */
export async function answer(tx: Tx, house: House, acting: Acting, { words, ends }: { words: string; ends: boolean }): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (!request?.email) return 'unchanged'
  const { by } = acting
  const letterId = await write(tx, house, request, answerLetter(house, request, words))
  await keepWords(tx, request, { direction: 'out', text: words, by })
  await note(tx, request, 'answered', { by, letterId })
  if (ends) await close(tx, request, 'done', { by })
  return 'done'
}

/** A note among staff. The person reads it in their copy. */
export async function remark(tx: Tx, acting: Acting, words: string): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (!request) return 'unchanged'
  await keepWords(tx, request, { direction: 'note', text: words, by: acting.by })
  await note(tx, request, 'noted', { by: acting.by })
  return 'done'
}

/** Refuses, with what the law wants told. */
export async function refuse(tx: Tx, house: House, acting: Acting, refused: Refused): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (!request?.email) return 'unchanged'
  const { by } = acting
  const letterId = await write(tx, house, request, refusedLetter(house, request, refused))
  await keepWords(tx, request, { direction: 'out', text: refused.words, by })
  await close(tx, request, 'refused', { by, letterId })
  return 'done'
}

/** Takes longer, if the law allows it and the day on which to say so has not passed. It can be said once. */
export async function extend(tx: Tx, house: House, acting: Acting, words: string): Promise<Outcome | 'too late' | 'not possible'> {
  const request = await openOne(tx, acting)
  if (!request?.email) return 'unchanged'
  const { extendableTo: until, answerBy } = request
  if (!until) return 'not possible'
  if (dayIn(house.config.privacyClock.zone, now()) > answerBy) return 'too late'
  const letterId = await write(tx, house, request, extendedLetter(house, request, { until, words }))
  await keepWords(tx, request, { direction: 'out', text: words, by: acting.by })
  await tx.update(requests).set({ answerBy: until, extendableTo: null }).where(eq(requests.id, request.id))
  await note(tx, request, 'extended', { by: acting.by, letterId })
  return 'done'
}

/** Somebody read what was in doubt: it is this. The person is asked to confirm; nothing happens before. */
export async function understand(tx: Tx, house: House, acting: Acting, kind: Kind): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (!request || request.provenAt || request.proofHash) return 'unchanged'
  const clocked = await reclock(tx, house, { ...request, kind })
  await note(tx, clocked, 'understood', { by: acting.by })
  await askForProof(tx, house, clocked, acting.by)
  return 'done'
}

/** Another law's clock holds. A day that was told to the person is never moved to a later one. */
export async function chooseRegime(tx: Tx, house: House, acting: Acting, regime: Regime): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (!request || request.regime === regime) return 'unchanged'
  await reclock(tx, house, { ...request, regime })
  await note(tx, request, 'noted', { by: acting.by, detail: regime })
  return 'done'
}

async function reclock(tx: Tx, house: House, request: Request): Promise<Request> {
  const { id, kind, regime, receivedOn: on } = request
  const clocks = clocksOf({ on, regime, objects: kind === 'objection', calendar: house.config.privacyClock.holidays })
  const answerBy = clocks.answerBy < request.answerBy ? clocks.answerBy : request.answerBy
  const extendableTo = request.extendableTo && (clocks.extendableTo ?? null)
  const changed = { kind, regime, answerBy, extendableTo, acknowledgeBy: clocks.acknowledgeBy ?? null }
  await tx.update(requests).set(changed).where(eq(requests.id, id))
  return { ...request, ...changed }
}

/** Staff looked at the mandate, or know by another way that it is right: it goes its way as if the person had confirmed it. */
export async function acceptMandate(tx: Tx, acting: Acting): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (!request || request.provenAt || request.channel !== 'agent') return 'unchanged'
  await note(tx, request, 'accepted', { by: acting.by })
  await setProven(tx, request, acting.by)
  return 'done'
}

/** It asks for nothing: spam, or something for others. Nobody is written to. */
export async function dismiss(tx: Tx, acting: Acting): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (!request || request.provenAt) return 'unchanged'
  await close(tx, request, 'none', { by: acting.by })
  return 'done'
}

/** Ends a restriction, and tells the person first, with the reasons (GDPR Art. 18(3)). */
export async function lift(tx: Tx, house: House, { id, by }: Acting, words: string): Promise<Outcome> {
  const request = await lockedRequest(tx, id)
  if (request?.kind !== 'restriction' || !request.email || !request.personId) return 'unchanged'
  if (!(await endRestriction(tx, request.personId, by))) return 'unchanged'
  const letterId = await write(tx, house, request, liftedLetter(house, request, words))
  await keepWords(tx, request, { direction: 'out', text: words, by })
  await note(tx, request, 'lifted', { by, letterId })
  return 'done'
}

/**
 * Puts a name right that somebody proven asked to have corrected. Pages and letters read it where it stands, so it
 * holds here at once; the request is done, and the letter goes out, once those who received it have confirmed (GDPR Art. 19).
 */
export async function correctName(tx: Tx, acting: Acting, name: string): Promise<Outcome> {
  const request = await openOne(tx, acting)
  if (request?.kind !== 'correction' || !request.provenAt || !request.personId) return 'unchanged'
  await rename(tx, request.personId, name, request.id)
  await note(tx, request, 'corrected', { by: acting.by })
  return 'done'
}
