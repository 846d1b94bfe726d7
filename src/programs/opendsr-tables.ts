import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

/** What a service can be asked for. The first three are of OpenDSR itself; the others are asked where a service names them. */
export const dsrKinds = ['erasure', 'access', 'portability', 'correction', 'restriction', 'release'] as const
export type DsrKind = (typeof dsrKinds)[number]

/** How a request stands at the service; the last two are final. */
export const dsrStandings = ['pending', 'in_progress', 'completed', 'cancelled'] as const
export type DsrStanding = (typeof dsrStandings)[number]

/** Where a service of the company answers requests about data itself. */
export const dsrServices = pgTable(
  'dsr_services',
  {
    id: ownId(),
    service: text().notNull(),
    url: text().notNull(),
    domain: text().notNull(),
    certificate: text().notNull(),
    kinds: text().array().notNull(),
    sealedBearer: bytea('sealed_bearer'),
    addedBy: idOf('added_by').references(() => people.id, { onDelete: 'restrict' }),
    addedAt: moment('added_at').notNull(),
  },
  (table) => [index('dsr_services_added_by').on(table.addedBy)],
)

export const dsrServicesHeld = classify(dsrServices, {
  says: 'Services of ours that answer requests about data themselves',
  about: { authors: ['addedBy'] },
  basis: 'legal obligation',
  keptFor: { while: 'the service takes part' },
  onErasure: { keep: 'It is a service’s; only who added it is forgotten', until: 'it is removed' },
  serves: ['security', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the door'],
    service: ['record', 'Which service it is'],
    url: ['record', 'Where it is asked'],
    domain: ['record', 'In whose name it signs'],
    certificate: ['record', 'The certificate by which its signature is verified'],
    kinds: ['record', 'What it can be asked for'],
    sealedBearer: ['sealed', 'What lets us in there, sealed under a key of the house'],
    addedBy: ['reference', 'Who added it'],
    addedAt: ['record', 'When it was added'],
  },
})

/** One request at one service, by the number that both know it by. */
export const dsrRequests = pgTable(
  'dsr_requests',
  {
    // A random UUID (version 4), as OpenDSR wants it.
    id: uuid().primaryKey().$type<Id>(),
    dsrServiceId: idOf('dsr_service_id')
      .notNull()
      .references(() => dsrServices.id, { onDelete: 'cascade' }),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    kind: text({ enum: dsrKinds }).notNull(),
    field: text(),
    standing: text({ enum: dsrStandings }).notNull(),
    sealedResults: bytea('sealed_results'),
    madeAt: moment('made_at').notNull(),
    takenAt: moment('taken_at'),
    expectedAt: moment('expected_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('dsr_requests_person').on(table.personId),
    index('dsr_requests_service').on(table.dsrServiceId),
    index('dsr_requests_made').on(table.madeAt),
  ],
)

export const dsrRequestsHeld = classify(dsrRequests, {
  says: 'What services of ours were asked to do with your data',
  about: { person: 'personId' },
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'madeAt' },
  onErasure: { blank: ['personId', 'sealedResults'] },
  serves: ['rights', 'operations'],
  columns: {
    id: ['reference', 'The number by which the service and we know it'],
    dsrServiceId: ['reference', 'A number that stands for the service'],
    personId: ['reference', 'A number that stands for you'],
    kind: ['record', 'What it was asked for'],
    field: ['record', 'What was corrected'],
    standing: ['record', 'How it stands there'],
    sealedResults: ['sealed', 'Where you fetch its copy, sealed under your key'],
    madeAt: ['record', 'When it was made'],
    takenAt: ['record', 'When the service took it, and signed that'],
    expectedAt: ['record', 'Until when the service wants to have done it'],
    endedAt: ['record', 'When the service signed that it is done, or that it does not do it'],
  },
})
