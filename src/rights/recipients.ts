/**
 * Who received what of somebody: read from the nameplates of those who may, and from the ledger of what was handed over.
 */
import type { Config } from '../config.ts'
import { bases } from '../database/classify.ts'
import type { For } from '../database/connection.ts'
import { categories } from '../database/purposes.ts'
import { type Disclosed, disclosedOf, KEPT_FOR } from '../egress/ledger.ts'
import { hostIn } from '../egress/network.ts'
import { keptForInWords } from '../policy/data-map.ts'
import { processorsOf } from '../processors/all.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import type { House } from '../web/house.ts'
import type { Subject } from './subject.ts'

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

/** Who received what of this subject. */
export async function recipientsOf(tx: For<'rights'>, house: House, { personId }: Subject): Promise<Receiving[]> {
  const disclosed = await disclosedOf(tx, personId)
  return processorsOf(house.config).map((plate) =>
    receivingOf(
      house.config,
      plate,
      disclosed.find(({ processor }) => processor === plate.name),
    ),
  )
}

function receivingOf(config: Config, plate: Nameplate, disclosed: Disclosed | undefined): Receiving {
  const { name, does, basis, way, own } = plate
  const place = way?.(config)
  const where = own && place ? hostIn(place) : plate.where
  const { times = 0, last } = disclosed ?? {}
  const receiving = { name, does, where, basis: bases[basis], fields: kinds(plate), times, last }
  const idle = way !== undefined && place === undefined && times === 0
  return { ...receiving, told: idle ? 'It is not in use here: nothing was handed over.' : sentence(receiving) }
}

const kinds = ({ receives }: Nameplate): string[] => [...new Set(Object.values(receives))].map((category) => categories[category])

const KEPT = keptForInWords(KEPT_FOR).toLowerCase()

function sentence({ where, fields, times, last }: Omit<Receiving, 'told'>): string {
  if (fields.length === 0) return `${where}. It gets nothing about you.`
  const what = `${where}. It gets: ${fields.map((field) => field.replace(/;.*/, '').toLowerCase()).join(', ')}.`
  if (!last) return `${what} Nothing of yours was handed over in the time for which that is noted.`
  return `${what} Handed over ${times === 1 ? 'once' : `${times} times`}, last on ${last.toISOString().slice(0, 16).replace('T', ' ')} UTC; each is noted for ${KEPT}.`
}
