import { index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import type { RowRule } from '../database/row-rules.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

const person = () => idOf('person_id').references(() => people.id, { onDelete: 'restrict' })
const conversation = () =>
  idOf('conversation_id')
    .notNull()
    .references(() => conversations.id, { onDelete: 'restrict' })
const YOU = ['reference', 'A number that stands for you, as long as you are here'] as const
const CONVERSATION = ['reference', 'The conversation that it belongs to'] as const
const EXPIRES = ['record', 'When it is deleted'] as const
/** What holds for all that belongs to a conversation. */
const OF_CONVERSATIONS = {
  basis: 'legitimate interest',
  keptFor: { until: 'expiresAt', says: 'one year after the conversation was closed' },
  onErasure: 'delete',
  serves: ['support', 'service', 'rights', 'legal', 'operations'],
} as const

export const ways = ['web', 'account', 'email', 'program'] as const

/** A conversation: somebody asked something. What was said is sealed, in `conversation_words`. */
export const conversations = pgTable(
  'conversations',
  {
    id: ownId(),
    personId: person(),
    // Of somebody whom we do not know, or whose data is only stored: the answer goes there.
    email: text(),
    name: text(),
    way: text({ enum: ways }).notNull(),
    article: text(),
    incomingId: idOf('incoming_id'),
    beganAt: moment('began_at').notNull(),
    waitingSince: moment('waiting_since'),
    wroteAt: moment('wrote_at').notNull(),
    closedAt: moment('closed_at'),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('conversations_person').on(table.personId),
    index('conversations_email').on(table.email),
    index('conversations_waiting').on(table.waitingSince),
    index('conversations_closed').on(table.closedAt),
    index('conversations_wrote').on(table.wroteAt),
    index('conversations_expires').on(table.expiresAt),
    uniqueIndex('conversations_incoming').on(table.incomingId),
  ],
)

export const conversationsHeld = classify(conversations, {
  says: 'What you asked us',
  about: { person: 'personId', address: 'email' },
  ...OF_CONVERSATIONS,
  columns: {
    id: ['reference', 'A number that stands for the conversation'],
    personId: YOU,
    email: ['contact', 'The address that the answer goes to, while no account belongs to it'],
    name: ['contact', 'The name that came with it'],
    way: ['record', 'By which way it began'],
    article: ['record', 'The help article from which you asked'],
    incomingId: ['reference', 'The letter in which it came'],
    beganAt: ['record', 'When it began'],
    waitingSince: ['record', 'Since when you wait for an answer'],
    wroteAt: ['record', 'When somebody last wrote'],
    closedAt: ['record', 'When it was closed'],
    expiresAt: EXPIRES,
  },
})

/** What was said: by whoever asked, by us, and among staff. Sealed under the person's key, or the conversation's. */
export const conversationWords = pgTable(
  'conversation_words',
  {
    id: ownId(),
    conversationId: conversation(),
    personId: person(),
    direction: text({ enum: ['in', 'out', 'note'] }).notNull(),
    sealedText: bytea('sealed_text').notNull(),
    threadHash: text('thread_hash'),
    sealedNumber: bytea('sealed_number'),
    letterId: idOf('letter_id'),
    by: idOf('by').references(() => people.id, { onDelete: 'restrict' }),
    writtenAt: moment('written_at').notNull(),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('conversation_words_conversation').on(table.conversationId, table.id),
    index('conversation_words_person').on(table.personId),
    index('conversation_words_by').on(table.by),
    index('conversation_words_letter').on(table.letterId),
    index('conversation_words_thread').on(table.threadHash),
    index('conversation_words_expires').on(table.expiresAt),
  ],
)

export const conversationWordsHeld = classify(conversationWords, {
  says: 'What was said in your conversations with us',
  about: { person: 'personId', authors: ['by'] },
  ...OF_CONVERSATIONS,
  columns: {
    id: ['reference', 'A number that stands for it'],
    conversationId: CONVERSATION,
    personId: YOU,
    direction: ['record', 'Whether you wrote it, we did, or it is a note of our staff'],
    sealedText: ['sealed', 'The words, sealed under your key'],
    threadHash: ['reference', 'A keyed hash of the letter’s number, by which an answer to it is known'],
    sealedNumber: ['sealed', 'The letter’s own number, by which your mail program puts our answer beside it; sealed under your key'],
    letterId: ['reference', 'The letter that we sent with it, by which an answer is known'],
    by: ['reference', 'Which member of staff wrote it'],
    writtenAt: ['record', 'When'],
    expiresAt: EXPIRES,
  },
})

/** Who of the team answers a conversation. */
export const conversationTasks = pgTable(
  'conversation_tasks',
  {
    conversationId: uuid('conversation_id')
      .primaryKey()
      .$type<Id>()
      .references(() => conversations.id, { onDelete: 'restrict' }),
    personId: person(),
    staffId: idOf('staff_id').references(() => people.id, { onDelete: 'restrict' }),
    assignedAt: moment('assigned_at').notNull(),
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('conversation_tasks_person').on(table.personId),
    index('conversation_tasks_staff').on(table.staffId),
    index('conversation_tasks_expires').on(table.expiresAt),
  ],
)

export const conversationTasksHeld = classify(conversationTasks, {
  says: 'Who of our staff answers you',
  about: { person: 'personId', authors: ['staffId'] },
  ...OF_CONVERSATIONS,
  columns: {
    conversationId: CONVERSATION,
    personId: YOU,
    staffId: ['reference', 'Which member of staff it is'],
    assignedAt: ['record', 'Since when'],
    expiresAt: EXPIRES,
  },
})

/** The key of a conversation that belongs to no record: it seals what was said, and goes with the rest. */
export const conversationKeys = pgTable(
  'conversation_keys',
  {
    conversationId: uuid('conversation_id')
      .primaryKey()
      .$type<Id>()
      .references(() => conversations.id, { onDelete: 'restrict' }),
    email: text(),
    wrappedKey: bytea('wrapped_key').notNull(),
    expiresAt: moment('expires_at'),
  },
  (table) => [index('conversation_keys_email').on(table.email), index('conversation_keys_expires').on(table.expiresAt)],
)

export const conversationKeysHeld = classify(conversationKeys, {
  says: 'The key that seals a conversation from before we knew you',
  about: { address: 'email' },
  ...OF_CONVERSATIONS,
  leftOut: 'Keys lie in a file of their own, which each erasure renews',
  columns: {
    conversationId: CONVERSATION,
    email: ['contact', 'The address that the conversation is with'],
    wrappedKey: ['key', 'A key that opens what was said; itself sealed'],
    expiresAt: EXPIRES,
  },
})

/** An answer that is often given, written once. */
export const savedReplies = pgTable('saved_replies', {
  id: ownId(),
  title: text().notNull(),
  words: text().notNull(),
  changedAt: moment('changed_at').notNull(),
})

export const savedRepliesHeld = classify(savedReplies, {
  says: 'Answers that we often give',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the team uses it' },
  onErasure: { keep: 'It is a text of the company’s own, and says nothing about anybody', until: 'the team takes it away' },
  serves: ['support'],
  columns: {
    id: ['record', 'A number that stands for it'],
    title: ['content', 'What it is called'],
    words: ['content', 'Its words, with places for a name'],
    changedAt: ['record', 'When it was last changed'],
  },
})

/** How often a help article was said to help, or not. Nobody is told apart. */
export const articleVotes = pgTable(
  'article_votes',
  {
    article: text().notNull(),
    helped: text({ enum: ['yes', 'no'] }).notNull(),
    votes: integer().notNull(),
    countedAt: moment('counted_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.article, table.helped] })],
)

export const articleVotesHeld = classify(articleVotes, {
  says: 'How often help articles helped',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the article is there' },
  onErasure: { keep: 'A count over everybody who answered, which names nobody', until: 'the article is gone' },
  serves: ['improvement'],
  columns: {
    article: ['record', 'Which article'],
    helped: ['record', 'Whether it helped'],
    votes: ['tally', 'How often that was said'],
    countedAt: ['record', 'When it was last said'],
  },
})

/** Those who help do not find what belongs to somebody whose data is only stored. */
export const conversationRules: readonly RowRule[] = ['conversations', 'conversation_words', 'conversation_tasks'].map((table) => ({
  table,
  purpose: 'support',
  says: 'conversations with people whose data is not restricted',
  where: `not exists (select from restrictions where restrictions.person_id = ${table}.person_id)`,
  writes: true,
}))
