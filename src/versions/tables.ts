import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'

/** What is being written: each time that it is kept, a row; the newest holds. */
export const policyDrafts = pgTable(
  'policy_drafts',
  {
    id: ownId(),
    title: text().notNull(),
    summary: text().notNull(),
    written: text().notNull(),
    writtenAt: moment('written_at').notNull(),
  },
  (table) => [index('policy_drafts_at').on(table.writtenAt)],
)

export const policyDraftsHeld = classify(policyDrafts, {
  says: 'Drafts of the privacy policy',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { days: 730, after: 'writtenAt' },
  onErasure: { keep: 'The company’s own text', until: 'two years after it was written' },
  serves: ['legal', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the draft'],
    title: ['content', 'Its title'],
    summary: ['content', 'What it says, in a sentence'],
    written: ['content', 'Its words, with the numbers still as references to what defines them'],
    writtenAt: ['record', 'When it was written'],
  },
})

/**
 * The published versions. Triggers keep them (migration `policy_rules`): a row is checked when it is put in, and
 * can never be changed or taken out, by nobody.
 */
export const policyVersions = pgTable('policy_versions', {
  number: integer().primaryKey(),
  title: text().notNull(),
  summary: text().notNull(),
  source: bytea().notNull(),
  sha256: text().notNull().generatedAlwaysAs(sql`encode(sha256(source), 'hex')`),
  written: text().notNull(),
  material: boolean().notNull(),
  reason: text().notNull(),
  purposes: text().array().notNull(),
  categories: text().array().notNull(),
  processors: text().array().notNull(),
  retention: text().array().notNull(),
  noticeDays: integer('notice_days').notNull(),
  boundDays: integer('bound_days').notNull().default(0),
  brought: boolean().notNull().default(false),
  publishedAt: moment('published_at').notNull(),
  effectiveAt: moment('effective_at').notNull(),
})

const PUBLISHED = {
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { while: 'the company has to show which policy held when' },
  onErasure: { keep: 'The company’s own text, which says nothing of anybody', until: 'the company closes' },
  serves: [],
  takesFrom: ['legal'],
} as const

export const policyVersionsHeld = classify(policyVersions, {
  says: 'Published versions of the privacy policy',
  ...PUBLISHED,
  reads: ['legal', 'service', 'rights', 'operations'],
  columns: {
    number: ['record', 'The number of the version'],
    title: ['content', 'Its title'],
    summary: ['content', 'What it says, in a sentence'],
    source: ['content', 'Its words, byte for byte'],
    sha256: ['record', 'The SHA-256 of its words'],
    written: ['content', 'The same words before numbers were filled in'],
    material: ['record', 'Whether it changes anything for people'],
    reason: ['content', 'What it changes, and why that is material or not'],
    purposes: ['record', 'What data is used for'],
    categories: ['record', 'Which kinds of data there are'],
    processors: ['record', 'Who receives data'],
    retention: ['record', 'The lines of the data map that its numbers come from'],
    noticeDays: ['record', 'How many days before a material change people are told'],
    boundDays: ['record', 'How many days the version in force had promised'],
    brought: ['record', 'Whether it was in force before this program was'],
    publishedAt: ['record', 'When it was published'],
    effectiveAt: ['record', 'When it takes effect, at the earliest'],
  },
})

/** That a version took effect: the database puts nothing in before the notice of it has run its time. */
export const policyEffects = pgTable('policy_effects', {
  number: integer()
    .primaryKey()
    .references(() => policyVersions.number, { onDelete: 'restrict' }),
  tookEffectAt: moment('took_effect_at').notNull(),
})

export const policyEffectsHeld = classify(policyEffects, {
  says: 'When each version of the privacy policy took effect',
  ...PUBLISHED,
  takesFrom: ['legal', 'operations'],
  reads: ['legal', 'service', 'rights', 'operations'],
  columns: {
    number: ['record', 'The number of the version'],
    tookEffectAt: ['record', 'When it took effect'],
  },
})
