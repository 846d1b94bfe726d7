import { index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

/** An agent that may ask for others (Data Rights Protocol), as the operator listed it. */
export const agents = pgTable(
  'agents',
  {
    id: ownId(),
    agentId: text('agent_id').notNull(),
    name: text().notNull(),
    verifyKey: text('verify_key').notNull(),
    tokenHash: text('token_hash'),
    listedAt: moment('listed_at').notNull(),
    pairedAt: moment('paired_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [uniqueIndex('agents_agent_id').on(table.agentId), uniqueIndex('agents_token').on(table.tokenHash)],
)

export const agentsHeld = classify(agents, {
  says: 'Agents that may ask for others',
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { while: 'the agent is listed, and what it asked is kept' },
  onErasure: { keep: 'An agent is a company', until: 'it is listed no more' },
  serves: ['rights'],
  columns: {
    id: ['reference', 'A number that stands for the agent'],
    agentId: ['content', 'Its name in the directory'],
    name: ['content', 'What it is called'],
    verifyKey: ['content', 'The key by which its messages are known'],
    tokenHash: ['reference', 'A hash of what it shows when it comes in'],
    listedAt: ['record', 'When it was listed'],
    pairedAt: ['record', 'When it last set up'],
    endedAt: ['record', 'Since when it is listed no more'],
  },
})

/** A request that an agent made, beside the request itself (`requests`). */
export const agentRequests = pgTable(
  'agent_requests',
  {
    requestId: uuid('request_id').primaryKey().$type<Id>(),
    agentId: idOf('agent_id')
      .notNull()
      .references(() => agents.id, { onDelete: 'restrict' }),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    agentRequestId: text('agent_request_id'),
    callback: text(),
    exercise: text().notNull(),
    told: text(),
    tries: integer().notNull().default(0),
    askedAt: moment('asked_at').notNull(),
    toldAt: moment('told_at'),
  },
  (table) => [
    uniqueIndex('agent_requests_once').on(table.agentId, table.agentRequestId),
    index('agent_requests_person').on(table.personId),
    index('agent_requests_asked').on(table.askedAt),
  ],
)

export const agentRequestsHeld = classify(agentRequests, {
  says: 'What an agent asked for you',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 900, after: 'askedAt' },
  onErasure: { blank: ['personId', 'agentRequestId'] },
  serves: ['rights', 'operations'],
  columns: {
    requestId: ['reference', 'The request that came of it'],
    agentId: ['reference', 'Which agent it was'],
    personId: ['reference', 'A number that stands for you, as long as you are here'],
    agentRequestId: ['reference', 'The agent’s own number for it'],
    callback: ['record', 'Where the agent wants to be told'],
    exercise: ['record', 'What it asked for, in the words of the protocol'],
    told: ['record', 'What it was last told'],
    tries: ['record', 'How often we tried to tell it'],
    askedAt: ['record', 'When it asked'],
    toldAt: ['record', 'When it was told'],
  },
})

/** Messages that came, as long as they would be good: each is taken once. */
export const agentMessages = pgTable(
  'agent_messages',
  { messageHash: text('message_hash').primaryKey(), expiresAt: moment('expires_at').notNull() },
  (table) => [index('agent_messages_expires').on(table.expiresAt)],
)

export const agentMessagesHeld = classify(agentMessages, {
  says: 'That a message of an agent came already',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { until: 'expiresAt', says: 'as long as the message would be good' },
  onErasure: { keep: 'A hash says nothing about anybody', until: 'the message is good no more' },
  serves: ['rights', 'operations'],
  columns: {
    messageHash: ['reference', 'A hash of the message'],
    expiresAt: ['record', 'Until when it would be good'],
  },
})
