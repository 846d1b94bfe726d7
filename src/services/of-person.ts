/** Which services somebody is or was registered for, for those who must tell each of them something. */
import { eq } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { memberships, services } from './tables.ts'

/** The services that a person is or was registered for. */
export async function servicesOf(tx: For<'rights'>, personId: Id): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ slug: services.slug })
    .from(memberships)
    .innerJoin(services, eq(services.id, memberships.serviceId))
    .where(eq(memberships.personId, personId))
  return rows.map(({ slug }) => slug)
}
