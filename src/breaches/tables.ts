import { boolean, date, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { people } from '../people/tables.ts'
import { fates, happeningNames, natureNames, noticeNames, sourceNames, whoNames } from './kinds.ts'

const breach = () =>
  idOf('breach_id')
    .notNull()
    .references(() => breaches.id, { onDelete: 'restrict' })
const BREACH = ['reference', 'A number that stands for the breach'] as const
/**
 * The register of breaches (GDPR Art. 33(5)) can only be added to: its logins may insert and read, and
 * neither change nor delete.
 */
const ADDED_TO = {
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { while: 'the company has to be able to show what it did about breaches' },
  onErasure: { keep: 'The law wants every breach written down; it says nothing of who is concerned', until: 'the company ends' },
  serves: [],
  takesFrom: ['legal'],
  reads: ['legal', 'rights'],
} as const

export const breaches = pgTable(
  'breaches',
  {
    id: ownId(),
    source: text({ enum: sourceNames }).notNull(),
    processor: text(),
    processorKnewOn: date('processor_knew_on', { mode: 'string' }),
    awareAt: moment('aware_at').notNull(),
    openedAt: moment('opened_at').notNull(),
  },
  (table) => [index('breaches_aware').on(table.awareAt)],
)

export const breachesHeld = classify(breaches, {
  says: 'The register of breaches',
  ...ADDED_TO,
  columns: {
    id: BREACH,
    source: ['record', 'Where it happened'],
    processor: ['content', 'With which company'],
    processorKnewOn: ['record', 'When that company knew'],
    awareAt: ['record', 'When we became aware of it'],
    openedAt: ['record', 'When it was entered here'],
  },
})

/** What is known about a breach: each time that it is written down, a row; the newest holds. */
export const breachFacts = pgTable(
  'breach_facts',
  {
    id: ownId(),
    breachId: breach(),
    title: text().notNull(),
    happened: text().notNull(),
    nature: text({ enum: natureNames }).notNull(),
    beganOn: date('began_on', { mode: 'string' }),
    endedOn: date('ended_on', { mode: 'string' }),
    columns: text().array().notNull(),
    encrypted: boolean().notNull(),
    who: text({ enum: whoNames }).notNull(),
    serviceId: idOf('service_id'),
    registeredFrom: date('registered_from', { mode: 'string' }),
    registeredUntil: date('registered_until', { mode: 'string' }),
    floridians: integer(),
    californians: integer(),
    consequences: text().notNull(),
    measures: text().notNull(),
    advice: text().notNull(),
    knownAt: moment('known_at').notNull(),
  },
  (table) => [index('breach_facts_breach').on(table.breachId, table.id)],
)

export const breachFactsHeld = classify(breachFacts, {
  says: 'What is known about a breach',
  ...ADDED_TO,
  columns: {
    id: ['reference', 'A number that stands for this writing-down'],
    breachId: BREACH,
    title: ['content', 'What happened, in a line'],
    happened: ['content', 'What happened'],
    nature: ['record', 'What was broken'],
    beganOn: ['record', 'When it began'],
    endedOn: ['record', 'When it ended'],
    columns: ['content', 'Which columns of the data map it touches'],
    encrypted: ['record', 'Whether nobody can read what was taken'],
    who: ['record', 'Who is meant'],
    serviceId: ['reference', 'Of which service'],
    registeredFrom: ['record', 'Registered from which day'],
    registeredUntil: ['record', 'Registered until which day'],
    floridians: ['record', 'How many live in Florida'],
    californians: ['record', 'How many live in California'],
    consequences: ['content', 'What may come of it'],
    measures: ['content', 'What we do about it'],
    advice: ['content', 'What the people can do'],
    knownAt: ['record', 'When it was written down'],
  },
})

/** What was written about a breach; the newest of a kind holds. */
export const breachNotices = pgTable(
  'breach_notices',
  {
    id: ownId(),
    breachId: breach(),
    kind: text({ enum: noticeNames }).notNull(),
    subject: text().notNull(),
    body: text().notNull(),
    writtenAt: moment('written_at').notNull(),
  },
  (table) => [index('breach_notices_breach').on(table.breachId, table.kind, table.id)],
)

export const breachNoticesHeld = classify(breachNotices, {
  says: 'Notices of breaches',
  ...ADDED_TO,
  columns: {
    id: ['reference', 'A number that stands for the notice'],
    breachId: BREACH,
    kind: ['record', 'To whom it is'],
    subject: ['content', 'Its subject'],
    body: ['content', 'Its words'],
    writtenAt: ['record', 'When it was written'],
  },
})

/** What was done about a breach, when and by whom; the program itself is nobody. */
export const breachActs = pgTable(
  'breach_acts',
  {
    id: ownId(),
    breachId: breach(),
    what: text({ enum: happeningNames }).notNull(),
    detail: text(),
    words: text(),
    byId: idOf('by_id').references(() => people.id, { onDelete: 'restrict' }),
    doneAt: moment('done_at').notNull(),
  },
  (table) => [index('breach_acts_breach').on(table.breachId, table.id), index('breach_acts_by').on(table.byId)],
)

export const breachActsHeld = classify(breachActs, {
  says: 'What was done about a breach',
  ...ADDED_TO,
  about: { authors: ['byId'] },
  onErasure: { keep: 'What was done stays, without its author', until: 'the company ends' },
  // An author who is erased is taken out of what they did.
  serves: ['rights'],
  takesFrom: ['legal'],
  reads: ['legal'],
  columns: {
    id: ['reference', 'A number that stands for the act'],
    breachId: BREACH,
    what: ['record', 'What was done'],
    detail: ['record', 'More about it in a word, such as which authority'],
    words: ['content', 'Why, or with which reference'],
    byId: ['reference', 'Which member of staff it was'],
    doneAt: ['record', 'When'],
  },
})

/** Somebody whom a breach concerns, and what became of their notice. */
export const breachPeople = pgTable(
  'breach_people',
  {
    id: ownId(),
    breachId: breach(),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    place: text(),
    told: text(),
    fate: text({ enum: fates }).notNull(),
    letterId: idOf('letter_id'),
    concernedAt: moment('concerned_at').notNull(),
    fateAt: moment('fate_at').notNull(),
  },
  (table) => [
    uniqueIndex('breach_people_once').on(table.breachId, table.personId),
    index('breach_people_person').on(table.personId),
    index('breach_people_fate').on(table.breachId, table.fate, table.id),
  ],
)

export const breachPeopleHeld = classify(breachPeople, {
  says: 'Breaches that concerned you',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 1_825, after: 'concernedAt' },
  onErasure: { blank: ['personId', 'letterId', 'place'] },
  serves: ['rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for it'],
    breachId: BREACH,
    personId: ['reference', 'A number that stands for you, as long as you are here'],
    place: ['contact', 'In which state you live, where that was known'],
    told: ['record', 'What happened, in the line that we told you'],
    fate: ['record', 'What became of our notice to you'],
    letterId: ['reference', 'A number that stands for the letter'],
    concernedAt: ['record', 'When it was clear that it concerns you'],
    fateAt: ['record', 'When it was clear what became of the notice'],
  },
})
