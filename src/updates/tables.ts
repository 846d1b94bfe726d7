import { index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { people } from '../people/tables.ts'

const person = () =>
  idOf('person_id')
    .notNull()
    .references(() => people.id, { onDelete: 'restrict' })
const YOU = ['reference', 'A number that stands for you'] as const

// ---- The reader's side: what can be chosen, who chose it, who left -----------------------------

/** What one can subscribe to. The content folder brings the first ones; from then on the console has the say. */
export const topics = pgTable('topics', {
  slug: text().primaryKey(),
  title: text().notNull(),
  says: text().notNull(),
  place: integer().notNull(),
  madeAt: moment('made_at').notNull(),
  changedAt: moment('changed_at').notNull(),
  closedAt: moment('closed_at'),
})

export const topicsHeld = classify(topics, {
  says: 'Topics of e-mail updates',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'somebody may be subscribed to it' },
  onErasure: { keep: 'A topic is about nobody', until: 'the company ends it' },
  serves: ['updates'],
  columns: {
    slug: ['content', 'Its name in addresses'],
    title: ['content', 'Its title'],
    says: ['content', 'What one gets, and how often'],
    place: ['content', 'Its place in the list'],
    madeAt: ['record', 'When it was made'],
    changedAt: ['record', 'When it was last changed'],
    closedAt: ['record', 'Since when nobody new can subscribe'],
  },
})

const topic = () =>
  text()
    .notNull()
    .references(() => topics.slug, { onDelete: 'restrict' })

/** Somebody gets letters on a topic. Whoever leaves it has no row here any more, but one in `departures`. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    id: ownId(),
    personId: person(),
    topic: topic(),
    language: text(),
    wording: text().notNull(),
    source: text().notNull(),
    askedAt: moment('asked_at').notNull(),
    confirmedAt: moment('confirmed_at').notNull(),
  },
  (table) => [uniqueIndex('subscriptions_person').on(table.personId, table.topic), index('subscriptions_topic').on(table.topic, table.id)],
)

export const subscriptionsHeld = classify(subscriptions, {
  says: 'E-mail updates that you get',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { while: 'you are subscribed' },
  onErasure: 'delete',
  serves: ['updates', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the subscription'],
    personId: YOU,
    topic: ['preference', 'The topic that you chose'],
    language: ['preference', 'The language that you like to read'],
    wording: ['consent', 'What you agreed to, in the words that you were shown'],
    source: ['consent', 'Where you subscribed'],
    askedAt: ['consent', 'When you asked for it'],
    confirmedAt: ['consent', 'When you confirmed it'],
  },
})

/** Somebody typed an address; until its reader presses the button of the letter, nobody is subscribed and nobody is known. */
export const pending = pgTable(
  'pending',
  {
    id: ownId(),
    tokenHash: text('token_hash').notNull(),
    name: text().notNull(),
    email: text().notNull(),
    topics: text().array().notNull(),
    language: text(),
    wording: text().notNull(),
    source: text().notNull(),
    askedAt: moment('asked_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('pending_token').on(table.tokenHash),
    index('pending_email').on(table.email),
    index('pending_expires').on(table.expiresAt),
  ],
)

export const pendingHeld = classify(pending, {
  says: 'Subscriptions that wait for a confirmation',
  about: { address: 'email' },
  basis: 'consent',
  keptFor: { until: 'expiresAt', says: 'until you confirm, and at most 48 hours' },
  onErasure: 'delete',
  serves: ['updates', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the request'],
    tokenHash: ['reference', 'A hash of the link that confirms it'],
    name: ['contact', 'The name that was given'],
    email: ['contact', 'The address that was given'],
    topics: ['preference', 'The topics that were chosen'],
    language: ['preference', 'The language of the form'],
    wording: ['consent', 'What is agreed to, in the words that are shown'],
    source: ['consent', 'Where the form was'],
    askedAt: ['consent', 'When it was asked for'],
    expiresAt: ['record', 'When it is deleted unless it is confirmed'],
  },
})

/** Somebody left a topic. It bears the number that the subscription had, and what it takes to undo it. */
export const departures = pgTable(
  'departures',
  {
    id: ownId(),
    personId: person(),
    topic: topic(),
    door: text({
      enum: ['letter', 'mail program', 'preferences', 'account', 'complaint', 'bounce', 'staff', 'program', 'objection'],
    }).notNull(),
    /** The letter whose link was used, where it was one. */
    issueId: idOf('issue_id'),
    language: text(),
    wording: text().notNull(),
    source: text().notNull(),
    askedAt: moment('asked_at').notNull(),
    confirmedAt: moment('confirmed_at').notNull(),
    leftAt: moment('left_at').notNull(),
    undoUntil: moment('undo_until').notNull(),
  },
  (table) => [
    index('departures_person').on(table.personId, table.topic),
    index('departures_issue').on(table.issueId),
    index('departures_left').on(table.leftAt),
  ],
)

export const departuresHeld = classify(departures, {
  says: 'E-mail updates that you left',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'leftAt' },
  onErasure: 'delete',
  serves: ['updates', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the subscription'],
    personId: YOU,
    topic: ['preference', 'The topic that you left'],
    door: ['record', 'How you left'],
    issueId: ['reference', 'The letter whose link was used'],
    language: ['preference', 'The language that you liked to read'],
    wording: ['consent', 'What you had agreed to, in the words that you were shown'],
    source: ['consent', 'Where you had subscribed'],
    askedAt: ['consent', 'When you had asked for it'],
    confirmedAt: ['consent', 'When you had confirmed it'],
    leftAt: ['record', 'When you left'],
    undoUntil: ['record', 'Until when you can undo it'],
  },
})

/** A link to one's preferences, sent afresh to the address whenever it is asked for. */
export const preferenceLinks = pgTable(
  'preference_links',
  {
    id: ownId(),
    personId: person(),
    tokenHash: text('token_hash').notNull(),
    sentAt: moment('sent_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('preference_links_token').on(table.tokenHash),
    index('preference_links_person').on(table.personId),
    index('preference_links_expires').on(table.expiresAt),
  ],
)

export const preferenceLinksHeld = classify(preferenceLinks, {
  says: 'Links to your preferences',
  about: { person: 'personId' },
  basis: 'consent',
  keptFor: { until: 'expiresAt', says: 'an hour' },
  onErasure: 'delete',
  serves: ['updates', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the link'],
    personId: YOU,
    tokenHash: ['reference', 'A hash of the link'],
    sentAt: ['record', 'When it was sent to you'],
    expiresAt: ['record', 'When it ends'],
  },
})
