import { date, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { channelNames, endingNames, happeningNames, kindNames, regimes } from './kinds.ts'

const person = () => idOf('person_id').references(() => people.id, { onDelete: 'restrict' })
const request = () =>
  idOf('request_id')
    .notNull()
    .references(() => requests.id, { onDelete: 'restrict' })
const author = () => idOf('by').references(() => people.id, { onDelete: 'restrict' })
const YOU = ['reference', 'A number that stands for you, as long as you are here'] as const
const REQUEST = ['reference', 'The request that it belongs to'] as const
const EXPIRES = ['record', 'When it is deleted'] as const
/** What holds for all that belongs to a request. */
const OF_REQUESTS = {
  basis: 'legal obligation',
  keptFor: { until: 'expiresAt', says: 'two years after the request was closed' },
  serves: ['rights', 'legal', 'operations'],
} as const

/** A request. What was said in it is sealed, in `request_letters`; how it stands is told by its steps. */
export const requests = pgTable(
  'requests',
  {
    id: ownId(),
    personId: person(),
    email: text(),
    kind: text({ enum: kindNames }).notNull(),
    channel: text({ enum: channelNames }).notNull(),
    regime: text({ enum: regimes }).notNull(),
    receivedAt: moment('received_at').notNull(),
    receivedOn: date('received_on', { mode: 'string' }).notNull(),
    acknowledgeBy: date('acknowledge_by', { mode: 'string' }),
    answerBy: date('answer_by', { mode: 'string' }).notNull(),
    extendableTo: date('extendable_to', { mode: 'string' }),
    proofHash: text('proof_hash'),
    proofUntil: moment('proof_until'),
    provenAt: moment('proven_at'),
    copyHash: text('copy_hash'),
    copyUntil: moment('copy_until'),
    incomingId: idOf('incoming_id'),
    closedAt: moment('closed_at'),
    ending: text({ enum: endingNames }),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('requests_person').on(table.personId),
    index('requests_email').on(table.email),
    index('requests_answer_by').on(table.answerBy, table.id),
    index('requests_expires').on(table.expiresAt),
    uniqueIndex('requests_proof').on(table.proofHash),
    uniqueIndex('requests_copy').on(table.copyHash),
    uniqueIndex('requests_incoming').on(table.incomingId, table.kind),
  ],
)

export const requestsHeld = classify(requests, {
  says: 'What you asked of us about your data',
  about: { person: 'personId', address: 'email' },
  ...OF_REQUESTS,
  onErasure: { blank: ['personId', 'email', 'proofHash', 'copyHash'] },
  columns: {
    id: ['reference', 'A number that stands for the request'],
    personId: YOU,
    email: ['contact', 'The address that it is about, and that the answer goes to'],
    kind: ['record', 'What you asked for'],
    channel: ['record', 'By which way it came'],
    regime: ['record', 'By which law’s clock it runs'],
    receivedAt: ['record', 'When it came in'],
    receivedOn: ['record', 'On which day that was where we are'],
    acknowledgeBy: ['record', 'Until when we must confirm that it came in'],
    answerBy: ['record', 'Until when we must answer'],
    extendableTo: ['record', 'Until when, if we tell you in time why it takes longer'],
    proofHash: ['reference', 'A hash of the link by which you confirm it'],
    proofUntil: ['record', 'Until when you can confirm it'],
    provenAt: ['record', 'Since when it is certain that it comes from you'],
    copyHash: ['reference', 'A hash of the link by which you fetch the copy'],
    copyUntil: ['record', 'Until when you can fetch it'],
    incomingId: ['reference', 'The letter in which it came'],
    closedAt: ['record', 'When it was closed'],
    ending: ['record', 'How it ended'],
    expiresAt: EXPIRES,
  },
})

/** The history of a request: what happened, when, and by whom. */
export const requestSteps = pgTable(
  'request_steps',
  {
    id: ownId(),
    requestId: request(),
    personId: person(),
    what: text({ enum: happeningNames }).notNull(),
    detail: text(),
    letterId: idOf('letter_id'),
    by: author(),
    happenedAt: moment('happened_at').notNull(),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('request_steps_request').on(table.requestId, table.id),
    index('request_steps_person').on(table.personId),
    index('request_steps_by').on(table.by),
    index('request_steps_letter').on(table.letterId),
    index('request_steps_expires').on(table.expiresAt),
  ],
)

export const requestStepsHeld = classify(requestSteps, {
  says: 'What became of your requests',
  about: { person: 'personId', authors: ['by'] },
  ...OF_REQUESTS,
  onErasure: { blank: ['personId'] },
  columns: {
    id: ['reference', 'A number that stands for the step'],
    requestId: REQUEST,
    personId: YOU,
    what: ['record', 'What happened'],
    detail: ['record', 'More about it in a word, such as for whom it waits'],
    letterId: ['reference', 'The letter that we wrote with it, by which an answer is known'],
    by: ['reference', 'Which member of staff it was'],
    happenedAt: ['record', 'When'],
    expiresAt: EXPIRES,
  },
})

/** What was written about a request, to us, by us, and among staff: sealed under the person's key, or the request's. */
export const requestLetters = pgTable(
  'request_letters',
  {
    id: ownId(),
    requestId: request(),
    personId: person(),
    direction: text({ enum: ['in', 'out', 'note'] }).notNull(),
    sealedText: bytea('sealed_text').notNull(),
    threadHash: text('thread_hash'),
    sealedNumber: bytea('sealed_number'),
    by: author(),
    writtenAt: moment('written_at').notNull(),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('request_letters_request').on(table.requestId, table.id),
    index('request_letters_person').on(table.personId),
    index('request_letters_by').on(table.by),
    index('request_letters_thread').on(table.threadHash),
    index('request_letters_expires').on(table.expiresAt),
  ],
)

export const requestLettersHeld = classify(requestLetters, {
  says: 'What was written about your requests',
  about: { person: 'personId', authors: ['by'] },
  ...OF_REQUESTS,
  onErasure: 'delete',
  columns: {
    id: ['reference', 'A number that stands for it'],
    requestId: REQUEST,
    personId: YOU,
    direction: ['record', 'Whether you wrote it, we did, or it is a note of our staff'],
    sealedText: ['sealed', 'The words, sealed under your key'],
    threadHash: ['reference', 'A keyed hash of the letter’s number, by which an answer to it is known'],
    sealedNumber: ['sealed', 'The letter’s own number, by which your mail program puts our answer beside it; sealed under your key'],
    by: ['reference', 'Which member of staff wrote it'],
    writtenAt: ['record', 'When'],
    expiresAt: EXPIRES,
  },
})

/** A document that came with a request: a mandate, an attachment. The bytes are in base64, so that a copy can show them. */
export const requestPapers = pgTable(
  'request_papers',
  {
    id: ownId(),
    requestId: request(),
    personId: person(),
    what: text({ enum: ['mandate', 'attachment'] }).notNull(),
    type: text().notNull(),
    bytes: integer().notNull(),
    sealedName: bytea('sealed_name').notNull(),
    sealedPaper: bytea('sealed_paper').notNull(),
    cameAt: moment('came_at').notNull(),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('request_papers_request').on(table.requestId),
    index('request_papers_person').on(table.personId),
    index('request_papers_expires').on(table.expiresAt),
  ],
)

export const requestPapersHeld = classify(requestPapers, {
  says: 'Documents that came with your requests',
  about: { person: 'personId' },
  ...OF_REQUESTS,
  onErasure: 'delete',
  columns: {
    id: ['reference', 'A number that stands for it'],
    requestId: REQUEST,
    personId: YOU,
    what: ['record', 'A mandate, or something else'],
    type: ['record', 'Of which type it is'],
    bytes: ['record', 'How large it is'],
    sealedName: ['sealed', 'Its name, sealed'],
    sealedPaper: ['sealed', 'The document itself, sealed (in base64)'],
    cameAt: ['record', 'When it came'],
    expiresAt: EXPIRES,
  },
})

/** The key of a request that nobody known asked: it seals what was written, and goes with the rest. */
export const requestKeys = pgTable(
  'request_keys',
  {
    requestId: uuid('request_id')
      .primaryKey()
      .$type<Id>()
      .references(() => requests.id, { onDelete: 'restrict' }),
    email: text(),
    wrappedKey: bytea('wrapped_key').notNull(),
    expiresAt: moment('expires_at'),
  },
  (table) => [index('request_keys_email').on(table.email), index('request_keys_expires').on(table.expiresAt)],
)

export const requestKeysHeld = classify(requestKeys, {
  says: 'The key that seals a request from before we knew you',
  about: { address: 'email' },
  ...OF_REQUESTS,
  onErasure: 'delete',
  leftOut: 'Keys lie in a file of their own, which each erasure renews',
  columns: {
    requestId: REQUEST,
    email: ['contact', 'The address that the request is about'],
    wrappedKey: ['key', 'A key that opens what was written; itself sealed'],
    expiresAt: EXPIRES,
  },
})
