/** The company's side of updates: what is written, to whom it goes, and what became of it. */
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { topics } from './tables.ts'

/** Conditions beside the topic; see `audience.ts`. Keys that are missing do not narrow. */
export interface Narrowed {
  readonly service?: string
  readonly language?: string
  readonly joinedSince?: string
}

/** A letter to everybody who chose a topic. */
export const issues = pgTable(
  'issues',
  {
    id: ownId(),
    slug: text().notNull(),
    topic: text()
      .notNull()
      .references(() => topics.slug, { onDelete: 'restrict' }),
    subject: text().notNull(),
    preheader: text().notNull(),
    body: text().notNull(),
    narrowed: jsonb().$type<Narrowed>().notNull(),
    begunAt: moment('begun_at').notNull(),
    editedAt: moment('edited_at').notNull(),
    sendAt: moment('send_at'),
    zone: text(),
  },
  (table) => [uniqueIndex('issues_slug').on(table.slug), index('issues_topic').on(table.topic), index('issues_send').on(table.sendAt)],
)

export const issuesHeld = classify(issues, {
  says: 'Issues of e-mail updates',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company keeps its archive' },
  onErasure: { keep: 'An issue is written to everybody and about nobody', until: 'the company deletes it' },
  serves: ['updates'],
  columns: {
    id: ['reference', 'A number that stands for the issue'],
    slug: ['content', 'Its name in addresses'],
    topic: ['content', 'Its topic'],
    subject: ['content', 'Its subject'],
    preheader: ['content', 'Its first line'],
    body: ['content', 'Its words'],
    narrowed: ['content', 'To whom among the subscribers it goes (keys: service, language, joinedSince)'],
    begunAt: ['record', 'When it was begun'],
    editedAt: ['record', 'When it was last changed'],
    sendAt: ['record', 'When it is to go'],
    zone: ['content', 'The time zone in which that was said'],
  },
})

export const acts = [
  'begun',
  'edited',
  'scheduled',
  'approved',
  'withdrawn',
  'started',
  'paused',
  'resumed',
  'cancelled',
  'finished',
  'settled',
  'resent',
] as const
export type Act = (typeof acts)[number]

/** What was done with an issue, when and by whom; the program itself is nobody. */
export const issueActs = pgTable(
  'issue_acts',
  {
    id: ownId(),
    issueId: idOf('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'restrict' }),
    act: text({ enum: acts }).notNull(),
    byId: idOf('by_id').references(() => people.id, { onDelete: 'restrict' }),
    doneAt: moment('done_at').notNull(),
  },
  (table) => [index('issue_acts_issue').on(table.issueId, table.doneAt, table.id), index('issue_acts_by').on(table.byId)],
)

export const issueActsHeld = classify(issueActs, {
  says: 'What was done with an issue',
  about: { authors: ['byId'] },
  basis: 'legitimate interest',
  keptFor: { while: 'the company keeps its archive' },
  onErasure: { keep: 'What was done stays, without its author', until: 'the company deletes the issue' },
  serves: ['updates', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the act'],
    issueId: ['reference', 'A number that stands for the issue'],
    act: ['record', 'What was done'],
    byId: ['reference', 'A number that stands for the member of staff'],
    doneAt: ['record', 'When'],
  },
})

/** A picture in an issue. Everybody gets it from the same address, so that fetching it says nothing about anybody. */
export const issueImages = pgTable(
  'issue_images',
  {
    name: text().primaryKey(),
    issueId: idOf('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'restrict' }),
    type: text().notNull(),
    bytes: bytea().notNull(),
    alt: text().notNull(),
    addedAt: moment('added_at').notNull(),
    addedBy: idOf('added_by').references(() => people.id, { onDelete: 'restrict' }),
  },
  (table) => [index('issue_images_issue').on(table.issueId), index('issue_images_by').on(table.addedBy)],
)

export const issueImagesHeld = classify(issueImages, {
  says: 'Pictures in issues',
  about: { authors: ['addedBy'] },
  basis: 'legitimate interest',
  keptFor: { while: 'the company keeps its archive' },
  onErasure: { keep: 'A picture in an issue is for everybody; it stays without whoever added it', until: 'the company deletes the issue' },
  serves: ['updates', 'rights'],
  columns: {
    name: ['content', 'Its name in addresses'],
    issueId: ['reference', 'A number that stands for the issue'],
    type: ['content', 'What kind of picture'],
    bytes: ['content', 'The picture, without what a camera notes in it'],
    alt: ['content', 'What it shows, in words'],
    addedAt: ['record', 'When it was added'],
    addedBy: ['reference', 'A number that stands for the member of staff'],
  },
})

/** How far an issue has got: counters that only grow, and who is sending it right now. */
export const sendings = pgTable('sendings', {
  issueId: uuid('issue_id')
    .primaryKey()
    .$type<Id>()
    .references(() => issues.id, { onDelete: 'restrict' }),
  fixedAt: moment('fixed_at').notNull(),
  total: integer().notNull(),
  taken: integer().notNull().default(0),
  refused: integer().notNull().default(0),
  left: integer().notNull().default(0),
  uncertain: integer().notNull().default(0),
  cancelled: integer().notNull().default(0),
  bounced: integer().notNull().default(0),
  complained: integer().notNull().default(0),
  lease: uuid(),
  leasedUntil: moment('leased_until_at'),
  troubledAt: moment('troubled_at'),
})

export const sendingsHeld = classify(sendings, {
  says: 'How far an issue has got',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company keeps its archive' },
  onErasure: { keep: 'Counts are about nobody', until: 'the company deletes the issue' },
  serves: ['updates'],
  columns: {
    issueId: ['reference', 'A number that stands for the issue'],
    fixedAt: ['record', 'When it was settled to whom it goes'],
    total: ['record', 'To how many'],
    taken: ['record', 'How many letters were taken by the mail server'],
    refused: ['record', 'How many were refused'],
    left: ['record', 'How many did not go, because the person had left or cannot be reached'],
    uncertain: ['record', 'Of how many nobody knows whether they arrived'],
    cancelled: ['record', 'How many did not go, because the issue was cancelled'],
    bounced: ['record', 'How many came back'],
    complained: ['record', 'How many people complained'],
    lease: ['record', 'Which process sends it'],
    leasedUntil: ['record', 'Until when that process is counted on'],
    troubledAt: ['record', 'Since when the mail server takes nothing'],
  },
})

/** An answer to an issue, counted: of whose it was, and of what it said, nothing is kept. */
export const issueReplies = pgTable(
  'issue_replies',
  {
    incomingId: uuid('incoming_id').primaryKey().$type<Id>(),
    issueId: idOf('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'restrict' }),
    repliedAt: moment('replied_at').notNull(),
  },
  (table) => [index('issue_replies_issue').on(table.issueId)],
)

export const issueRepliesHeld = classify(issueReplies, {
  says: 'How many answered an issue',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the company keeps its archive' },
  onErasure: { keep: 'That somebody answered, and nothing of who', until: 'the company deletes the issue' },
  serves: ['updates'],
  columns: {
    incomingId: ['reference', 'A number that stood for the letter that came in'],
    issueId: ['reference', 'A number that stands for the issue'],
    repliedAt: ['record', 'When it was counted'],
  },
})

export const states = ['waiting', 'claimed', 'taken', 'refused', 'left', 'uncertain', 'bounced', 'complained'] as const
export type State = (typeof states)[number]

/** Somebody to whom an issue goes, settled when the sending starts. */
export const recipients = pgTable(
  'recipients',
  {
    // The database makes it where recipients are settled, by one statement.
    id: uuid().primaryKey().$type<Id>().defaultRandom(),
    issueId: idOf('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'restrict' }),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    state: text({ enum: states }).notNull(),
    tries: integer().notNull().default(0),
    code: integer(),
    dueAt: moment('due_at').notNull(),
    claimedAt: moment('claimed_at'),
    doneAt: moment('done_at'),
  },
  (table) => [
    index('recipients_person').on(table.personId),
    index('recipients_due').on(table.dueAt),
    // What is not settled yet is found without reading the million rows that are.
    index('recipients_waiting').on(table.issueId, table.id).where(sql`${table.state} = 'waiting'`),
    index('recipients_claimed').on(table.issueId).where(sql`${table.state} = 'claimed'`),
  ],
)

export const recipientsHeld = classify(recipients, {
  says: 'E-mail updates that we sent you',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { days: 90, after: 'dueAt' },
  onErasure: 'delete',
  serves: ['updates', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the letter'],
    issueId: ['reference', 'A number that stands for the issue'],
    personId: ['reference', 'A number that stands for you'],
    state: ['record', 'What became of the letter'],
    tries: ['record', 'How often we tried'],
    code: ['record', 'With which code your e-mail server refused it'],
    dueAt: ['record', 'When it was to go'],
    claimedAt: ['record', 'When it was handed over'],
    doneAt: ['record', 'When it was clear what became of it'],
  },
})
