import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'

/** The outbox: a letter is written in the transaction of the act that it tells of. */
export const letters = pgTable(
  'letters',
  {
    id: ownId(),
    // A foreign key to people, by migration 0003: this room lies below theirs and does not know them.
    personId: idOf('person_id'),
    to: text().notNull(),
    kind: text().notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    html: text().notNull(),
    headers: jsonb().$type<Readonly<Record<string, string>>>(),
    tries: integer().notNull().default(0),
    writtenAt: moment('written_at').notNull(),
    sentAt: moment('sent_at'),
    refusedAt: moment('refused_at'),
    refusedCode: integer('refused_code'),
    heldAt: moment('held_at'),
    bouncedAt: moment('bounced_at'),
    bounceCode: text('bounce_code'),
  },
  (table) => [index('letters_person').on(table.personId), index('letters_to').on(table.to), index('letters_written').on(table.writtenAt)],
)

export const lettersHeld = classify(letters, {
  says: 'Letters that we wrote to you',
  about: { person: 'personId', address: 'to' },
  basis: 'contract',
  keptFor: { days: 30, after: 'writtenAt' },
  onErasure: 'delete',
  serves: ['operations', 'rights', 'support'],
  columns: {
    id: ['reference', 'A number that stands for the letter'],
    personId: ['reference', 'A number that stands for you'],
    to: ['contact', 'The address that it went to'],
    kind: ['record', 'What the letter was about'],
    subject: ['correspondence', 'Its subject'],
    text: ['correspondence', 'Its words; emptied once it is delivered'],
    html: ['correspondence', 'The same words for a page; emptied once it is delivered'],
    headers: ['correspondence', 'What machines read of it, such as which letter it answers; emptied once it is delivered'],
    tries: ['record', 'How often we tried to deliver it'],
    writtenAt: ['record', 'When it was written'],
    sentAt: ['record', 'When your e-mail server took it'],
    refusedAt: ['record', 'When your e-mail server refused it'],
    refusedCode: ['record', 'With which code it refused'],
    heldAt: ['record', 'When we held it back, because the mailbox does not exist'],
    bouncedAt: ['record', 'When it came back after your e-mail server had taken it'],
    bounceCode: ['record', 'With which code it came back'],
  },
})

/** Why nothing is sent to an address, gravest first, in words for whoever has it. */
export const whys = {
  gone: 'the mailbox does not exist',
  complaint: 'a letter of ours was reported as unwanted',
  refused: 'the mail server refused our letters for good',
  soft: 'letters could not be delivered for weeks',
  staff: 'we were asked to stop',
} as const
export type Why = keyof typeof whys
export const whyNames = Object.keys(whys) as [Why, ...Why[]]

/** What told us so. */
export const evidences = ['report', 'server', 'staff'] as const
export type Evidence = (typeof evidences)[number]

/**
 * An address that is not written to. It is kept only as a keyed hash: whose it is, is said by the person's
 * number as long as they are here, and nobody can read an address out of what outlives them.
 */
export const suppressions = pgTable(
  'suppressions',
  {
    id: ownId(),
    addressHash: text('address_hash').notNull(),
    // A foreign key to people, by a migration of its own: this room lies below theirs.
    personId: idOf('person_id'),
    why: text({ enum: whyNames }).notNull(),
    evidence: text({ enum: evidences }).notNull(),
    aboutId: idOf('about_id'),
    code: text(),
    suppressedAt: moment('suppressed_at').notNull(),
    seenAt: moment('seen_at').notNull(),
    liftedAt: moment('lifted_at'),
    liftedBy: text('lifted_by', { enum: ['person', 'staff'] }),
  },
  (table) => [
    uniqueIndex('suppressions_active').on(table.addressHash, table.why).where(sql`lifted_at is null`),
    index('suppressions_person').on(table.personId),
    index('suppressions_seen').on(table.seenAt),
    index('suppressions_at').on(table.suppressedAt),
  ],
)

export const suppressionsHeld = classify(suppressions, {
  says: 'Addresses that we do not write to',
  about: { person: 'personId' },
  basis: 'legitimate interest',
  keptFor: { days: 730, after: 'seenAt' },
  onErasure: { blank: ['personId', 'aboutId'] },
  serves: ['operations', 'updates', 'support', 'service', 'security', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for this stop'],
    addressHash: [
      'reference',
      'A keyed hash of the address, from which nobody can read it; it stays so that no list brings the address back',
    ],
    personId: ['reference', 'A number that stands for you'],
    why: ['record', 'Why we stopped writing'],
    evidence: ['record', 'What told us'],
    aboutId: ['reference', 'A number that stands for the letter that came back'],
    code: ['record', 'The code with which it came back'],
    suppressedAt: ['record', 'Since when we do not write'],
    seenAt: ['record', 'When a letter last came back'],
    liftedAt: ['record', 'When we began to write again'],
    liftedBy: ['record', 'Who said that the mailbox works again'],
  },
})

/** A letter that came back for a passing reason. Some of them over some time make a stop. */
export const softBounces = pgTable(
  'soft_bounces',
  {
    id: ownId(),
    addressHash: text('address_hash').notNull(),
    // A foreign key to people, as above.
    personId: idOf('person_id'),
    aboutId: idOf('about_id').notNull(),
    code: text(),
    bouncedAt: moment('bounced_at').notNull(),
  },
  (table) => [
    uniqueIndex('soft_bounces_letter').on(table.addressHash, table.aboutId),
    index('soft_bounces_person').on(table.personId),
    index('soft_bounces_at').on(table.bouncedAt),
  ],
)

export const softBouncesHeld = classify(softBounces, {
  says: 'Letters that came back for a passing reason',
  about: { person: 'personId' },
  basis: 'legitimate interest',
  keptFor: { days: 30, after: 'bouncedAt' },
  onErasure: 'delete',
  serves: ['operations', 'updates', 'rights', 'support', 'service', 'security'],
  columns: {
    id: ['reference', 'A number that stands for it'],
    addressHash: ['reference', 'A keyed hash of the address, from which nobody can read it'],
    personId: ['reference', 'A number that stands for you'],
    aboutId: ['reference', 'A number that stands for the letter that came back'],
    code: ['record', 'The code with which it came back'],
    bouncedAt: ['record', 'When it came back'],
  },
})

/** What came in by the mail door, sealed under a key of the house until it was read. */
export const incomingLetters = pgTable(
  'incoming_letters',
  {
    id: ownId(),
    mailbox: text().notNull(),
    // The same letter brought twice, by a server that missed our answer, is one letter.
    contentHash: text('content_hash').notNull(),
    sealedLetter: bytea('sealed_letter'),
    receivedAt: moment('received_at').notNull(),
    readAt: moment('read_at'),
    outcome: text(),
  },
  (table) => [
    uniqueIndex('incoming_letters_content').on(table.contentHash),
    index('incoming_letters_received').on(table.receivedAt),
    index('incoming_letters_waiting').on(table.receivedAt).where(sql`read_at is null`),
  ],
)

export const incomingLettersHeld = classify(incomingLetters, {
  says: 'Letters that came in',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { days: 7, after: 'receivedAt' },
  onErasure: { keep: 'Sealed until it is read, and then emptied; it is never filed under a person', until: 'seven days have passed' },
  serves: ['operations'],
  columns: {
    id: ['reference', 'A number that stands for the letter'],
    mailbox: ['record', 'Which of our mailboxes it came to'],
    contentHash: ['reference', 'A keyed hash of the letter, so that it is read once'],
    sealedLetter: ['correspondence', 'The letter, sealed; emptied as soon as it was read'],
    receivedAt: ['record', 'When it came'],
    readAt: ['record', 'When it was read'],
    outcome: ['record', 'What it was, in a word'],
  },
})

/** A pair of keys that signs letters (DKIM). The private half is sealed under a key of the house. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    id: ownId(),
    domain: text().notNull(),
    selector: text().notNull(),
    publicKey: text('public_key').notNull(),
    sealedKey: bytea('sealed_key').notNull(),
    madeAt: moment('made_at').notNull(),
    signsSince: moment('signs_since'),
    retiredAt: moment('retired_at'),
  },
  (table) => [uniqueIndex('signing_keys_selector').on(table.domain, table.selector), index('signing_keys_retired').on(table.retiredAt)],
)

export const signingKeysHeld = classify(signingKeys, {
  says: 'Keys that sign our letters',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { days: 30, after: 'retiredAt' },
  onErasure: { keep: 'A key of ours says nothing about anybody', until: 'thirty days after it was replaced' },
  serves: ['operations'],
  columns: {
    id: ['reference', 'A number that stands for the key'],
    domain: ['record', 'The domain that it signs for'],
    selector: ['record', 'The name under which its public half is published'],
    publicKey: ['record', 'The public half'],
    sealedKey: ['correspondence', 'The private half, sealed'],
    madeAt: ['record', 'When it was made'],
    signsSince: ['record', 'When it began to sign'],
    retiredAt: ['record', 'When another one took its place'],
  },
})
