/** The record of processing activities (GDPR Art. 30(1)), from the register and the nameplates: nobody keeps it by hand. */
import { categories as categoryWords } from '../database/purposes.ts'
import type { House } from '../web/house.ts'
import { csvLine } from '../web/csv.ts'
import { type Activity, activitiesOf } from './activity.ts'
import { keptForInWords } from './data-map.ts'
import { basisMeans, measures, peopleWords, purposeMeans } from './vocabulary.ts'

/** One processing activity; the letters are those of Art. 30(1). */
export interface Entry {
  readonly key: string
  /** (b) the purpose. */
  readonly purpose: string
  readonly basis: string
  /** (c) whom it is about, and what is kept. */
  readonly people: readonly string[]
  readonly data: readonly string[]
  /** (d) who receives of it. */
  readonly recipients: readonly string[]
  /** (e) transfers to third countries, with their safeguards. */
  readonly transfers: readonly string[]
  /** (f) when it is erased, table by table. */
  readonly retention: readonly (readonly [what: string, keptFor: string])[]
}

/** The record: (a) who answers for it, what is done, and (g) how it is protected. */
export interface ProcessingRecord {
  readonly controller: readonly (readonly [name: string, value: string])[]
  readonly entries: readonly Entry[]
  readonly measures: readonly string[]
}

/** The record as it is now. */
export const processingRecord = ({ config, content: { company } }: House): ProcessingRecord => ({
  controller: [
    ['Controller', company.name],
    ['Where', company.postalAddress || company.jurisdiction],
    ['Contact', company.contactAddress],
    ['Contact for privacy', config.privacyAddress],
  ],
  entries: activitiesOf(config).map(entryOf),
  measures: measures.map(({ says }) => says),
})

const entryOf = ({ key, purpose, basis, says, tables, categories, recipients }: Activity): Entry => ({
  key,
  purpose: says,
  basis: `${basisMeans[basis].article}: ${basis}`,
  people: purposeMeans[purpose].people.map((word) => peopleWords[word]),
  data: categories.map((category) => categoryWords[category]),
  recipients: recipients.map(({ name }) => name),
  transfers: recipients.flatMap(({ name, transfer }) => (transfer ? [`${name}: ${transfer}`] : [])),
  retention: tables.map((held) => [held.says, keptForInWords(held.keptFor)]),
})

/** The record as CSV (RFC 4180), a line an activity; what holds for all stands in each line, so that a line is whole by itself. */
export function processingCsv({ controller, entries, measures }: ProcessingRecord): string {
  const head = [
    ...controller.map(([name]) => name.toLowerCase()),
    ...[
      'activity',
      'purpose',
      'legal basis',
      'people',
      'data',
      'recipients',
      'transfers to third countries',
      'erased after',
      'security measures',
    ],
  ]
  const rows = entries.map(({ key, purpose, basis, people, data, recipients, transfers, retention }) => [
    ...controller.map(([, value]) => value),
    ...[key, purpose, basis, people.join('; '), data.join('; '), recipients.join('; '), transfers.join('; ') || 'none'],
    ...[retention.map(([what, keptFor]) => `${what}: ${keptFor}`).join('; '), measures.join('; ')],
  ])
  return [head, ...rows].map(csvLine).join('')
}
