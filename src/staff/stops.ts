/** Addresses that are not written to, with the people who have them. */
import { inArray } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import { addressHash, type ListedStop, listStops } from '../mail/suppression.ts'
import { unrestricted } from '../people/restriction.ts'
import { people } from '../people/tables.ts'

/** A stop, and whose address it is as far as anybody knows. */
export interface ShownStop extends ListedStop {
  readonly who: { readonly name: string; readonly email: string | undefined } | undefined
}

/** Stops, the newest first, without those of people whose data is restricted. */
export const stopsToList = (tx: For<'support'>, wanted: Omit<Parameters<typeof listStops>[1], 'only'>): Promise<ListedStop[]> =>
  listStops(tx, { ...wanted, only: (person) => unrestricted(tx, person) })

/** The newest stops. A stop keeps no address: it is shown where its person still has it. */
export async function shownStops(tx: For<'support'>, wanted: Parameters<typeof stopsToList>[1]): Promise<ShownStop[]> {
  const stops = await stopsToList(tx, wanted)
  const ids = [...new Set(stops.flatMap(({ personId }) => personId ?? []))]
  const known =
    ids.length === 0
      ? []
      : await tx.select({ id: people.id, name: people.name, email: people.email }).from(people).where(inArray(people.id, ids))
  const byId = new Map(known.map((person) => [person.id, person]))
  return stops.map((stop) => {
    const person = stop.personId ? byId.get(stop.personId) : undefined
    const has = person && addressHash(tx, person.email) === stop.addressHash
    return { ...stop, who: person && { name: person.name, email: has ? person.email : undefined } }
  })
}
