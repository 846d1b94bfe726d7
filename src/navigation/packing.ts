/**
 * Columns as they lie in the database: a head that says what is in it, and one array of numbers after
 * the other, as narrow as they may be, compressed.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Base, type DayColumns, type Many, narrow, type Numbers, placesOf, type Single } from './columns.ts'

/** The column that every question needs. */
export const BASE = 'visits'

const NONE: Numbers = new Uint8Array()

interface Head {
  readonly values: readonly string[]
  /** Of each array, how many numbers of how many bytes. */
  readonly arrays: readonly (readonly [length: number, bytes: 1 | 2])[]
}

/** All columns of a day, by name. */
export function packDay({ base, singles, manys }: DayColumns): Map<string, Buffer> {
  return new Map([
    [BASE, packBase(base)],
    ...[...singles].map(([name, { values, codes }]): [string, Buffer] => [name, pack(values, [codes])]),
    ...[...manys].map(([name, many]): [string, Buffer] => [name, packMany(many)]),
  ])
}

const AGAIN = 1
const BOUNCED = 2

function packBase({ visitor, views, seconds, bounced }: Base): Buffer {
  const flags = Uint8Array.from(visitor, (one, at) => (at > 0 && visitor[at - 1] === one ? AGAIN : 0) | (bounced[at] ? BOUNCED : 0))
  return pack([], [flags, views, seconds])
}

export function unpackBase(packed: Buffer): Base {
  const { arrays } = unpack(packed)
  const [flags = NONE, views = NONE, seconds = NONE] = arrays
  const visitor = new Uint32Array(flags.length)
  const bounced = new Uint8Array(flags.length)
  for (let at = 0, one = -1; at < flags.length; at++) {
    visitor[at] = flags[at]! & AGAIN ? one : ++one
    bounced[at] = flags[at]! & BOUNCED ? 1 : 0
  }
  return { visits: flags.length, visitor, views: Uint16Array.from(views), seconds: Uint16Array.from(seconds), bounced }
}

export function unpackSingle(packed: Buffer): Single {
  const { values, arrays } = unpack(packed)
  return { values, codes: arrays[0] ?? NONE }
}

// How many each visit has is told in less than where each visit's begin.
function packMany({ values, starts, codes, counts, seconds }: Many): Buffer {
  const each = starts.subarray(1).map((end, visit) => end - starts[visit]!)
  return pack(values, [each, codes, counts, seconds])
}

export function unpackMany(packed: Buffer): Many {
  const { values, arrays } = unpack(packed)
  const [each = NONE, codes = NONE, counts = NONE, seconds = NONE] = arrays
  return { values, ...placesOf(each), codes, counts, seconds }
}

function pack(values: readonly string[], numbers: readonly Numbers[]): Buffer {
  const arrays = numbers.map((one) => narrow(one))
  const head: Head = { values, arrays: arrays.map((array) => [array.length, array.BYTES_PER_ELEMENT as 1 | 2]) }
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const bytes = arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))
  return zstdCompressSync(Buffer.concat([length, text, ...bytes]))
}

function unpack(packed: Buffer): { values: readonly string[]; arrays: Numbers[] } {
  const raw = zstdDecompressSync(packed)
  let from = 4 + raw.readUInt32LE(0)
  const head = JSON.parse(raw.toString('utf8', 4, from)) as Head
  const arrays = head.arrays.map(([length, bytes]) => {
    // A copy of its own: numbers of several bytes must begin where the processor wants them.
    const own = new Uint8Array(raw.subarray(from, (from += length * bytes))).buffer
    return bytes === 1 ? new Uint8Array(own) : new Uint16Array(own)
  })
  return { values: head.values, arrays }
}
