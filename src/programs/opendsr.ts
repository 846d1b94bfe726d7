/**
 * Requests to services of the company by OpenDSR 2.0, in which we are the controller: made with a number of their own,
 * posted until the service signs that it took them, looked after until it signs that they are done. Nothing that is
 * not signed moves a request, and what is done stays done.
 */
import { randomUUID } from 'node:crypto'
import { and, asc, eq, getTableColumns, inArray, isNull, ne } from 'drizzle-orm'
import { z } from 'zod'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, word } from '../log.ts'
import { openFor, sealFor } from '../people/person.ts'
import { enter } from '../egress/ledger.ts'
import { askService, opendsr } from '../processors/opendsr.ts'
import type { House } from '../web/house.ts'
import { isSignedBy, type Signed } from './opendsr-signature.ts'
import { type DsrKind, dsrKinds, dsrRequests, dsrServices, dsrStandings } from './opendsr-tables.ts'

export type { DsrKind } from './opendsr-tables.ts'

/** Where a service answers requests. */
export type DsrService = typeof dsrServices.$inferSelect
type DsrRequest = typeof dsrRequests.$inferSelect

const SEALED_FOR = 'opendsr'

/** Where services send word of how a request stands. */
export const callbackPath = '/opendsr/callbacks'
const callbackUrl = ({ config }: House): string => config.origin + callbackPath

// What lets us in there is for those who ask there alone.
const { sealedBearer: _, ...listed } = getTableColumns(dsrServices)
export type ListedDsrService = Omit<DsrService, 'sealedBearer'>

/** The services that answer requests, oldest first. */
export const dsrServicesNow = (tx: For<'security' | 'rights'>): Promise<ListedDsrService[]> =>
  tx.select(listed).from(dsrServices).orderBy(asc(dsrServices.addedAt))

/** Those among them that somebody is registered for and that can be asked for this. */
export async function dsrServicesFor(tx: For<'rights'>, slugs: readonly string[], kind: DsrKind): Promise<DsrService[]> {
  if (slugs.length === 0) return []
  const found = await tx
    .select()
    .from(dsrServices)
    .where(inArray(dsrServices.service, [...slugs]))
    .orderBy(asc(dsrServices.addedAt))
  return found.filter(({ kinds }) => kinds.includes(kind))
}

export interface NewDsrService extends Pick<DsrService, 'service' | 'url' | 'domain' | 'certificate'> {
  readonly kinds: readonly DsrKind[]
  readonly bearer: string
  readonly addedBy: Id
}

/** Adds a service. */
export async function addDsrService(tx: For<'security'>, { bearer, kinds, ...fresh }: NewDsrService): Promise<void> {
  const sealedBearer = bearer ? seal(tx.db.keyring.own(SEALED_FOR), bearer) : null
  await tx.insert(dsrServices).values({ ...fresh, kinds: [...kinds], sealedBearer, addedAt: now() })
  log('programs.dsr-added', { staff: fresh.addedBy })
}

/** Removes a service, and what it was asked; false when there is none. */
export const removeDsrService = async (tx: For<'security'>, id: Id): Promise<boolean> =>
  ((await tx.delete(dsrServices).where(eq(dsrServices.id, id))).rowCount ?? 0) > 0

const discovered = z.object({
  api_version: z.string().regex(/^2\./),
  supported_identities: z.array(z.object({ identity_type: z.string(), identity_format: z.string() })),
  supported_subject_request_types: z.array(z.string()),
  processor_certificate: z.url(),
})

/** What a service says that it can be asked for; a sentence when it cannot take part. */
export async function discover(house: House, { url, domain }: { url: string; domain: string }): Promise<DsrKind[] | string> {
  const answer = await askService(house.config, { method: 'GET', url: `${url}/discovery` })
  if (answer?.status !== 200) return 'Nothing that speaks OpenDSR answers at that address.'
  const read = discovered.safeParse(parsed(answer.text))
  if (!read.success) return 'What answers there does not speak OpenDSR 2.'
  const { supported_identities: identities, supported_subject_request_types: types, processor_certificate: certificate } = read.data
  if (new URL(certificate).hostname !== domain) return 'It keeps its certificate at another domain than its own.'
  if (!identities.some((one) => one.identity_type === 'controller_customer_id' && one.identity_format === 'raw'))
    return 'It does not know people by the number that stands for them here (controller_customer_id, raw).'
  return dsrKinds.filter((kind) => types.includes(kind))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Makes a request, which is then posted by `pursue`. Returns its number. */
export async function makeDsrRequest(
  tx: For<'rights'>,
  fresh: { dsrServiceId: Id; personId: Id; kind: DsrKind; field?: string | undefined },
): Promise<Id> {
  const id = randomUUID() as Id
  await tx.insert(dsrRequests).values({ id, ...fresh, field: fresh.field ?? null, standing: 'pending', madeAt: now() })
  return id
}

/** Posts a request, or asks how it stands. `gone`: the service takes part no more. */
export async function pursue(house: House, id: Id): Promise<DsrRequest['standing'] | 'gone'> {
  const found = await house.db.as('rights', (tx) => requestWith(tx, id))
  if (!found) return 'gone'
  const { request } = found
  if (request.standing === 'completed' || request.standing === 'cancelled') return request.standing
  await (request.takenAt ? poll(house, found) : hand(house, found))
  return (await house.db.as('rights', (tx) => requestWith(tx, id)))?.request.standing ?? 'gone'
}

interface Found {
  readonly request: DsrRequest
  readonly service: DsrService
}

async function requestWith(tx: For<'rights'>, id: Id): Promise<Found | undefined> {
  const [found] = await tx
    .select({ request: dsrRequests, service: dsrServices })
    .from(dsrRequests)
    .innerJoin(dsrServices, eq(dsrServices.id, dsrRequests.dsrServiceId))
    .where(eq(dsrRequests.id, id))
  return found
}

const bearerOf = ({ db }: House, { sealedBearer }: DsrService): string | undefined =>
  sealedBearer ? unseal(db.keyring.own(SEALED_FOR), sealedBearer).toString() : undefined

/** A request as OpenDSR writes it; always in the same bytes, because a service sends them back. */
function bodyOf(house: House, { id, personId, kind, field, madeAt }: DsrRequest): string {
  return JSON.stringify({
    regulation: house.config.privacyClock.regime === 'ccpa' ? 'ccpa' : 'gdpr',
    subject_request_id: id,
    subject_request_type: kind,
    submitted_time: madeAt.toISOString(),
    subject_identities: [{ identity_type: 'controller_customer_id', identity_value: personId, identity_format: 'raw' }],
    api_version: '2.0',
    status_callback_urls: [callbackUrl(house)],
    ...(field ? { extensions: { [new URL(house.config.origin).hostname]: { field } } } : {}),
  })
}

const taken = z.object({ subject_request_id: z.string(), encoded_request: z.string(), expected_completion_time: z.coerce.date() })

async function hand(house: House, { request, service }: Found): Promise<void> {
  const body = bodyOf(house, request)
  const fields = ['account', 'request', 'kind', 'submitted', ...(request.field ? ['field'] : [])]
  await house.db.as('rights', (tx) => enter(tx, { plate: opendsr, fields, personId: request.personId }))
  const answer = await askService(house.config, { method: 'POST', url: `${service.url}/requests`, body, bearer: bearerOf(house, service) })
  if (answer?.status !== 201 || !believed(service, answer)) return
  const read = taken.safeParse(parsed(answer.text))
  // It must have taken this very request, and say so.
  if (!read.success || read.data.subject_request_id !== request.id) return
  if (Buffer.from(read.data.encoded_request, 'base64').toString() !== body) return
  const { expected_completion_time: expectedAt } = read.data
  await house.db.as('rights', (tx) => tx.update(dsrRequests).set({ takenAt: now(), expectedAt }).where(eq(dsrRequests.id, request.id)))
}

const told = z.object({ subject_request_id: z.string(), request_status: z.enum(dsrStandings), results_url: z.url().max(2_000).nullish() })

async function poll(house: House, { request, service }: Found): Promise<void> {
  const url = `${service.url}/requests/${request.id}`
  const answer = await askService(house.config, { method: 'GET', url, bearer: bearerOf(house, service) })
  if (answer?.status !== 200 || !believed(service, answer)) return
  const read = told.safeParse(parsed(answer.text))
  if (!read.success || read.data.subject_request_id !== request.id) return
  await house.db.as('rights', (tx) => move(tx, request.id, read.data))
}

function believed(service: DsrService, signed: Signed): boolean {
  const verdict = isSignedBy(service, signed)
  if (verdict !== 'yes') log('programs.dsr-refused', { service: service.id, verdict: word(verdict.replaceAll(' ', '-')) }, 'warn')
  return verdict === 'yes'
}

// What is completed or cancelled moves no more, whatever old word of it comes again.
async function move(tx: For<'rights'>, id: Id, { request_status: standing, results_url: url }: z.infer<typeof told>): Promise<boolean> {
  const [request] = await tx.select().from(dsrRequests).where(eq(dsrRequests.id, id)).for('update')
  if (!request || request.endedAt) return false
  const ends = standing === 'completed' || standing === 'cancelled'
  const sealedResults = url && request.personId ? await sealFor(tx, request.personId, url) : null
  await tx
    .update(dsrRequests)
    .set({ standing, sealedResults, takenAt: request.takenAt ?? now(), endedAt: ends ? now() : null })
    .where(and(eq(dsrRequests.id, id), isNull(dsrRequests.endedAt)))
  return ends
}

/** What came of a callback: `taken`, or why not. */
export type Callback = 'taken' | 'not its name' | 'not its signature' | 'unreadable'

const called = told.extend({ status_callback_url: z.string() })

/** Hears how a request stands. It may be told many times; a forged word, or one of another service’s request, moves nothing. */
export async function hearCallback(house: House, signed: Signed): Promise<Callback> {
  const candidates = (await house.db.as('rights', dsrServicesNow)).filter(({ domain }) => domain === signed.domain)
  if (candidates.length === 0) return 'not its name'
  const verdicts = candidates.map((service) => ({ service, verdict: isSignedBy(service, signed) }))
  const signers = verdicts.filter(({ verdict }) => verdict === 'yes').map(({ service }) => service.id)
  if (signers.length === 0) return verdicts.some(({ verdict }) => verdict === 'not its signature') ? 'not its signature' : 'not its name'
  const read = called.safeParse(parsed(signed.text))
  if (!read.success || read.data.status_callback_url !== callbackUrl(house)) return 'unreadable'
  const id = z.uuid().safeParse(read.data.subject_request_id)
  if (!id.success) return 'unreadable'
  return house.db.as('rights', async (tx) => {
    const found = await requestWith(tx, id.data as Id)
    if (!found || !signers.includes(found.service.id)) return 'unreadable'
    if (await move(tx, found.request.id, read.data)) await enqueue(tx, 'rights.heard', { messageId: found.request.id })
    return 'taken'
  })
}

/** Where somebody fetches the copies that services hold ready, by the number of the request. */
export async function resultsOf(tx: For<'rights'>, personId: Id): Promise<ReadonlyMap<Id, string>> {
  const rows = await tx
    .select({ id: dsrRequests.id, sealed: dsrRequests.sealedResults })
    .from(dsrRequests)
    .where(and(eq(dsrRequests.personId, personId), ne(dsrRequests.standing, 'cancelled')))
  const results = new Map<Id, string>()
  for (const { id, sealed } of rows) if (sealed) results.set(id, (await openFor(tx, personId, sealed)).toString())
  return results
}
