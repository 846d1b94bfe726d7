import { boolean, date, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { people } from '../people/tables.ts'
import { demandKindNames, endingNames, paperNames } from './kinds.ts'

const demand = () =>
  idOf('demand_id')
    .notNull()
    .references(() => legalDemands.id, { onDelete: 'restrict' })
const scope = () => idOf('scope_id').references(() => legalDemandScopes.id, { onDelete: 'restrict' })
const DEMAND = ['reference', 'A number that stands for the demand'] as const
const SCOPE = ['reference', 'For which scope'] as const

/** The register of demands can only be added to: by grants, and by triggers that stop its owner, too. */
const KEPT = {
  basis: 'legal obligation',
  keptFor: { while: 'the company has to be able to show what it handed over, and why' },
} as const
const ADDED_TO = {
  about: 'nobody',
  ...KEPT,
  onErasure: { keep: 'It says what authorities demanded, and names nobody', until: 'the company ends' },
  serves: [],
  takesFrom: ['legal'],
  reads: ['legal', 'rights'],
} as const
export const legalDemands = pgTable(
  'legal_demands',
  {
    id: ownId(),
    kind: text({ enum: demandKindNames }).notNull(),
    authority: text().notNull(),
    instrument: text().notNull(),
    jurisdiction: text().notNull(),
    fileNumber: text('file_number').notNull(),
    inRanges: boolean('in_ranges').notNull(),
    receivedOn: date('received_on', { mode: 'string' }).notNull(),
    dueOn: date('due_on', { mode: 'string' }).notNull(),
    enteredAt: moment('entered_at').notNull(),
  },
  (table) => [index('legal_demands_due').on(table.dueOn)],
)

export const legalDemandsHeld = classify(legalDemands, {
  says: 'The register of legal demands',
  ...ADDED_TO,
  columns: {
    id: DEMAND,
    kind: ['record', 'Whether it is a demand, an emergency or a preservation letter'],
    authority: ['content', 'Which authority demands it'],
    instrument: ['content', 'With which instrument, such as a warrant'],
    jurisdiction: ['content', 'Under whose law'],
    fileNumber: ['content', 'The authority’s file number'],
    inRanges: ['record', 'Whether the law lets us publish ranges alone'],
    receivedOn: ['record', 'When it came in'],
    dueOn: ['record', 'Until when it is to be answered'],
    enteredAt: ['record', 'When it was entered'],
  },
})

/** Documents, sealed under a key of the house's own. */
export const legalDemandPapers = pgTable(
  'legal_demand_papers',
  {
    id: ownId(),
    demandId: demand(),
    kind: text({ enum: paperNames }).notNull(),
    name: text().notNull(),
    contentHash: text('content_hash').notNull(),
    sealedBytes: bytea('sealed_bytes').notNull(),
    filedAt: moment('filed_at').notNull(),
  },
  (table) => [index('legal_demand_papers_demand').on(table.demandId)],
)

export const legalDemandPapersHeld = classify(legalDemandPapers, {
  says: 'Documents of legal demands',
  ...ADDED_TO,
  reads: ['legal'],
  columns: {
    id: ['reference', 'A number that stands for the document'],
    demandId: DEMAND,
    kind: ['record', 'What it is'],
    name: ['content', 'Its name'],
    contentHash: ['record', 'The SHA-256 of its bytes'],
    sealedBytes: ['sealed', 'Its bytes, sealed under a key of the house'],
    filedAt: ['record', 'When it was filed'],
  },
})

/** What is demanded: columns and days; the people stand beside it. The newest scope holds. */
export const legalDemandScopes = pgTable(
  'legal_demand_scopes',
  {
    id: ownId(),
    demandId: demand(),
    columns: text().array().notNull(),
    fromDay: date('from_day', { mode: 'string' }),
    untilDay: date('until_day', { mode: 'string' }),
    unknown: integer().notNull(),
    why: text().notNull(),
    scopedAt: moment('scoped_at').notNull(),
  },
  (table) => [index('legal_demand_scopes_demand').on(table.demandId, table.id)],
)

export const legalDemandScopesHeld = classify(legalDemandScopes, {
  says: 'What legal demands cover',
  ...ADDED_TO,
  columns: {
    id: ['reference', 'A number that stands for the scope'],
    demandId: DEMAND,
    columns: ['content', 'Which columns of the data map'],
    fromDay: ['record', 'From which day'],
    untilDay: ['record', 'Until which day'],
    unknown: ['record', 'How many whom it names are not known here'],
    why: ['content', 'Why it was narrowed'],
    scopedAt: ['record', 'When it was written down'],
  },
})

/** Somebody whom a demand names. Their copy and their page show it once they may be told. */
export const legalDemandPeople = pgTable(
  'legal_demand_people',
  {
    id: ownId(),
    demandId: demand(),
    scopeId: scope().notNull(),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    told: text(),
    toldAt: moment('told_at'),
    disclosed: text(),
    disclosedAt: moment('disclosed_at'),
    namedAt: moment('named_at').notNull(),
  },
  (table) => [
    uniqueIndex('legal_demand_people_once').on(table.scopeId, table.personId),
    index('legal_demand_people_person').on(table.personId),
    index('legal_demand_people_demand').on(table.demandId),
  ],
)

export const legalDemandPeopleHeld = classify(legalDemandPeople, {
  says: 'Legal demands that named you',
  about: { person: 'personId' },
  shownFrom: 'toldAt',
  ...KEPT,
  onErasure: { blank: ['personId'] },
  serves: ['rights'],
  takesFrom: ['legal'],
  reads: ['legal'],
  columns: {
    id: ['reference', 'A number that stands for it'],
    demandId: DEMAND,
    scopeId: SCOPE,
    personId: ['reference', 'A number that stands for you, as long as you are here'],
    told: ['record', 'Who demanded what about you'],
    toldAt: ['record', 'When we told you; before that a law may forbid us to show it'],
    disclosed: ['record', 'What was handed over'],
    disclosedAt: ['record', 'When it was handed over'],
    namedAt: ['record', 'When it was written down that it names you'],
  },
})

/** How the checklist ended; the newest finding holds. */
export const legalDemandFindings = pgTable(
  'legal_demand_findings',
  {
    id: ownId(),
    demandId: demand(),
    scopeId: scope().notNull(),
    competent: boolean().notNull(),
    valid: boolean().notNull(),
    applies: boolean().notNull(),
    specific: boolean().notNull(),
    necessary: boolean().notNull(),
    ending: text({ enum: endingNames }).notNull(),
    legalBasis: text('legal_basis').notNull(),
    letter: text().notNull(),
    foundAt: moment('found_at').notNull(),
  },
  (table) => [index('legal_demand_findings_demand').on(table.demandId, table.id)],
)

export const legalDemandFindingsHeld = classify(legalDemandFindings, {
  says: 'How legal demands were examined',
  ...ADDED_TO,
  columns: {
    id: ['reference', 'A number that stands for the finding'],
    demandId: DEMAND,
    scopeId: SCOPE,
    competent: ['record', 'Whether the authority may'],
    valid: ['record', 'Whether the instrument is valid'],
    applies: ['record', 'Whether its law applies'],
    specific: ['record', 'Whether it is specific'],
    necessary: ['record', 'Whether no less would do'],
    ending: ['record', 'How it ended'],
    legalBasis: ['content', 'The law that requires it'],
    letter: ['content', 'The letter in which it was refused, or the reasons'],
    foundAt: ['record', 'When'],
  },
})

/** A bar on telling: why, and until when. The newest holds; a later end needs a document. */
export const legalDemandBars = pgTable(
  'legal_demand_bars',
  {
    id: ownId(),
    demandId: demand(),
    legalBasis: text('legal_basis').notNull(),
    endsAt: moment('ends_at').notNull(),
    paperId: idOf('paper_id').references(() => legalDemandPapers.id, { onDelete: 'restrict' }),
    notedAt: moment('noted_at').notNull(),
  },
  (table) => [index('legal_demand_bars_demand').on(table.demandId, table.id)],
)

export const legalDemandBarsHeld = classify(legalDemandBars, {
  says: 'Bars on telling of legal demands',
  ...ADDED_TO,
  columns: {
    id: ['reference', 'A number that stands for the bar'],
    demandId: DEMAND,
    legalBasis: ['content', 'The law that forbids to tell'],
    endsAt: ['record', 'When it lapses'],
    paperId: ['reference', 'The document that orders it'],
    notedAt: ['record', 'When it was noted'],
  },
})
