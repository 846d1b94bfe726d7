/** The data map in the words of others: every term is looked up in the vocabularies' own lists. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse as parseCsv } from 'csv-parse/sync'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { openTestHouse } from '../../test/harness.ts'
import { categories, purposeNames } from '../database/purposes.ts'
import { processorsOf } from '../processors/all.ts'
import { register } from '../register.ts'
import { basisMeans, categoryMeans, measures, peopleMean, purposeMeans } from './vocabulary.ts'

const house = await openTestHouse()
const visitor = house.browser()
const ada = await house.person('Ada Reader', 'ada@example.org')
const legal = await house.member('legal')
const marketing = await house.member('marketing')

const listed = (file: string): ReadonlySet<string> =>
  new Set(
    readFileSync(new URL(`../../test/vocabularies/${file}.txt`, import.meta.url), 'utf8')
      .trim()
      .split('\n'),
  )
const dpv = new Set([...listed('dpv'), ...listed('pd'), ...listed('eu-gdpr')])
const [dataCategories, dataUses, dataSubjects] = [listed('fides-data_categories'), listed('fides-data_uses'), listed('fides-data_subjects')]
const bases = ['Consent', 'Contract', 'Legal obligations', 'Vital interests', 'Public interest', 'Legitimate interests'] as const

const known = (list: ReadonlySet<string>) => z.string().refine((term) => list.has(term), 'the vocabulary has no such term')

/** Every term of the vocabularies that a document of linked data uses, as key, type or value. */
function termsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(termsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const named = key === '@id' || key === '@type' ? [String(inner)] : [key]
    return [...named.filter((term) => /^(dpv|pd|eu-gdpr):/.test(term)), ...termsIn(inner)]
  })
}

test('every category, purpose, basis and measure has terms that exist, and every column a category that has some', () => {
  const meanings = [...Object.values(categoryMeans), ...Object.values(peopleMean)]
  const used = [...meanings, ...Object.values(purposeMeans)].flatMap((meaning) => meaning.dpv)
  for (const term of [...used, ...Object.values(basisMeans).map((basis) => basis.dpv), ...measures.map((measure) => measure.dpv)])
    assert(dpv.has(term), `${term} is no term of DPV`)
  for (const key of Object.values(categoryMeans).flatMap(({ fides }) => fides))
    assert(dataCategories.has(key), `${key} is no category of Fides`)
  for (const held of register)
    for (const [column, [category]] of Object.entries(held.columns))
      assert(category in categories && category in categoryMeans, `${held.name}.${column} has a category without terms: ${category}`)
})

test('anybody can take the map as linked data, and each of its terms is one of DPV', async () => {
  const answer = await visitor.get('/privacy/data.jsonld')
  assert.equal(answer.headers.get('content-type'), 'application/ld+json')
  const document = (await answer.json()) as { '@graph': Record<string, unknown>[] }
  const terms = termsIn(document['@graph'])
  assert(terms.includes('dpv:ROPA') && terms.includes('pd:EmailAddress') && terms.includes('eu-gdpr:A6-1-a'))
  assert.deepEqual(
    [...new Set(terms)].filter((term) => !dpv.has(term)),
    [],
  )
  const ids = new Set(document['@graph'].map((node) => node['@id']))
  const ours = JSON.stringify(document['@graph']).match(/map:[\w-]+/g) ?? []
  assert.deepEqual(
    ours.filter((id) => !ids.has(id)),
    [],
    'points at something that is not in it',
  )
})

const key = z.string().regex(/^[a-zA-Z0-9_.<>-]+$/)
const field = z.strictObject({
  name: z.string(),
  description: z.string(),
  data_categories: z.array(known(dataCategories)).min(1),
  fides_meta: z.strictObject({
    data_type: z.enum(['string', 'integer', 'float', 'boolean', 'object', 'string[]']),
    primary_key: z.boolean().optional(),
    identity: z.literal('email').optional(),
    references: z.array(z.strictObject({ dataset: key, field: z.string(), direction: z.enum(['from', 'to']) })).optional(),
  }),
})
const collection = z.strictObject({
  name: z.string(),
  description: z.string(),
  fides_meta: z.strictObject({
    erase_after: z.array(z.string()).optional(),
    masking_strategy_override: z.strictObject({ strategy: z.literal('delete') }).optional(),
  }),
  fields: z.array(field).min(1),
})
const declaration = z.strictObject({
  name: z.string(),
  data_categories: z.array(known(dataCategories)).min(1),
  data_use: known(dataUses),
  data_subjects: z.array(known(dataSubjects)).min(1),
  legal_basis_for_processing: z.enum(bases),
  retention_period: z.string().min(1),
  dataset_references: z.array(key),
  egress: z.array(key),
  data_shared_with_third_parties: z.boolean(),
  third_parties: z.string().optional(),
  shared_categories: z.array(known(dataCategories)),
})
const flow = z.strictObject({ fides_key: key, type: z.literal('system'), data_categories: z.array(known(dataCategories)) })
const system = z.strictObject({
  fides_key: key,
  organization_fides_key: key,
  name: z.string(),
  description: z.string().optional(),
  system_type: z.string(),
  responsibility: z.array(z.enum(['Controller', 'Processor', 'Sub-Processor'])),
  dataset_references: z.array(key).optional(),
  data_security_practices: z.string().optional(),
  egress: z.array(flow).optional(),
  does_international_transfers: z.boolean().optional(),
  legal_basis_for_transfers: z.array(z.enum(['SCCs', 'Adequacy Decision', 'BCRs', 'Supplementary Measures', 'Other'])).optional(),
  privacy_declarations: z.array(declaration),
})
const matches = (list: ReadonlySet<string>) =>
  z.strictObject({ matches: z.enum(['ANY', 'ALL', 'NONE', 'OTHER']), values: z.array(known(list)) })
const contact = z.strictObject({ name: z.string(), address: z.string(), email: z.email(), phone: z.string() })
const rule = z.strictObject({
  name: z.string(),
  data_categories: matches(dataCategories),
  data_uses: matches(dataUses),
  data_subjects: matches(dataSubjects),
})
// Fides ignores what it does not know; this does not.
const manifest = z.strictObject({
  organization: z.array(z.strictObject({ fides_key: key, name: z.string(), controller: contact, security_policy: z.url() })),
  dataset: z.array(
    z.strictObject({
      fides_key: key,
      organization_fides_key: key,
      name: z.string(),
      description: z.string(),
      meta: z.strictObject({ schema_fingerprint: z.string().regex(/^sha256:[0-9a-f]{64}$/), policy_version: z.string() }),
      fides_meta: z.strictObject({ namespace: z.strictObject({ schema: z.string() }) }),
      collections: z.array(collection),
    }),
  ),
  system: z.array(system),
  policy: z.array(z.strictObject({ fides_key: key, name: z.string(), rules: z.array(rule) })),
})

test('anybody can take it as a manifest of Fides, whose every key the taxonomy has', async () => {
  const answer = await visitor.get('/privacy/data.fides.yml')
  assert.match(answer.headers.get('content-type') ?? '', /^application\/yaml/)
  const { dataset, system: systems } = manifest.parse(parseYaml(await answer.text()))
  const [kept] = dataset
  assert.deepEqual(
    kept?.collections.map(({ name }) => name),
    register.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1)),
  )
  for (const { name, fields } of kept?.collections ?? [])
    assert.equal(fields.length, Object.keys(register.find((held) => held.name === name)?.columns ?? {}).length, name)
  const [ours, ...theirs] = systems
  assert.deepEqual(
    theirs.map(({ name }) => name),
    processorsOf(house.house.config).map(({ name }) => name),
  )
  const ways = new Set(ours?.egress?.map((way) => way.fides_key))
  assert.deepEqual(
    ours?.privacy_declarations.flatMap(({ egress }) => egress).filter((way) => !ways.has(way)),
    [],
  )
})

test('what points at what, in the manifest, is there', async () => {
  const { dataset } = manifest.parse(parseYaml(await visitor.read('/privacy/data.fides.yml')))
  const collections = dataset[0]?.collections ?? []
  const fields = new Set(collections.flatMap(({ name, fields }) => fields.map((one) => `${name}.${one.name}`)))
  const pointed = collections.flatMap((one) => one.fields.flatMap(({ fides_meta: meta }) => meta.references?.map((way) => way.field) ?? []))
  assert(pointed.includes('people.id'))
  assert.deepEqual(
    pointed.filter((target) => !fields.has(target)),
    [],
  )
})

test('the Article 30 record names everything that (a) to (g) ask for, as a page and as CSV', async () => {
  const page = await legal.read('/staff/article-30')
  for (const words of [
    'Cloudrun Inc',
    'hello@cloudrun.example',
    'Subscribers to updates',
    'Name and e-mail address',
    'Stripe',
    'standard contractual',
  ])
    assert(page.includes(words), words)
  const rows: Record<string, string>[] = parseCsv(await legal.read('/staff/article-30/record.csv'), { columns: true })
  assert.deepEqual([...new Set(rows.map(({ activity = '' }) => activity.split('-')[0]))], purposeNames)
  const columns = [
    'controller',
    'contact',
    'contact for privacy',
    'purpose',
    'people',
    'data',
    'transfers to third countries',
    'erased after',
    'security measures',
  ]
  for (const row of rows) for (const column of columns) assert(row[column], `${row['activity']} has no ${column}`)
  assert.match(
    rows.find(({ activity }) => activity === 'billing-contract')?.['transfers to third countries'] ?? '',
    /^Stripe: to the United States/,
  )
})

test('the Article 30 record is for those who answer for it', async () => {
  for (const browser of [ada, marketing])
    for (const path of ['/staff/article-30', '/staff/article-30/record.csv']) assert.equal((await browser.get(path)).status, 404)
  assert.equal((await visitor.get('/staff/article-30')).status, 303)
})
