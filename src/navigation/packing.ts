/**
 * Columns as they lie in the database: a head that says what is in it, and one array of numbers after
 * the other, as narrow as they may be, compressed.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Base, DayColumns, Many, Single } from './columns.ts'

/** The column that every question needs. */
export const BASE = 'visits'

type Numbers = Uint8Array | Uint16Array | Uint32Array

interface Head {
  readonly values: readonly string[]
  /** Of each array, how many numbers of how many bytes. */
  readonly arrays: readonly (readonly [length: number, bytes: 1 | 2 | 4])[]
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
  const flags = arrays[0] ?? new Uint8Array()
  let count = -1
  return {
    visits: flags.length,
    visitor: Uint32Array.from(flags, (flag) => (flag & AGAIN ? count : ++count)),
    views: wide(arrays[1]),
    seconds: wide(arrays[2]),
    bounced: Uint8Array.from(flags, (flag) => (flag & BOUNCED ? 1 : 0)),
  }
}

export function unpackSingle(packed: Buffer): Single {
  const { values, arrays } = unpack(packed)
  return { values, codes: wide(arrays[0]) }
}

// Between the starts lies how many a visit has, which is small.
function packMany({ values, starts, codes, counts, seconds }: Many): Buffer {
  const each = Uint16Array.from({ length: starts.length - 1 }, (_, visit) => (starts[visit + 1] ?? 0) - (starts[visit] ?? 0))
  return pack(values, [each, codes, counts, seconds])
}

export function unpackMany(packed: Buffer): Many {
  const { values, arrays } = unpack(packed)
  const each = wide(arrays[0])
  const starts = new Uint32Array(each.length + 1)
  for (let visit = 0; visit < each.length; visit++) starts[visit + 1] = (starts[visit] ?? 0) + (each[visit] ?? 0)
  return { values, starts, codes: wide(arrays[1]), counts: wide(arrays[2]), seconds: wide(arrays[3]) }
}

const wide = (numbers: Numbers = new Uint16Array()): Uint16Array => (numbers instanceof Uint16Array ? numbers : Uint16Array.from(numbers))

function narrow(numbers: Numbers): Numbers {
  let most = 0
  for (const number of numbers) if (number > most) most = number
  return most < 256 ? Uint8Array.from(numbers) : most < 65_536 ? Uint16Array.from(numbers) : Uint32Array.from(numbers)
}

function pack(values: readonly string[], numbers: readonly Numbers[]): Buffer {
  const arrays = numbers.map(narrow)
  const head: Head = { values, arrays: arrays.map((array) => [array.length, array.BYTES_PER_ELEMENT as 1 | 2 | 4]) }
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
    return bytes === 1 ? new Uint8Array(own) : bytes === 2 ? new Uint16Array(own) : new Uint32Array(own)
  })
  return { values: head.values, arrays }
}
