/** The data map as a manifest of Fides: YAML in the shape and the taxonomy of fideslang 3. */
import { createHash } from 'node:crypto'
import { getTableName } from 'drizzle-orm'
import { getTableConfig, type PgColumn } from 'drizzle-orm/pg-core'
import { stringify } from 'yaml'
import type { Config } from '../config.ts'
import { answersOf, columnOf, type Held } from '../database/classify.ts'
import { processorsOf } from '../processors/all.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { register } from '../register.ts'
import { numberInForce } from '../versions/permission.ts'
import type { House } from '../web/house.ts'
import { type Activity, activitiesOf, keyOfProcessor, receivedBy } from './activity.ts'
import { dataMap, keptForInWords } from './data-map.ts'
import { basisMeans, categoryMeans, measures, peopleMean, purposeMeans } from './vocabulary.ts'

const DATASET = 'cloudrun_db'
const ORGANIZATION = 'default_organization'

/** The manifest. */
export const fidesManifest = (house: House): string => stringify(manifest(house), { lineWidth: 0, aliasDuplicateObjects: false })

function manifest({ config, db, content: { company } }: House): object {
  const contact = { name: company.name, address: company.postalAddress || company.jurisdiction, email: config.privacyAddress, phone: '' }
  return {
    organization: [{ fides_key: ORGANIZATION, name: company.name, controller: contact, security_policy: `${config.origin}/security` }],
    dataset: [
      {
        fides_key: DATASET,
        organization_fides_key: ORGANIZATION,
        name: DATASET,
        description: 'Made from the program’s own declarations; do not edit',
        meta: { schema_fingerprint: fingerprint(), policy_version: String(numberInForce(db) ?? '') },
        fides_meta: { namespace: { schema: 'public' } },
        collections: register.map(collection).sort((a, b) => (a.name < b.name ? -1 : 1)),
      },
    ],
    system: [ourSystem(config, company.name), ...processorsOf(config).map(theirSystem)],
    policy: [policy()],
  }
}

/** Changes when what is kept does. */
const fingerprint = (): string => `sha256:${createHash('sha256').update(JSON.stringify(dataMap)).digest('hex')}`

// ---- What is kept ------------------------------------------------------------------------------

const keysOf = (held: Held) =>
  getTableConfig(held.table).foreignKeys.map((key) => {
    const { columns, foreignTable, foreignColumns } = key.reference()
    return { from: columns[0]?.name ?? '', table: getTableName(foreignTable), column: foreignColumns[0]?.name ?? '' }
  })

/** What must be erased before: whatever points at this one. */
const pointingAt = (held: Held): string[] =>
  register
    .filter((other) => other !== held && keysOf(other).some(({ table }) => table === held.name))
    .map(({ name }) => `${DATASET}.${name}`)

const collection = (held: Held) => {
  const before = pointingAt(held)
  const deleted = held.onErasure === 'delete' && held.about !== 'nobody'
  return {
    name: held.name,
    description: held.says,
    fides_meta: {
      ...(before.length > 0 ? { erase_after: before } : {}),
      ...(deleted ? { masking_strategy_override: { strategy: 'delete' } } : {}),
    },
    fields: answersOf(held).map(({ key, name, category, says }) => ({
      name,
      description: says,
      data_categories: categoryMeans[category].fides,
      fides_meta: fieldMeta(held, columnOf(held, key), key),
    })),
  }
}

function fieldMeta(held: Held, column: PgColumn, key: string): object {
  const target = keysOf(held).find(({ from }) => from === column.name)
  const identity = held.about !== 'nobody' && held.about.address === key
  return {
    data_type: typeOf(column),
    ...(column.primary ? { primary_key: true } : {}),
    ...(identity ? { identity: 'email' } : {}),
    ...(target ? { references: [{ dataset: DATASET, field: `${target.table}.${target.column}`, direction: 'from' }] } : {}),
  }
}

function typeOf({ dataType, columnType }: PgColumn): string {
  if (dataType === 'number') return /Integer|SmallInt|BigInt|Serial/.test(columnType) ? 'integer' : 'float'
  if (dataType === 'array') return 'string[]'
  return ({ boolean: 'boolean', json: 'object', bigint: 'integer' } as Record<string, string>)[dataType] ?? 'string'
}

// ---- What is done with it ----------------------------------------------------------------------

const fidesOf = (names: readonly (keyof typeof categoryMeans)[]): string[] => [
  ...new Set(names.flatMap((name) => categoryMeans[name].fides)),
]

const ourSystem = (config: Config, company: string): object => ({
  fides_key: 'cloudrun',
  organization_fides_key: ORGANIZATION,
  name: `The customer side of ${company}`,
  system_type: 'Application',
  responsibility: ['Controller'],
  dataset_references: [DATASET],
  data_security_practices: measures.map(({ says }) => says).join('. '),
  egress: processorsOf(config).map((one) => ({
    fides_key: keyOfProcessor(one),
    type: 'system',
    data_categories: fidesOf(receivedBy(one)),
  })),
  privacy_declarations: activitiesOf(config).map(declaration),
})

function declaration({ key, purpose, basis, tables, categories, recipients }: Activity): object {
  const { fides, people } = purposeMeans[purpose]
  const shared = recipients.filter((one) => receivedBy(one).length > 0)
  return {
    name: key,
    data_categories: fidesOf(categories),
    data_use: fides,
    data_subjects: [...new Set(people.flatMap((word) => peopleMean[word].fides))],
    legal_basis_for_processing: basisMeans[basis].fides,
    retention_period: tables.map((held) => `${held.says}: ${keptForInWords(held.keptFor).toLowerCase()}`).join('; '),
    dataset_references: [DATASET],
    egress: recipients.map(keyOfProcessor),
    data_shared_with_third_parties: shared.length > 0,
    ...(shared.length > 0 ? { third_parties: shared.map(({ name }) => name).join(', ') } : {}),
    shared_categories: fidesOf(shared.flatMap(receivedBy)),
  }
}

const theirSystem = (processor: Nameplate): object => ({
  fides_key: keyOfProcessor(processor),
  organization_fides_key: ORGANIZATION,
  name: processor.name,
  description: processor.does,
  system_type: 'Third Party',
  responsibility: ['Processor'],
  does_international_transfers: processor.transfer !== undefined,
  legal_basis_for_transfers: processor.transfer ? ['SCCs'] : [],
  privacy_declarations: [],
})

const policy = (): object => ({
  fides_key: 'published_privacy_policy',
  name: 'What the privacy policy promises',
  rules: [
    {
      name: 'Nothing is shared or sold for advertising (P11)',
      data_categories: { matches: 'ANY', values: ['user'] },
      data_uses: { matches: 'ANY', values: ['marketing.advertising', 'sales', 'train_ai_system'] },
      data_subjects: { matches: 'ANY', values: ['customer', 'prospect', 'visitor', 'anonymous_user'] },
    },
  ],
})
