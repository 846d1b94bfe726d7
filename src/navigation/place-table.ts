/**
 * A compact table of places: ranges of addresses in order, each with the number of a country and region. It stays on
 * disk; in memory are the names and where every block begins, so that a look-up reads one block.
 *
 * The file: a line that says what it is, the length of the head (4 bytes), the head (JSON), then of IPv4 and of IPv6 the
 * records, in each the begin of a range (4 bytes, or 6) and the number of a name (2), most significant byte first.
 */
import { closeSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Named, Ranges } from './place-tree.ts'

const MARK = 'cloudrun places 1\n'
/** What `cloudrun places` writes, in DATA_DIR. */
export const PLACES_FILE = 'places.bin'

const BLOCK = 512
const CODE_BYTES = 2
const START_BYTES = { v4: 4, v6: 6 } as const
type Family = keyof typeof START_BYTES

interface Head {
  readonly names: readonly Named[]
  /** Of each family, how many ranges there are, and where every block of them begins. */
  readonly families: Readonly<Record<Family, { readonly count: number; readonly blocks: readonly number[] }>>
}

/** An open table. */
export interface PlaceTable {
  /** Country and region of an address; both empty where the table does not know it. */
  get(address: string): Named
}

/** Writes a table under its name once it is whole. */
export function writeTable(path: string, names: readonly Named[], ranges: Readonly<Record<Family, Ranges>>): void {
  const familyOf = ({ starts }: Ranges) => ({ count: starts.length, blocks: starts.filter((_, at) => at % BLOCK === 0) })
  const head: Head = { names, families: { v4: familyOf(ranges.v4), v6: familyOf(ranges.v6) } }
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  mkdirSync(dirname(path), { recursive: true })
  const draft = join(dirname(path), `.${PLACES_FILE}.${process.pid}`)
  writeFileSync(draft, Buffer.concat([Buffer.from(MARK), length, text, recordsOf('v4', ranges.v4), recordsOf('v6', ranges.v6)]))
  renameSync(draft, path)
}

const recordBytes = (family: Family): number => START_BYTES[family] + CODE_BYTES

function recordsOf(family: Family, { starts, codes }: Ranges): Buffer {
  const size = recordBytes(family)
  const records = Buffer.alloc(starts.length * size)
  for (const [at, start] of starts.entries()) {
    records.writeUIntBE(start, at * size, START_BYTES[family])
    records.writeUInt16BE(codes[at] ?? 0, at * size + START_BYTES[family])
  }
  return records
}

/** Is this file such a table? @throws when it cannot be read */
export function isTable(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(MARK.length)
    return readSync(file, bytes, 0, MARK.length, 0) === MARK.length && bytes.toString('latin1') === MARK
  } finally {
    closeSync(file)
  }
}

/**
 * Opens a table that was written here.
 * @throws when the file is not there, or is no such table
 */
export function openTable(path: string): PlaceTable {
  const file = openSync(path, 'r')
  try {
    const { head, from } = headOf(file)
    const { v4, v6 } = head.families
    const afterV4 = from + v4.count * recordBytes('v4')
    const lists = {
      v4: { family: 'v4', from, ...v4 },
      v6: { family: 'v6', from: afterV4, ...v6 },
    } as const
    return { get: (address) => head.names[codeAt(file, lists, address)] ?? ['', ''] }
  } catch (fault) {
    closeSync(file)
    throw fault
  }
}

function headOf(file: number): { head: Head; from: number } {
  const first = read(file, 0, MARK.length + 4)
  if (first.toString('latin1', 0, MARK.length) !== MARK) throw new Error('this is no table of places')
  const length = first.readUInt32BE(MARK.length)
  return { head: JSON.parse(read(file, first.length, length).toString()) as Head, from: first.length + length }
}

function read(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  if (readSync(file, bytes, 0, length, from) !== length) throw new Error('the table of places is cut short')
  return bytes
}

interface List {
  readonly family: Family
  /** Where in the file it begins. */
  readonly from: number
  readonly count: number
  readonly blocks: readonly number[]
}

function codeAt(file: number, lists: Readonly<Record<Family, List>>, address: string): number {
  const { family, number } = numberOf(address)
  const { from, count, blocks } = lists[family]
  const block = lastUpTo(blocks.length, number, (at) => blocks[at] ?? 0)
  if (block === -1) return 0
  const size = recordBytes(family)
  const records = read(file, from + block * BLOCK * size, Math.min(BLOCK, count - block * BLOCK) * size)
  const found = lastUpTo(records.length / size, number, (at) => records.readUIntBE(at * size, START_BYTES[family]))
  return records.readUInt16BE(found * size + START_BYTES[family])
}

/** Of so many numbers in order, the place of the last that is not above the wanted one; -1 if there is none. */
function lastUpTo(length: number, wanted: number, at: (place: number) => number): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (at(middle) <= wanted) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The address as a number: of IPv6 its first 48 bits. @throws for what is no address */
export function numberOf(address: string): { family: Family; number: number } {
  if (!address.includes(':') && !/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) throw new Error('no address')
  // The platform's own reader of addresses writes each in one way, and refuses what is none.
  const { hostname } = new URL(`http://${address.includes(':') ? `[${address}]` : address}`)
  if (!hostname.startsWith('[')) return { family: 'v4', number: joined(hostname.split('.').map(Number), 256) }
  const groups = groupsOf(hostname.slice(1, -1))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff)
    return { family: 'v4', number: joined(groups.slice(6), 65_536) }
  return { family: 'v6', number: joined(groups.slice(0, 3), 65_536) }
}

const joined = (digits: readonly number[], base: number): number => digits.reduce((number, digit) => number * base + digit, 0)

function groupsOf(written: string): number[] {
  const [left = [], right] = written.split('::').map((part) => part.split(':').filter(Boolean))
  const groups = right ? [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right] : left
  return groups.map((group) => Number.parseInt(group, 16))
}
