/** Reads a city-level table of places (`.mmdb`) from end to end, as ranges of addresses: of each, country and region alone. */
import { type CityResponse, Reader } from 'mmdb-lib'

/** Ranges in order: each begins at `starts` and ends where the next one begins. */
export interface Ranges {
  /** Of IPv4 the address, of IPv6 its first 48 bits: who gets a network of their own gets no smaller one. */
  readonly starts: number[]
  /** Places in the list of names; 0 is nowhere. */
  readonly codes: number[]
}

/** The two ways in which such tables say it: flat (ip-location-db) and nested (DB-IP's own files, MaxMind). */
interface Known {
  readonly country_code?: string
  readonly state1?: string
  readonly country?: { readonly iso_code?: string }
  readonly subdivisions?: readonly { readonly names?: { readonly en?: string } }[]
}

/** What is known of an address: two letters, and the name of the part of the country (or nothing). */
export type Named = readonly [country: string, region: string]

const LONGEST = 60
const V6_BITS = 48

/** The country and region in an entry of a table; nothing where it tells no country. */
export function namedIn(found: Known | null | undefined): Named | undefined {
  const country = found?.country_code ?? found?.country?.iso_code ?? ''
  if (!/^[A-Z]{2}$/.test(country)) return undefined
  const region = found?.state1 ?? found?.subdivisions?.[0]?.names?.en ?? ''
  return [
    country,
    region
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim()
      .slice(0, LONGEST),
  ]
}

/** The names that codes stand for. The first is nowhere. */
export class Names {
  readonly list: Named[] = [['', '']]
  readonly #codes = new Map<string, number>()

  /** @throws when there are more names than codes */
  code(named: Named | undefined): number {
    if (!named) return 0
    const key = named.join('\n')
    const known = this.#codes.get(key)
    if (known !== undefined) return known
    if (this.list.length > 65_535) throw new Error('the table tells more regions apart than there are')
    this.#codes.set(key, this.list.length)
    return this.list.push(named) - 1
  }
}

/** A node's two ways on, and what an end of the tree says. */
interface Tree {
  readonly nodes: number
  readonly root: number
  readonly depth: number
  next(node: number, bit: 0 | 1): number
  codeAt(end: number): number
}

/** The ranges of both families in this table; a family that is not in it has none. */
export function rangesIn(table: Buffer, names: Names): { v4: Ranges; v6: Ranges } {
  const { tree, isV6, v4Root } = treeIn(table, names)
  const none = { starts: [], codes: [] }
  if (!isV6) return { v4: walked(tree, undefined), v6: none }
  // IPv4 lies in the tree of IPv6 under 96 zeros, and other ways lead to it, too.
  const v4 = v4Root > tree.nodes || v4Root < tree.nodes ? walked({ ...tree, root: v4Root, depth: 32 }, undefined) : none
  return { v4, v6: walked(tree, v4Root) }
}

function treeIn(table: Buffer, names: Names): { tree: Tree; isV6: boolean; v4Root: number } {
  const reader = new Reader<CityResponse>(table)
  const { nodeCount: nodes, recordSize, nodeByteSize, ipVersion, searchTreeSize } = reader.metadata
  const next = (node: number, bit: 0 | 1): number => recordAt(table, { from: node * nodeByteSize, bit, recordSize })
  // What the library keeps to itself: the entry at an end of the tree.
  const { decoder } = reader as unknown as { decoder: { decodeFast(at: number): { value: Known } } }
  const known = new Map<number, number>()
  const codeAt = (end: number): number => {
    if (end === nodes) return 0
    const seen = known.get(end)
    if (seen !== undefined) return seen
    const code = names.code(namedIn(decoder.decodeFast(end - nodes + searchTreeSize).value))
    known.set(end, code)
    return code
  }
  const isV6 = ipVersion === 6
  let v4Root = 0
  if (isV6) for (let bit = 0; bit < 96 && v4Root < nodes; bit++) v4Root = next(v4Root, 0)
  return { tree: { nodes, root: 0, depth: isV6 ? V6_BITS : 32, next, codeAt }, isV6, v4Root }
}

// The file format's three sizes of a record (MaxMind DB 2.0); in the middle one, both share a byte.
function recordAt(table: Buffer, { from, bit, recordSize }: { from: number; bit: 0 | 1; recordSize: number }): number {
  if (recordSize === 24) return table.readUIntBE(from + bit * 3, 3)
  if (recordSize === 32) return table.readUInt32BE(from + bit * 4)
  const shared = table.readUInt8(from + 3)
  return bit === 0 ? ((shared >> 4) << 24) | table.readUIntBE(from, 3) : ((shared & 15) << 24) | table.readUIntBE(from + 4, 3)
}

/** All ends of the tree in order, those beside each other that say the same as one; `skipped` is a node whose ends are not told. */
function walked(tree: Tree, skipped: number | undefined): Ranges {
  const starts: number[] = []
  const codes: number[] = []
  const end = (from: number, code: number): void => {
    if (codes.at(-1) === code) return
    starts.push(from)
    codes.push(code)
  }
  const visit = (node: number, depth: number, from: number): void => {
    if (node === skipped && depth > 0) return end(from, 0)
    if (node >= tree.nodes) return end(from, tree.codeAt(node))
    if (depth === tree.depth) return end(from, tree.codeAt(firstEnd(tree, node)))
    visit(tree.next(node, 0), depth + 1, from)
    visit(tree.next(node, 1), depth + 1, from + 2 ** (tree.depth - 1 - depth))
  }
  visit(tree.root, 0, 0)
  return { starts, codes }
}

function firstEnd(tree: Tree, node: number): number {
  let at = node
  while (at < tree.nodes) at = tree.next(at, 0)
  return at
}
