/**
 * A letter to the address for privacy becomes a request, from the moment at which it came in. Whatever it asks
 * for, all that follows by itself is one letter to the address that it comes from, with a button; a forged sender
 * gets nothing, a machine gets nothing, and what is in doubt waits for somebody who reads.
 */
import { desc, eq, inArray } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { enqueue } from '../jobs/queue.ts'
import { fileAway, type Opened, openIncoming } from '../mail/incoming.ts'
import { type LetterIn, readIncoming } from '../mail/reading.ts'
import { vouchedFor } from '../mail/sender.ts'
import { answered, isOurs, mayWriteTo, numberHash } from '../mail/thread.ts'
import type { Sender } from '../processors/dns-sender.ts'
import type { House } from '../web/house.ts'
import { keepPaper, keepWords } from './correspondence.ts'
import { type Recognised, recognise } from './recognition.ts'
import { file, type Filing, lockedRequest, requestOf } from './request.ts'
import { note, type Request } from './steps.ts'
import type { Kind } from './kinds.ts'
import { requestLetters, requests, requestSteps } from './tables.ts'

/** What became of a letter, in a word for the count of what came in. */
type Outcome = 'request' | 'doubt' | 'forged' | 'machine' | 'own' | 'answer' | 'known'

/** Reads one letter that came in. It may be done twice, and makes no second request. */
export async function readRequest(house: House, incomingId: Id): Promise<void> {
  const letter = await house.db.as('operations', (tx) => openIncoming(tx, incomingId))
  if (!letter) return
  const apart = await takenApart(letter)
  if (letter.mailbox === 'support') return passOn(house, apart)
  const outcome = passedOver(house, apart) ?? (await heed(house, await vouched(house, apart)))
  await house.db.as('operations', (tx) => fileAway(tx, incomingId, outcome))
}

/** A letter, taken apart. */
interface Apart {
  readonly letter: Opened
  readonly read: LetterIn
  readonly asks: Recognised
}

async function takenApart(letter: Opened): Promise<Apart> {
  const read = await readIncoming(letter)
  return { letter, read, asks: recognise(read.subject, read.text) }
}

/** Why nothing is asked in it. */
function passedOver(house: House, { read, asks }: Apart): 'own' | 'machine' | undefined {
  if (read.from && isOurs(house, read.from)) return 'own'
  return read.machine === 'answer' || (read.machine === 'bulk' && asks.kinds.length === 0) ? 'machine' : undefined
}

// At the address for questions these words are about a service as often as about data: somebody reads them.
const PLAIN_ANYWHERE: readonly Kind[] = ['erasure', 'access', 'portability', 'objection', 'restriction']

const asksPlainly = ({ read: { forwarded, encrypted, machine }, asks: { kinds, doubt } }: Apart): boolean =>
  kinds.length > 0 && kinds.every((kind) => PLAIN_ANYWHERE.includes(kind)) && !doubt && !forwarded && !encrypted && !machine

/**
 * A letter to the address for questions. What plainly asks for data is a request there, too, because nobody needs to
 * know which address is for what; and whatever it asks, it goes on to those who answer questions, so that none is lost.
 */
async function passOn(house: House, apart: Apart): Promise<void> {
  const { letter } = apart
  if (!passedOver(house, apart) && asksPlainly(apart)) {
    const came = await vouched(house, apart)
    if (came.sender !== 'forged') await heed(house, came)
  }
  const [made] = await house.db.as('rights', (tx) =>
    tx.select({ id: requests.id }).from(requests).where(eq(requests.incomingId, letter.id)),
  )
  await house.db.as('operations', (tx) => enqueue(tx, 'help.read', { incomingId: letter.id, ...(made ? { requestId: made.id } : {}) }))
}

/** A letter of which it is known whether its sender sent it. */
interface Came extends Apart {
  readonly sender: Sender
  /** A keyed hash of the letter's own number. */
  readonly threadHash: string | undefined
}

async function vouched(house: House, apart: Apart): Promise<Came> {
  const { letter, read } = apart
  return { ...apart, sender: await vouchedFor(house, 'rights', letter, read), threadHash: numberHash(house.db, read.messageId) }
}

async function heed(house: House, came: Came): Promise<Outcome> {
  const asked = { about: 'request', domain: 'requests by domain' } as const
  const mayWrite = came.sender !== 'forged' && (await mayWriteTo(house, came.read.from ?? '', asked))
  return house.db.as('rights', (tx) => take(tx, house, came, mayWrite))
}

async function take(tx: For<'rights'>, house: House, came: Came, mayWrite: boolean): Promise<Outcome> {
  const { letter, sender } = came
  const known = await tx.select({ id: requests.id }).from(requests).where(eq(requests.incomingId, letter.id)).limit(1)
  if (known.length > 0 || (await isKnown(tx, came))) return 'known'
  const earlier = sender === 'forged' ? undefined : await answeredBy(tx, house, came)
  if (earlier && !earlier.closedAt) return addTo(tx, earlier, came)
  const doubt = doubtOf(came) ?? (earlier ? 'an answer to what was closed' : mayWrite ? undefined : 'too many letters')
  const [first = earlier?.kind ?? 'question', ...more] = doubt ? came.asks.kinds.slice(0, 1) : came.asks.kinds
  for (const kind of [first, ...more]) await file(tx, house, filingOf(came, kind, { doubt, mayWrite }))
  return sender === 'forged' ? 'forged' : doubt ? 'doubt' : 'request'
}

function doubtOf({ read, sender, asks }: Came): string | undefined {
  if (sender === 'forged') return read.from ? 'the sender is forged' : 'nobody in particular sent it'
  if (read.encrypted) return 'encrypted'
  if (read.machine) return 'written by a machine'
  if (read.forwarded) return 'forwarded'
  return asks.doubt
}

interface Handling {
  readonly doubt: string | undefined
  readonly mayWrite: boolean
}

function filingOf({ letter, read, sender, threadHash }: Came, kind: Kind, { doubt, mayWrite }: Handling): Filing {
  const forged = sender === 'forged'
  const silent = forged || !mayWrite || read.machine !== undefined
  return {
    kind,
    channel: 'email',
    // What a forged sender sends is filed under nobody: it must not appear among what its victim asked.
    email: forged ? undefined : read.from,
    words: wordsIn(read, forged),
    papers: read.papers,
    receivedAt: letter.receivedAt,
    incomingId: letter.id,
    threadHash,
    number: read.messageId,
    // What harms nobody is done for whom the domain vouches; everything else asks them first.
    proven: sender === 'proven' && (kind === 'objection' || kind === 'question'),
    doubt: doubt === undefined ? undefined : { why: doubt, silent },
  }
}

const wordsIn = ({ from, subject, text, leftOut }: LetterIn, forged: boolean): string =>
  [
    forged ? `It says that it comes from ${from ?? 'nobody or several'}.` : '',
    subject,
    text,
    leftOut > 0 ? `(${leftOut} more ${leftOut === 1 ? 'attachment' : 'attachments'}, not kept)` : '',
  ]
    .filter(Boolean)
    .join('\n\n')

// The same letter by another way, or sent twice by somebody's program.
async function isKnown(tx: For<'rights'>, { threadHash, sender }: Came): Promise<boolean> {
  if (!threadHash || sender === 'forged') return false
  return (
    (await tx.select({ id: requestLetters.id }).from(requestLetters).where(eq(requestLetters.threadHash, threadHash)).limit(1)).length > 0
  )
}

/** The request that a letter is an answer about: to one of our letters, or to an earlier one of its own; both from its address. */
async function answeredBy(tx: For<'rights'>, house: House, { read }: Came): Promise<Request | undefined> {
  const { ours, theirs } = answered(house.db, read.references)
  const found = [...(await byOurLetters(tx, ours)), ...(await byTheirLetters(tx, theirs))]
  for (const id of found) {
    const request = await requestOf(tx, id)
    if (request?.email && request.email === read.from) return request
  }
  return undefined
}

async function byOurLetters(tx: For<'rights'>, ids: readonly Id[]): Promise<Id[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .select({ id: requestSteps.requestId })
    .from(requestSteps)
    .where(inArray(requestSteps.letterId, [...ids]))
    .orderBy(desc(requestSteps.id))
  return rows.map(({ id }) => id)
}

async function byTheirLetters(tx: For<'rights'>, hashes: readonly string[]): Promise<Id[]> {
  if (hashes.length === 0) return []
  const rows = await tx
    .select({ id: requestLetters.requestId })
    .from(requestLetters)
    .where(inArray(requestLetters.threadHash, [...hashes]))
    .orderBy(desc(requestLetters.id))
  return rows.map(({ id }) => id)
}

async function addTo(tx: For<'rights'>, earlier: Request, { read, threadHash }: Came): Promise<Outcome> {
  const request = await lockedRequest(tx, earlier.id)
  if (!request) return 'known'
  await keepWords(tx, request, { direction: 'in', text: wordsIn(read, false), threadHash, number: read.messageId })
  for (const paper of read.papers) await keepPaper(tx, request, paper)
  await note(tx, request, 'wrote')
  return 'answer'
}
