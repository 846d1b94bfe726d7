/**
 * A request: made, confirmed by whoever reads at its address, taken back, closed. Whoever is behind an
 * address, known or not, the same rows and the same letter come of asking, so that the answer tells nothing.
 */
import { and, desc, eq, gt, isNull, lte, or } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import type { Paper } from '../mail/paper.ts'
import { personWith } from '../people/person.ts'
import { newToken, tokenHash } from '../sessions/secrets.ts'
import type { House } from '../web/house.ts'
import { adoptWords, keepPaper, keepWords, makeKey } from './correspondence.ts'
import { clocksOf, dayIn, type Regime } from './deadline.ts'
import { confirmLetter, inDoubtLetter, receivedLetter } from './emails.ts'
import { close, note, type Request } from './steps.ts'
import type { Channel, Kind } from './kinds.ts'
import { requests } from './tables.ts'
import { write } from './thread.ts'

/** How long the link is good by which one confirms. */
export const PROOF_DAYS = 14

export interface Filing {
  readonly kind: Kind
  readonly channel: Channel
  /** The address that it is about, in lower case. Answers go there and nowhere else. */
  readonly email: string | undefined
  readonly words?: string | undefined
  /** It is certain that it comes from that address: whoever sent it is signed in. */
  readonly proven?: boolean
  /** Nothing is asked or done before staff have read it; unless it is `silent`, whoever wrote hears that it came in. */
  readonly doubt?: { readonly why: string; readonly silent: boolean } | undefined
  /** The member of staff who took it down. */
  readonly by?: Id | undefined
  readonly papers?: readonly Paper[] | undefined
  readonly receivedAt?: Date | undefined
  readonly regime?: Regime | undefined
  /** The letter in which it came: it makes one request of each kind. */
  readonly incomingId?: Id | undefined
  readonly threadHash?: string | undefined
  /** The number of that letter. */
  readonly number?: string | undefined
}

/** Makes a request and sets its clocks. */
export async function file(tx: For<'rights'>, house: House, filing: Filing): Promise<Request> {
  const request = await insert(tx, house, filing)
  await note(tx, request, 'received', { by: filing.by })
  const { words, papers = [], threadHash, number } = filing
  if (words) await keepWords(tx, request, { direction: 'in', text: words, threadHash, number })
  for (const paper of papers) await keepPaper(tx, request, paper)
  if (papers.some(({ what }) => what === 'mandate')) await note(tx, request, 'mandated')
  if (filing.doubt) await leaveInDoubt(tx, house, request, filing.doubt)
  else if (filing.proven) await begin(tx, house, request)
  else await askForProof(tx, house, request)
  return request
}

async function insert(tx: For<'rights'>, house: House, filing: Filing): Promise<Request> {
  const { kind, channel, email, incomingId } = filing
  const { privacyClock } = house.config
  const receivedAt = filing.receivedAt ?? now()
  const regime = filing.regime ?? privacyClock.regime
  const receivedOn = dayIn(privacyClock.zone, receivedAt)
  const {
    acknowledgeBy = null,
    answerBy,
    extendableTo = null,
  } = clocksOf({
    on: receivedOn,
    regime,
    objects: kind === 'objection',
    calendar: privacyClock.holidays,
  })
  const personId = email ? ((await personWith(tx, email))?.id ?? null) : null
  const fresh = {
    id: newId(),
    personId,
    kind,
    channel,
    email: email ?? null,
    regime,
    receivedAt,
    receivedOn,
    acknowledgeBy,
    answerBy,
    extendableTo,
  }
  const [request] = await tx
    .insert(requests)
    .values({ ...fresh, incomingId: incomingId ?? null })
    .returning()
  if (!request) throw new Error('a request was not made')
  if (!personId) await makeKey(tx, request.id, email ?? null)
  return request
}

async function leaveInDoubt(
  tx: For<'rights'>,
  house: House,
  request: Request,
  { why, silent }: NonNullable<Filing['doubt']>,
): Promise<void> {
  if (!silent) await note(tx, request, 'acknowledged', { letterId: await write(tx, house, request, inDoubtLetter(house, request)) })
  await note(tx, request, 'doubted', { detail: why })
}

/** Writes to the address of a request, with a link that confirms it once; an earlier link is good no more. */
export async function askForProof(tx: For<'rights'>, house: House, request: Request, by?: Id): Promise<void> {
  if (!request.email) return
  const code = newToken()
  const proofUntil = fromNow(PROOF_DAYS * DAY)
  await tx
    .update(requests)
    .set({ proofHash: tokenHash(code), proofUntil })
    .where(eq(requests.id, request.id))
  const letterId = await write(tx, house, request, confirmLetter(house, request, { code, until: proofUntil }))
  await note(tx, request, 'acknowledged')
  await note(tx, request, 'asked', { by, letterId })
}

// Proven from the start: its receipt is confirmed, and it goes its way.
async function begin(tx: For<'rights'>, house: House, request: Request): Promise<void> {
  await note(tx, request, 'acknowledged', { letterId: await write(tx, house, request, receivedLetter(house, request)) })
  await setProven(tx, request)
}

/** It is certain by whom it was asked; whoever fulfils it hears of it by a note. */
export async function setProven(tx: For<'rights'>, request: Request, by?: Id): Promise<void> {
  const proven = await tx
    .update(requests)
    .set({ provenAt: now(), proofHash: null })
    .where(and(eq(requests.id, request.id), isNull(requests.provenAt), isNull(requests.closedAt)))
    .returning({ id: requests.id })
  if (proven.length === 0) return
  await note(tx, request, 'proven', { by })
  await enqueue(tx, 'rights.fulfil', { requestId: request.id })
}

const waitsForProof = (code: string) =>
  and(eq(requests.proofHash, tokenHash(code)), gt(requests.proofUntil, now()), isNull(requests.provenAt), isNull(requests.closedAt))

/** The request that a letter's link confirms, if it still waits for that. */
export async function requestToProve(tx: For<'rights'>, code: string): Promise<Request | undefined> {
  return (await tx.select().from(requests).where(waitsForProof(code)))[0]
}

/** The button was pressed. Of two who press at once the second finds nothing. */
export async function prove(tx: For<'rights'>, code: string): Promise<Request | undefined> {
  const [request] = await tx.select().from(requests).where(waitsForProof(code)).for('update')
  if (!request) return undefined
  await setProven(tx, await adopted(tx, request))
  return request
}

// Since it was asked, whoever is at the address may have registered.
async function adopted(tx: For<'rights'>, request: Request): Promise<Request> {
  if (request.personId || !request.email) return request
  const person = await personWith(tx, request.email)
  if (!person) return request
  await tx.update(requests).set({ personId: person.id }).where(eq(requests.id, request.id))
  await adoptWords(tx, request.id, person.id)
  return { ...request, personId: person.id }
}

/** A request by its number. */
export async function requestOf(tx: For<'rights' | 'legal'>, id: Id): Promise<Request | undefined> {
  return (await tx.select().from(requests).where(eq(requests.id, id)))[0]
}

/** The same, kept from others until the transaction ends. */
export async function lockedRequest(tx: For<'rights'>, id: Id): Promise<Request | undefined> {
  return (await tx.select().from(requests).where(eq(requests.id, id)).for('update'))[0]
}

/** What a person asked, newest first; what was asked for their address before they were known, too. */
export async function requestsOf(tx: For<'rights'>, { personId, email }: { personId: Id; email: string }): Promise<Request[]> {
  return tx
    .select()
    .from(requests)
    .where(or(eq(requests.personId, personId), eq(requests.email, email)))
    .orderBy(desc(requests.receivedAt))
    .limit(50)
}

/** Makes everything that was asked for a person's address theirs, so that their copy has it. */
export async function adoptRequests(tx: For<'rights'>, email: string): Promise<void> {
  const strangers = await tx
    .select()
    .from(requests)
    .where(and(eq(requests.email, email), isNull(requests.personId)))
  for (const request of strangers) await adopted(tx, request)
}

/** Takes a request back, as long as nothing has come of it. */
export async function withdraw(tx: For<'rights'>, id: Id): Promise<boolean> {
  const request = await lockedRequest(tx, id)
  if (!request || request.closedAt) return false
  await close(tx, request, 'withdrawn')
  return true
}

/**
 * Closes what a person asked, because they are erased with this transaction: as done where that is what
 * they asked, as overtaken otherwise. As long as recipients have not confirmed, what was asked is not done.
 * @returns the requests that wait for them
 */
export async function closeForErased(
  tx: For<'rights'>,
  who: { personId: Id; emails: readonly string[] },
  waiting: readonly string[] = [],
): Promise<Id[]> {
  const left: Id[] = []
  const theirs = or(eq(requests.personId, who.personId), ...who.emails.map((email) => eq(requests.email, email)))
  for (const request of await tx
    .select()
    .from(requests)
    .where(and(theirs, isNull(requests.closedAt)))) {
    const asked = request.kind === 'erasure' && request.provenAt
    if (!asked || waiting.length === 0) await close(tx, request, asked ? 'done' : 'overtaken')
    else {
      for (const name of waiting) await note(tx, request, 'waiting', { detail: name })
      left.push(request.id)
    }
  }
  return left
}

/** The last recipient has confirmed that it forgot whoever asked for it. */
export async function completeErasure(tx: For<'rights'>, id: Id): Promise<void> {
  const request = await lockedRequest(tx, id)
  if (request) await close(tx, request, 'done')
}

/** Closes requests that nobody confirmed in time; the letter had said so. */
export async function lapse(tx: For<'rights'>): Promise<void> {
  const unproven = and(isNull(requests.provenAt), isNull(requests.closedAt), lte(requests.proofUntil, now()))
  for (const request of await tx.select().from(requests).where(unproven).limit(500).for('update', { skipLocked: true }))
    await close(tx, request, 'lapsed')
}
