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
import { type LetterIn, readLetter } from '../mail/reading.ts'
import { answered, isOurs, mayWriteTo, numberHash } from '../mail/thread.ts'
import { dns } from '../processors/dns.ts'
import { type Sender, senderOf } from '../processors/dns-sender.ts'
import type { House } from '../web/house.ts'
import { enter } from '../egress/ledger.ts'
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
  if (letter.mailbox === 'support') return passOn(house, letter)
  const outcome = await heed(house, letter)
  await house.db.as('operations', (tx) => fileAway(tx, incomingId, outcome))
}

// At the address for questions these words are about a service as often as about data: somebody reads them.
const PLAIN_ANYWHERE: readonly Kind[] = ['erasure', 'access', 'portability', 'objection', 'restriction']

/**
 * A letter to the address for questions. What plainly asks for data is a request there, too, because nobody needs to
 * know which address is for what; and whatever it asks, it goes on to those who answer questions, so that none is lost.
 */
async function passOn(house: House, letter: Opened): Promise<void> {
  const { subject, text, forwarded, encrypted, machine } = await readLetter(letter.raw, letter.bringer ? letter.from : undefined)
  const { kinds, doubt } = recognise(subject, text)
  const isPlain = kinds.length > 0 && kinds.every((kind) => PLAIN_ANYWHERE.includes(kind))
  if (isPlain && !doubt && !forwarded && !encrypted && !machine && (await senderOf(letter.raw, letter)) !== 'forged')
    await heed(house, letter)
  const [made] = await house.db.as('rights', (tx) =>
    tx.select({ id: requests.id }).from(requests).where(eq(requests.incomingId, letter.id)),
  )
  await house.db.as('operations', (tx) => enqueue(tx, 'help.read', { incomingId: letter.id, ...(made ? { requestId: made.id } : {}) }))
}

/** A letter, read. */
interface Came {
  readonly letter: Opened
  readonly read: LetterIn
  readonly sender: Sender
  readonly asks: Recognised
  /** A keyed hash of the letter's own number. */
  readonly threadHash: string | undefined
}

async function heed(house: House, letter: Opened): Promise<Outcome> {
  // What was fetched by IMAP has no envelope: its return path is what the server noted.
  const read = await readLetter(letter.raw, letter.bringer ? letter.from : undefined)
  if (read.from && isOurs(house, read.from)) return 'own'
  if (read.machine === 'answer') return 'machine'
  const asks = recognise(read.subject, read.text)
  if (read.machine === 'bulk' && asks.kinds.length === 0) return 'machine'
  const sent = { plate: dns, fields: ['domain of the address that wrote to us'], id: letter.id }
  if (read.from) await house.db.as('rights', (tx) => enter(tx, sent))
  const sender = read.from ? await senderOf(letter.raw, letter) : 'forged'
  const came = { letter, read, sender, asks, threadHash: numberHash(house.db, read.messageId) }
  const mayWrite = sender !== 'forged' && (await mayWriteTo(house, read.from ?? '', { about: 'request', domain: 'requests by domain' }))
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
