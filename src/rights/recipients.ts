/**
 * Who received what of somebody: read from the nameplates of those who may, and from the rows in which
 * the program notes what it handed over.
 */
import { and, count, isNotNull, or, sql } from 'drizzle-orm'
import { bases, columnOf, type Held } from '../database/classify.ts'
import type { For } from '../database/connection.ts'
import { categories } from '../database/purposes.ts'
import { keptForInWords } from '../policy/data-map.ts'
import { processorsOf } from '../processors/all.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { register } from '../register.ts'
import type { House } from '../web/house.ts'
import { type Subject, theirs } from './subject.ts'

/** What one of those who may receive data received of a person. */
export interface Receiving {
  readonly name: string
  readonly does: string
  readonly where: string
  readonly basis: string
  /** The fields that it gets, in the data map's words. */
  readonly fields: readonly string[]
  /** How often it got them, as far back as that is kept, and when last. */
  readonly times: number
  readonly last: Date | undefined
  /** All of it as a sentence. */
  readonly told: string
}

type Noted = NonNullable<Nameplate['noted']>

/** The table in which a processor's deliveries are noted. */
export function notedIn({ table }: Noted): Held {
  const held = register.find(({ name }) => name === table)
  if (!held) throw new Error(`a nameplate names the table ${table}, which is not in the register`)
  return held
}

/** Who received what of this subject. */
export async function recipientsOf(tx: For<'rights'>, house: House, subject: Subject): Promise<Receiving[]> {
  const all: Receiving[] = []
  for (const plate of processorsOf(house.config)) all.push(await receivingOf(tx, house, { plate, subject }))
  return all
}

async function receivingOf(
  tx: For<'rights'>,
  house: House,
  { plate, subject }: { plate: Nameplate; subject: Subject },
): Promise<Receiving> {
  const { name, does, basis, noted, host } = plate
  const server = host?.(house.config)
  const idle = host !== undefined && server === undefined
  const { times, last } = noted && !idle ? await deliveries(tx, noted, subject) : { times: 0, last: undefined }
  const fields = noted ? noted.columns.map((key) => notedIn(noted).columns[key]?.[1] ?? key) : kinds(plate)
  const receiving = { name, does, where: server ?? plate.where, basis: bases[basis], fields, times, last }
  return { ...receiving, told: idle ? 'It is not in use here: nothing was handed over.' : sentence(receiving, noted) }
}

const kinds = ({ receives }: Nameplate): string[] => [...new Set(Object.values(receives))].map((category) => categories[category])

async function deliveries(tx: For<'rights'>, noted: Noted, subject: Subject): Promise<{ times: number; last: Date | undefined }> {
  const held = notedIn(noted)
  const moments = noted.at.map((key) => columnOf(held, key))
  const last = sql`max(coalesce(${sql.join(moments, sql`, `)}))`.mapWith((text: string) => new Date(text))
  const [found] = await tx
    .select({ times: count(), last })
    .from(held.table)
    .where(and(theirs(held, subject), or(...moments.map((moment) => isNotNull(moment)))))
  return { times: found?.times ?? 0, last: found?.last ?? undefined }
}

function sentence({ where, fields, times, last }: Omit<Receiving, 'told'>, noted: Noted | undefined): string {
  if (fields.length === 0) return `${where}. It gets nothing about you.`
  const what = `${where}. It gets: ${fields.map((field) => field.replace(/;.*/, '').toLowerCase()).join(', ')}.`
  if (!noted) return what
  if (!last) return `${what} Nothing of yours was handed over in the time for which that is noted.`
  const kept = keptForInWords(notedIn(noted).keptFor).toLowerCase()
  return `${what} Handed over ${times === 1 ? 'once' : `${times} times`}, last on ${last.toISOString().slice(0, 16).replace('T', ' ')} UTC; each is noted for ${kept}.`
}
