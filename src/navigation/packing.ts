/**
 * Columns as they lie in the database: a head that says what is in it, and one array of numbers after
 * the other, as narrow as they may be, compressed.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Base, type DayColumns, type Many, narrow, type Numbers, type Single } from './columns.ts'

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
    ...[...manys].map(([name, many]): [string, Buffer] => [name, packMany(many, base.visits)]),
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
  let one = -1
  return {
    visits: flags.length,
    visitor: narrow(Uint32Array.from(flags, (flag) => (flag & AGAIN ? one : ++one))),
    views,
    seconds,
    bounced: Uint8Array.from(flags, (flag) => (flag & BOUNCED ? 1 : 0)),
  }
}

export function unpackSingle(packed: Buffer): Single {
  const { values, arrays } = unpack(packed)
  return { values, codes: arrays[0] ?? NONE }
}

// Visit by visit, because how many each has is told in less than which visit each is of.
function packMany({ values, starts, owner, counts, seconds }: Many, visits: number): Buffer {
  const each = new Uint32Array(visits)
  for (const visit of owner) each[visit]!++
  const next = new Uint32Array(visits)
  for (let visit = 1; visit < visits; visit++) next[visit] = next[visit - 1]! + each[visit - 1]!
  const by = { codes: new Uint16Array(owner.length), counts: new Uint16Array(owner.length), seconds: new Uint16Array(owner.length) }
  for (let code = 0; code < values.length; code++)
    for (let at = starts[code]!; at < starts[code + 1]!; at++) {
      const place = next[owner[at]!]!++
      by.codes[place] = code
      by.counts[place] = counts[at]!
      by.seconds[place] = seconds[at]!
    }
  return pack(values, [each, by.codes, by.counts, by.seconds])
}

export function unpackMany(packed: Buffer): Many {
  const { values, arrays } = unpack(packed)
  const [each = NONE, codes = NONE, counts = NONE, seconds = NONE] = arrays
  const starts = new Uint32Array(values.length + 1)
  for (const code of codes) starts[code + 1]!++
  for (let code = 0; code < values.length; code++) starts[code + 1]! += starts[code]!
  const next = starts.slice()
  const by = { owner: new Uint32Array(codes.length), counts: new Uint16Array(codes.length), seconds: new Uint16Array(codes.length) }
  let at = 0
  for (let visit = 0; visit < each.length; visit++)
    for (const end = at + each[visit]!; at < end; at++) {
      const place = next[codes[at]!]!++
      by.owner[place] = visit
      by.counts[place] = counts[at]!
      by.seconds[place] = seconds[at]!
    }
  return { values, starts, owner: narrow(by.owner), counts: narrow(by.counts), seconds: narrow(by.seconds) }
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
