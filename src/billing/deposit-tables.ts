import { sql } from 'drizzle-orm'
import { bigint, check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { people } from '../people/tables.ts'

/** Deposits: asked for by a member of staff, paid by an invoice, and from then on credit at Stripe. */
export const deposits = pgTable(
  'deposits',
  {
    id: ownId(),
    personId: idOf('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    // A foreign key to memberships, by migration: rooms do not import each other's tables.
    membershipId: idOf('membership_id').notNull(),
    cents: bigint({ mode: 'number' }).notNull(),
    askedBy: idOf('asked_by').references(() => people.id, { onDelete: 'restrict' }),
    askedAt: moment('asked_at').notNull(),
    stripeInvoice: text('stripe_invoice'),
    paidAt: moment('paid_at'),
    returnedCents: bigint('returned_cents', { mode: 'number' }),
    returnedAt: moment('returned_at'),
  },
  (table) => [
    // One at a time is asked for: asking again changes its amount.
    uniqueIndex('deposits_open').on(table.membershipId).where(sql`${table.paidAt} is null`),
    index('deposits_membership').on(table.membershipId),
    index('deposits_person').on(table.personId),
    index('deposits_asker').on(table.askedBy),
    index('deposits_asked').on(table.askedAt),
    check('deposits_cents', sql`${table.cents} between 1 and 100000000`),
    check('deposits_stripe_invoice', sql`${table.stripeInvoice} ~ '^in_[A-Za-z0-9_]{6,250}$'`),
    check('deposits_returned', sql`(${table.returnedAt} is null) = (${table.returnedCents} is null)`),
  ],
)

export const depositsHeld = classify(deposits, {
  says: 'Deposits that we asked you for',
  about: { person: 'personId', authors: ['askedBy'] },
  basis: 'contract',
  keptFor: { days: 730, after: 'askedAt' },
  onErasure: 'delete',
  serves: ['billing', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the deposit'],
    personId: ['reference', 'A number that stands for you'],
    membershipId: ['reference', 'A number that stands for the membership'],
    cents: ['billing', 'How much, in the smallest unit'],
    askedBy: ['record', 'A number that stands for the member of staff who asked for it'],
    askedAt: ['record', 'When it was asked for'],
    stripeInvoice: ['billing', 'A key that stands for its invoice at Stripe'],
    paidAt: ['record', 'When it was paid, and became credit'],
    returnedCents: ['billing', 'How much of it you got back'],
    returnedAt: ['record', 'When you got it back'],
  },
})
