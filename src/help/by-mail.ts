/**
 * A letter to the address for questions begins a conversation, or goes on with one. A forged sender gets nothing, a
 * machine gets nothing; where a request about data was made of the same letter, that room writes, and this one notes it.
 */
import { eq } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { fileAway, type Opened, openIncoming } from '../mail/incoming.ts'
import { type LetterIn, readIncoming } from '../mail/reading.ts'
import { vouchedFor } from '../mail/sender.ts'
import { answered, isOurs, mayWriteTo, numberHash } from '../mail/thread.ts'
import { personWith } from '../people/person.ts'
import type { Sender } from '../processors/dns-sender.ts'
import type { House } from '../web/house.ts'
import { begin, type Conversation, conversationOf, goOn } from './conversation.ts'
import { conversations } from './tables.ts'
import { conversationsWith, keepWords } from './words.ts'

/** What became of a letter, in a word for the count of what came in. */
type Outcome = 'question' | 'answer' | 'forged' | 'machine' | 'own' | 'known'

/** A letter, read. */
interface Came {
  readonly letter: Opened
  readonly read: LetterIn
  readonly sender: Sender
  readonly mayWrite: boolean
  readonly requestId: Id | undefined
}

/** Reads one letter that came in. It may be done twice, and begins no second conversation. */
export async function readQuestion(house: House, { incomingId, requestId }: { incomingId: Id; requestId?: Id }): Promise<void> {
  const letter = await house.db.as('operations', (tx) => openIncoming(tx, incomingId))
  if (!letter) return
  const outcome = await heed(house, letter, requestId)
  await house.db.as('operations', (tx) => fileAway(tx, incomingId, outcome))
}

async function heed(house: House, letter: Opened, requestId: Id | undefined): Promise<Outcome> {
  const read = await readIncoming(letter)
  if (read.from && isOurs(house, read.from)) return 'own'
  if (read.machine) return 'machine'
  const sender = await vouchedFor(house, 'support', letter, read)
  const asked = { about: 'question', domain: 'questions by domain' } as const
  const mayWrite = sender !== 'forged' && requestId === undefined && (await mayWriteTo(house, read.from ?? '', asked))
  return house.db.as('support', (tx) => take(tx, house, { letter, read, sender, mayWrite, requestId }))
}

const AS_A_REQUEST = 'It asks for something about their data, so it is a request, too: they were asked to confirm it by letter.'

async function take(tx: For<'support'>, house: House, came: Came): Promise<Outcome> {
  const { letter, read, sender, mayWrite, requestId } = came
  const said = { threadHash: numberHash(house.db, read.messageId), number: read.messageId }
  if (await isKnown(tx, letter, sender === 'forged' ? undefined : said.threadHash)) return 'known'
  const earlier = sender === 'forged' ? undefined : await earlierOf(tx, house, read)
  if (earlier) await goOn(tx, earlier, { ...said, text: wordsIn(came) })
  const forged = sender === 'forged'
  const asking = {
    email: forged ? undefined : read.from,
    way: 'email',
    words: wordsIn(came),
    incomingId: letter.id,
    silent: !mayWrite,
  } as const
  const conversation = earlier ?? (await begin(tx, house, { ...asking, ...said }))
  if (requestId) await keepWords(tx, conversation, { direction: 'note', text: AS_A_REQUEST })
  return forged ? 'forged' : earlier ? 'answer' : 'question'
}

// The same letter by another way, or sent twice by somebody's program.
async function isKnown(tx: For<'support'>, letter: Opened, threadHash: string | undefined): Promise<boolean> {
  const same = await tx.select({ id: conversations.id }).from(conversations).where(eq(conversations.incomingId, letter.id)).limit(1)
  return same.length > 0 || (await conversationsWith(tx, { ours: [], theirs: threadHash ? [threadHash] : [] })).length > 0
}

/** The conversation that a letter goes on with: it answers one of its letters, and comes from its address. */
async function earlierOf(tx: For<'support'>, house: House, { references, from }: LetterIn): Promise<Conversation | undefined> {
  for (const id of await conversationsWith(tx, answered(house.db, references))) {
    const conversation = await conversationOf(tx, id)
    if (from && conversation && (await isWith(tx, conversation, from))) return conversation
  }
  return undefined
}

const isWith = async (tx: For<'support'>, { personId, email }: Conversation, from: string): Promise<boolean> =>
  personId ? (await personWith(tx, from))?.id === personId : email === from

function wordsIn({ sender, read: { from, subject, text, encrypted, papers, leftOut } }: Came): string {
  const documents = papers.length + leftOut
  return [
    sender === 'forged' ? `It says that it comes from ${from ?? 'nobody or several'}, but their domain says that it does not.` : '',
    subject,
    encrypted ? '(It is encrypted, and nobody here can read it.)' : text,
    documents > 0 ? `(With ${documents} ${documents === 1 ? 'document' : 'documents'}, not kept.)` : '',
  ]
    .filter(Boolean)
    .join('\n\n')
}
