/**
 * The catalogue: services and their plans. What stands in `content/services` is stocked at the start;
 * from the moment on which staff change a service or a plan, the database's word counts.
 */
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { plans, services } from './tables.ts'

type Reading = For<'service' | 'billing' | 'updates' | 'support' | 'personalisation'>

export type Plan = typeof plans.$inferSelect
export type Service = typeof services.$inferSelect & { readonly plans: readonly Plan[] }

/** Every service with all its plans, in the order of the catalogue; closed and retired ones, too. */
export async function catalogue(tx: Reading): Promise<Service[]> {
  const [all, offered] = [
    await tx.select().from(services).orderBy(asc(services.place), asc(services.slug)),
    await tx.select().from(plans).orderBy(asc(plans.place), asc(plans.slug)),
  ]
  const byService = Map.groupBy(offered, (plan) => plan.serviceId)
  return all.map((service) => ({ ...service, plans: byService.get(service.id) ?? [] }))
}

/** The service with this slug or id, with all its plans. */
export async function serviceBy(tx: Reading, by: { slug: string } | { id: Id }): Promise<Service | undefined> {
  // What no slug can be, such as a NUL, is not even asked for: PostgreSQL would refuse the question.
  if ('slug' in by && !/^[a-z0-9-]+$/.test(by.slug)) return undefined
  const [service] = await tx
    .select()
    .from(services)
    .where('slug' in by ? eq(services.slug, by.slug) : eq(services.id, by.id))
  if (!service) return undefined
  return {
    ...service,
    plans: await tx.select().from(plans).where(eq(plans.serviceId, service.id)).orderBy(asc(plans.place), asc(plans.slug)),
  }
}

/** The plan with this id. */
export async function planOf(tx: Reading, id: Id): Promise<Plan | undefined> {
  return (await tx.select().from(plans).where(eq(plans.id, id)))[0]
}

/** The plan of a service that is paid by this price at Stripe. */
export async function planPricedBy(tx: Reading, serviceId: Id, lookupKey: string): Promise<Plan | undefined> {
  return (
    await tx
      .select()
      .from(plans)
      .where(and(eq(plans.serviceId, serviceId), eq(plans.lookupKey, lookupKey)))
  )[0]
}

/** What newcomers can choose from. */
export const openPlans = (service: Service): Plan[] => (service.closedAt ? [] : service.plans.filter((plan) => !plan.retiredAt))

/** What of a service staff can change. */
export type ServiceWords = Pick<Service, 'title' | 'summary' | 'words' | 'help' | 'place'>

/** Changes a service; from now on it does not follow its file. */
export async function changeService(tx: For<'service'>, id: Id, words: ServiceWords): Promise<void> {
  await tx
    .update(services)
    .set({ ...words, changedAt: now() })
    .where(eq(services.id, id))
}

/** Closes a service to newcomers, or opens it again; members keep it. */
export async function closeService(tx: For<'service'>, id: Id, closed: boolean): Promise<void> {
  await tx
    .update(services)
    .set({ closedAt: closed ? now() : null })
    .where(eq(services.id, id))
}

/** Lists a new service, closed until it has a plan and staff open it. */
export async function listService(tx: For<'service'>, slug: string, words: ServiceWords): Promise<'listed' | 'taken'> {
  const fresh = { id: newId(), slug, ...words, listedAt: now(), changedAt: now(), closedAt: now() }
  const listed = await tx.insert(services).values(fresh).onConflictDoNothing({ target: services.slug }).returning({ id: services.id })
  return listed.length > 0 ? 'listed' : 'taken'
}

/** What of a plan staff decide. */
export type PlanTerms = Omit<Plan, 'id' | 'serviceId' | 'slug' | 'offeredAt' | 'changedAt' | 'retiredAt'>

/** Offers a new plan of a service. */
export async function offerPlan(tx: For<'service'>, serviceId: Id, slug: string, terms: PlanTerms): Promise<'offered' | 'taken'> {
  const fresh = { id: newId(), serviceId, slug, ...terms, offeredAt: now(), changedAt: now() }
  const offered = await tx
    .insert(plans)
    .values(fresh)
    .onConflictDoNothing({ target: [plans.serviceId, plans.slug] })
    .returning({ id: plans.id })
  return offered.length > 0 ? 'offered' : 'taken'
}

/** Changes the terms of a plan; what it costs at Stripe hangs on its lookup key. */
export async function changePlan(tx: For<'service'>, id: Id, terms: PlanTerms): Promise<void> {
  await tx
    .update(plans)
    .set({ ...terms, changedAt: now() })
    .where(eq(plans.id, id))
}

/** Closes a plan to newcomers, or offers it again; members keep it. */
export async function retirePlan(tx: For<'service'>, id: Id, retired: boolean): Promise<void> {
  await tx
    .update(plans)
    .set({ retiredAt: retired ? now() : null })
    .where(eq(plans.id, id))
}

/** Brings the files' services and plans into the catalogue, and their changes to what staff never touched. */
export async function stockCatalogue({ db, content }: House): Promise<void> {
  await db.as('service', async (tx) => {
    for (const { slug, title, summary, source, help, order, plans: offered } of content.services) {
      const words = { title, summary, words: source, help: help ?? null, place: order }
      const serviceId = await stockService(tx, slug, words)
      for (const [place, { slug: plan, ...terms }] of offered.entries()) await stockPlan(tx, { serviceId, slug: plan }, { ...terms, place })
    }
  })
}

async function stockService(tx: For<'service'>, slug: string, words: ServiceWords): Promise<Id> {
  const fresh = { id: newId(), slug, ...words, listedAt: now() }
  await tx
    .insert(services)
    .values(fresh)
    .onConflictDoUpdate({ target: services.slug, set: words, setWhere: changed(words) })
  const [service] = await tx.select({ id: services.id }).from(services).where(eq(services.slug, slug))
  if (!service) throw new Error('a stocked service is not there')
  return service.id
}

// What staff changed is theirs; and nothing is written at a start that changes nothing.
const changed = (words: ServiceWords) =>
  sql`${services.changedAt} is null and ((${services.title}, ${services.summary}, ${services.words}, ${services.place}) is distinct from (${words.title}, ${words.summary}, ${words.words}, ${words.place}::int) or ${services.help} is distinct from ${words.help})`

async function stockPlan(tx: For<'service'>, of: Pick<Plan, 'serviceId' | 'slug'>, terms: PlanTerms): Promise<void> {
  await tx
    .insert(plans)
    .values({ id: newId(), ...of, ...terms, offeredAt: now() })
    .onConflictDoUpdate({ target: [plans.serviceId, plans.slug], set: terms, setWhere: isNull(plans.changedAt) })
}
