import { index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { people } from '../people/tables.ts'
import { happeningNames } from './kinds.ts'
import { legalDemandFindings, legalDemands, legalDemandScopes } from './tables.ts'

const demand = () =>
  idOf('demand_id')
    .notNull()
    .references(() => legalDemands.id, { onDelete: 'restrict' })

const scope = () =>
  idOf('scope_id')
    .notNull()
    .references(() => legalDemandScopes.id, { onDelete: 'restrict' })
const finding = () =>
  idOf('finding_id')
    .notNull()
    .references(() => legalDemandFindings.id, { onDelete: 'restrict' })
const author = () => idOf('by_id').references(() => people.id, { onDelete: 'restrict' })
const DEMAND = ['reference', 'A number that stands for the demand'] as const
const SCOPE = ['reference', 'For which scope'] as const

/** Only ever added to, as `tables.ts` says of its own. */
const ADDED_TO = {
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { while: 'the company has to be able to show what it handed over, and why' },
  onErasure: { keep: 'It says what was handed over, and names nobody', until: 'the company ends' },
  serves: [],
  takesFrom: ['legal'],
  reads: ['legal', 'rights'],
} as const
const AUTHORED = {
  ...ADDED_TO,
  about: { authors: ['byId'] },
  onErasure: { keep: 'What was done stays, without its author', until: 'the company ends' },
  // An author who is erased is taken out of what they did.
  serves: ['rights'],
  reads: ['legal'],
} as const

/** What was done about a demand, when and by whom; the program itself is nobody. */
export const legalDemandActs = pgTable(
  'legal_demand_acts',
  {
    id: ownId(),
    demandId: demand(),
    what: text({ enum: happeningNames }).notNull(),
    detail: text(),
    byId: idOf('by_id').references(() => people.id, { onDelete: 'restrict' }),
    doneAt: moment('done_at').notNull(),
  },
  (table) => [index('legal_demand_acts_demand').on(table.demandId, table.id), index('legal_demand_acts_by').on(table.byId)],
)

export const legalDemandActsHeld = classify(legalDemandActs, {
  says: 'What was done about legal demands',
  ...AUTHORED,
  columns: {
    id: ['reference', 'A number that stands for the act'],
    demandId: DEMAND,
    what: ['record', 'What was done'],
    detail: ['record', 'More about it in a word'],
    byId: ['reference', 'Which member of staff it was'],
    doneAt: ['record', 'When'],
  },
})

/** Data that a preservation letter sets aside, sealed under a key of the house, until the letter's term ends. */
export const legalDemandPreserved = pgTable(
  'legal_demand_preserved',
  {
    id: ownId(),
    demandId: demand(),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    sealedData: bytea('sealed_data').notNull(),
    dataHash: text('data_hash').notNull(),
    preservedAt: moment('preserved_at').notNull(),
    toldAt: moment('told_at'),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('legal_demand_preserved_once').on(table.demandId, table.personId),
    index('legal_demand_preserved_person').on(table.personId),
    index('legal_demand_preserved_expires').on(table.expiresAt),
  ],
)

export const legalDemandPreservedHeld = classify(legalDemandPreserved, {
  says: 'Data about you that a preservation letter makes us set aside',
  about: { person: 'personId' },
  shownFrom: 'toldAt',
  repeats: true,
  basis: 'legal obligation',
  keptFor: { until: 'expiresAt', says: 'until the term of the letter ends' },
  onErasure: { blank: ['personId'] },
  serves: ['rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for it'],
    demandId: ['reference', 'A number that stands for the letter'],
    personId: ['reference', 'A number that stands for you, as long as you are here'],
    sealedData: ['sealed', 'The data, sealed under a key of the house'],
    dataHash: ['record', 'Its SHA-256'],
    preservedAt: ['record', 'When it was set aside'],
    toldAt: ['record', 'When we told you'],
    expiresAt: ['record', 'When it is deleted'],
  },
})

/** Somebody of the legal role approved the release of exactly this scope after this finding. */
export const legalDemandApprovals = pgTable(
  'legal_demand_approvals',
  {
    id: ownId(),
    demandId: demand(),
    scopeId: scope(),
    findingId: finding(),
    byId: author(),
    approvedAt: moment('approved_at').notNull(),
  },
  (table) => [
    uniqueIndex('legal_demand_approvals_once').on(table.findingId, table.byId),
    index('legal_demand_approvals_by').on(table.byId),
  ],
)

export const legalDemandApprovalsHeld = classify(legalDemandApprovals, {
  says: 'Who approved that data is handed over',
  ...AUTHORED,
  columns: {
    id: ['reference', 'A number that stands for the approval'],
    demandId: DEMAND,
    scopeId: SCOPE,
    findingId: ['reference', 'After which finding'],
    byId: ['reference', 'Which member of staff it was'],
    approvedAt: ['record', 'When'],
  },
})

/** What was handed over: counts and the hash of the file, never the data. */
export const legalDemandReleases = pgTable(
  'legal_demand_releases',
  {
    id: ownId(),
    demandId: demand(),
    scopeId: scope(),
    findingId: finding(),
    people: integer().notNull(),
    rows: integer().notNull(),
    bytes: integer().notNull(),
    fileHash: text('file_hash').notNull(),
    releasedAt: moment('released_at').notNull(),
  },
  (table) => [index('legal_demand_releases_demand').on(table.demandId)],
)

export const legalDemandReleasesHeld = classify(legalDemandReleases, {
  says: 'What was handed over to authorities',
  ...ADDED_TO,
  columns: {
    id: ['reference', 'A number that stands for it'],
    demandId: DEMAND,
    scopeId: SCOPE,
    findingId: ['reference', 'After which finding'],
    people: ['record', 'About how many people'],
    rows: ['record', 'How many rows'],
    bytes: ['record', 'How many bytes'],
    fileHash: ['record', 'The SHA-256 of the file'],
    releasedAt: ['record', 'When'],
  },
})
