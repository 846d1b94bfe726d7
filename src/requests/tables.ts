import { date, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

/** What somebody asks for, in words that finish "You asked for …". */
export const kinds = {
  access: 'a copy of everything that we hold about you',
  correction: 'a correction',
  erasure: 'the erasure of everything about you',
  objection: 'that we stop using data about you for updates, or for something else that you name',
  restriction: 'that we only store your data, and use it for nothing',
  portability: 'your data in a form that programs can read',
  question: 'an answer to a question about privacy',
} as const
export type Kind = keyof typeof kinds
export const kindNames = Object.keys(kinds) as [Kind, ...Kind[]]

/** The law by whose clock a request runs; `strictest` takes of every term the shortest. */
export const regimes = ['gdpr', 'uk-gdpr', 'ccpa', 'florida', 'strictest'] as const
export type Regime = (typeof regimes)[number]

/** By which way it came, in words that finish "It came …". */
export const channels = {
  web: 'by the form on the website',
  account: 'from the account',
  email: 'by e-mail',
  phone: 'by telephone',
  agent: 'by somebody who was authorised',
} as const
export type Channel = keyof typeof channels
export const channelNames = Object.keys(channels) as [Channel, ...Channel[]]

/** How a request ended. */
export const endings = {
  done: 'Done',
  refused: 'Refused',
  withdrawn: 'Taken back',
  lapsed: 'Never confirmed',
  overtaken: 'Overtaken: everything about the person was erased',
  none: 'It was no request',
} as const
export type Ending = keyof typeof endings
export const endingNames = Object.keys(endings) as [Ending, ...Ending[]]

/** What happens to a request, in words for whoever asked. */
export const happenings = {
  received: 'Your request came in',
  acknowledged: 'We confirmed to you that it came in',
  asked: 'We asked you to confirm that it comes from you',
  mandated: 'Somebody showed a mandate to ask for you',
  accepted: 'We looked at the mandate, and accepted it',
  proven: 'It is certain that it comes from you',
  doubted: 'Somebody of our staff reads it, to see what you mean',
  understood: 'Somebody of our staff read it, and said what it is about',
  begun: 'We began with it',
  staffed: 'It waits for somebody of our staff',
  waiting: 'It waits for a company that works for us',
  wrote: 'You wrote to us',
  answered: 'We wrote to you',
  noted: 'Our staff made a note',
  corrected: 'What was wrong is put right',
  lifted: 'The restriction was lifted, and we told you why',
  extended: 'We told you that it takes longer, and why',
  warned: 'Our staff was reminded of the day by which it must be done',
  ready: 'A copy is ready for you',
  fetched: 'The copy was fetched',
  done: 'It is done',
  refused: 'We refused it, and told you why',
  withdrawn: 'You took it back',
  lapsed: 'It was closed, because nobody confirmed it',
  overtaken: 'It was closed, because everything about you was erased',
  none: 'Somebody of our staff read it: it asks for nothing',
} as const
export type Happening = keyof typeof happenings
export const happeningNames = Object.keys(happenings) as [Happening, ...Happening[]]

const person = () => idOf('person_id').references(() => people.id, { onDelete: 'restrict' })
const request = () =>
  idOf('request_id')
    .notNull()
    .references(() => requests.id, { onDelete: 'restrict' })
const author = () => idOf('by').references(() => people.id, { onDelete: 'restrict' })
const YOU = ['reference', 'A number that stands for you, as long as you are here'] as const
const REQUEST = ['reference', 'The request that it belongs to'] as const
const EXPIRES = ['record', 'When it is deleted'] as const
const KEPT = { until: 'expiresAt', says: 'two years after the request was closed' } as const

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
  basis: 'legal obligation',
  keptFor: KEPT,
  onErasure: { blank: ['personId', 'email', 'proofHash', 'copyHash'] },
  serves: ['rights', 'legal', 'operations'],
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
  basis: 'legal obligation',
  keptFor: KEPT,
  onErasure: { blank: ['personId'] },
  serves: ['rights', 'legal', 'operations'],
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
  basis: 'legal obligation',
  keptFor: KEPT,
  onErasure: 'delete',
  serves: ['rights', 'legal', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for it'],
    requestId: REQUEST,
    personId: YOU,
    direction: ['record', 'Whether you wrote it, we did, or it is a note of our staff'],
    sealedText: ['sealed', 'The words, sealed under your key'],
    threadHash: ['reference', 'A keyed hash of the letter’s number, by which an answer to it is known'],
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
  basis: 'legal obligation',
  keptFor: KEPT,
  onErasure: 'delete',
  serves: ['rights', 'legal', 'operations'],
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
  basis: 'legal obligation',
  keptFor: KEPT,
  onErasure: 'delete',
  serves: ['rights', 'legal', 'operations'],
  leftOut: 'Keys lie in a file of their own, which each erasure renews',
  columns: {
    requestId: REQUEST,
    email: ['contact', 'The address that the request is about'],
    wrappedKey: ['key', 'A key that opens what was written; itself sealed'],
    expiresAt: EXPIRES,
  },
})
