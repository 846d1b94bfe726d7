/** `cloudrun places FILE…`: a compact table of countries and regions, derived from a city-level one. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { PLACES_FILE, writeTable } from '../navigation/place-table.ts'
import { Names, type Ranges, rangesIn } from '../navigation/place-tree.ts'
import { CommandError, counted, exits, say, sayJson, wrongUsage } from './terminal.ts'

interface Made {
  readonly file: string
  readonly ranges: { readonly ipv4: number; readonly ipv6: number }
  readonly regions: number
  readonly bytes: number
}

/** @throws CommandError when no file is named, or one is no table of places */
export async function places(files: readonly string[], { json }: { readonly json?: boolean | undefined }): Promise<number> {
  if (files.length === 0) throw wrongUsage('Which table? cloudrun places FILE [FILE]: see cloudrun help places.')
  const made = makeTable(files, join(readConfig(process.env).dataDir, PLACES_FILE))
  if (json) sayJson(made)
  else tell(made)
  return Promise.resolve(exits.done)
}

function makeTable(files: readonly string[], file: string): Made {
  const names = new Names()
  const families: { v4: Ranges; v6: Ranges } = { v4: { starts: [], codes: [] }, v6: { starts: [], codes: [] } }
  for (const path of files) {
    const found = read(path, names)
    for (const family of ['v4', 'v6'] as const) if (found[family].starts.length > 1) families[family] = found[family]
  }
  const regions = names.list.filter(([, region]) => region !== '').length
  if (regions === 0) throw new CommandError(`Nothing in ${files.join(' and ')} tells a region: a city-level table is needed.`, exits.failed)
  writeTable(file, names.list, families)
  return { file, ranges: { ipv4: families.v4.starts.length, ipv6: families.v6.starts.length }, regions, bytes: statSync(file).size }
}

function read(path: string, names: Names): ReturnType<typeof rangesIn> {
  try {
    return rangesIn(readFileSync(path), names)
  } catch {
    throw new CommandError(`${path} cannot be read as a table of places (.mmdb).`, exits.failed)
  }
}

function tell({ file, ranges, regions, bytes }: Made): void {
  const size = `${(bytes / 2 ** 20).toFixed(1)} MiB`
  say(`✓ ${file}: ${counted(regions, 'region')} in ${counted(ranges.ipv4)} ranges of IPv4 and ${counted(ranges.ipv6)} of IPv6, ${size}.`)
  if (ranges.ipv4 === 0 || ranges.ipv6 === 0)
    say(`  Addresses of ${ranges.ipv4 === 0 ? 'IPv4' : 'IPv6'} have no place: name the table of the other family, too.`)
  say('  The program reads it from its next start on.')
}
