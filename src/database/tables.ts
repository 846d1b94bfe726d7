import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { classify } from './classify.ts'
import { moment } from './columns.ts'
import { bytea } from './sealing.ts'

/** The root of all keys of the house, sealed under `SECRET`; one row. See `root.ts`. */
export const houseRoots = pgTable('house_roots', {
  number: integer().primaryKey(),
  sealedRoot: bytea('sealed_root').notNull(),
  origin: text().$type<RootOrigin>().notNull(),
  madeAt: moment('made_at').notNull(),
  sealedAt: moment('sealed_at').notNull(),
})

/** Random bytes; or the `SECRET` of a house that was there before roots were, so that its keys stayed as they were. */
export type RootOrigin = 'random' | 'first secret'

export const houseRootsHeld = classify(houseRoots, {
  says: 'The root of the house’s keys',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { while: 'the house stands' },
  onErasure: { keep: 'A key of the house says nothing about anybody', until: 'the company closes' },
  // The owner's login alone reads it, before anything is served.
  serves: [],
  columns: {
    number: ['reference', 'Its number, which is 1'],
    sealedRoot: ['credential', 'The key, sealed under a secret that is not in the database'],
    origin: ['record', 'Whether it is random, or the first secret of an older house'],
    madeAt: ['record', 'When it was made'],
    sealedAt: ['record', 'When it was last sealed under a new secret'],
  },
})
