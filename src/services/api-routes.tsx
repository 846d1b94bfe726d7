/** What a service of the company asks and tells: may this person come in, and how much did they use. */
import { z } from 'zod'
import { asId } from '../log.ts'
import { operation } from '../programs/api.ts'
import { Refusal } from '../web/refusal.ts'
import { accessOf } from './access.ts'
import { serviceBy } from './catalogue.ts'
import { standings } from './tables.ts'
import { enterUsage } from './usage.ts'

const MOST = 300
const person = z
  .uuid()
  .transform((text) => asId(text) ?? z.NEVER)
  .describe('The number that stands for the person, as signing in told it')
const slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9-]+$/)
  .describe('The service’s name in addresses; a key that is bound to one service may leave it out')

const Access = z
  .strictObject({
    allowed: z.boolean().describe('Whether this person may use this service now'),
    standing: z.enum([...standings, 'none']).describe('How their membership stands; none where there is none'),
    plan: z.string().max(60).nullable().describe('The plan’s name in addresses'),
    seats: z.int32().min(0).describe('For how many people'),
    until: z.iso.datetime().nullable().describe('The moment from which on to ask again; null: ask again when access.changed is told'),
    limits: z.record(z.string().max(60), z.number()).describe('How much of what the plan allows'),
  })
  .meta({ id: 'Access', description: 'Whether a person may use a service, until when, and how much' })

const Usage = z
  .strictObject({
    service: slug.optional(),
    records: z
      .array(
        z.strictObject({
          record: z.string().min(1).max(100).describe('The service’s own number for this use: it counts once'),
          person,
          meter: z.string().min(1).max(60).describe('What is counted: the plan’s meter, or one of its limits'),
          quantity: z.int().min(0).max(1_000_000_000_000),
          happened_at: z.iso.datetime({ offset: true }).describe('When it was used'),
        }),
      )
      .min(1)
      .max(MOST),
  })
  .meta({ id: 'Usage', description: `Up to ${MOST} uses of one service` })

const Entered = z
  .strictObject({
    entered: z.int32().min(0).describe('How many were new'),
    repeated: z.int32().min(0).describe('How many were told before'),
    refused: z.array(z.string().max(100)).max(MOST).describe('Records whose person has no membership that counts this'),
  })
  .meta({ id: 'Entered', description: 'What became of a batch; it is durable' })

const example = '01a20adc-42fc-72e8-b87b-0b4b894a8323'

/** The service that is meant: a key that is bound to one speaks of no other. */
function meant(bound: string | undefined, told: string | undefined): string {
  const service = told ?? bound
  if (!service)
    throw new Refusal(422, 'Which service? This key is bound to none.', {
      flaws: [{ parameter: 'service', detail: 'Please name the service.' }],
    })
  if (bound && bound !== service) throw new Refusal(403, 'This key is bound to another service.', { detail: 'other service' })
  return service
}

export const servicesApi = [
  operation({
    id: 'readAccess',
    tag: 'Services',
    method: 'get',
    at: '/access',
    scope: 'access:read',
    title: 'May this person use this service?',
    says: 'One question, asked with every sign-in or request of a service. A person who does not exist and one without a membership answer alike.',
    query: z.object({ service: slug.optional(), person }),
    answers: {
      200: {
        says: 'The answer',
        schema: Access,
        example: { allowed: true, standing: 'active', plan: 'steady', seats: 1, until: null, limits: { runs: 10_000 } },
      },
    },
    act: async ({ house, program, query }) => {
      const { until, ...access } = await accessOf(house.db, { service: meant(program.service, query.service), person: query.person })
      return { status: 200, body: { ...access, until: until?.toISOString() ?? null } }
    },
  }),
  operation({
    id: 'reportUsage',
    tag: 'Services',
    method: 'post',
    at: '/usage',
    scope: 'usage:write',
    title: 'Report how much was used',
    says: 'Enters up to 300 uses. Each record counts once, under the service’s own number for it, however often it is told; what is answered is durable.',
    body: {
      schema: Usage,
      example: {
        service: 'scheduled-runs',
        records: [{ record: 'run-18442', person: example, meter: 'run', quantity: 1, happened_at: '2026-11-24T09:30:00Z' }],
      },
    },
    answers: { 200: { says: 'What became of it', schema: Entered, example: { entered: 1, repeated: 0, refused: [] } } },
    refuses: { 404: 'There is no such service' },
    act: async ({ house, program, body }) => {
      const slug = meant(program.service, body.service)
      const entered = await house.db.as('service', async (tx) => {
        const service = await serviceBy(tx, { slug })
        if (!service) throw new Refusal(404, 'There is no such service.', { detail: 'no such service' })
        const records = body.records.map(({ happened_at, ...record }) => ({ ...record, happenedAt: new Date(happened_at) }))
        return enterUsage(tx, service.id, records)
      })
      return { status: 200, body: { ...entered, refused: [...entered.refused] } }
    },
  }),
]
