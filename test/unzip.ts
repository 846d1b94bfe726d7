/** Reads a ZIP by its own table of contents, as the program that a person opens it with does. */
import assert from 'node:assert/strict'
import { crc32, inflateRawSync } from 'node:zlib'

const END = 0x06054b50
const ENTRY = 0x02014b50

/** The files of a ZIP by their names; a damaged one throws. */
export function unzip(zip: Buffer): Map<string, string> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  assert.equal(zip.readUInt32LE(end), END, 'the ZIP is whole')
  const files = new Map<string, string>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    assert.equal(zip.readUInt32LE(at), ENTRY)
    const name = zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28))
    files.set(name, contentOf(zip, at))
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}

function contentOf(zip: Buffer, entry: number): string {
  const local = zip.readUInt32LE(entry + 42)
  const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  const content = inflateRawSync(zip.subarray(from, from + zip.readUInt32LE(entry + 20)))
  assert.equal(crc32(content), zip.readUInt32LE(entry + 16), 'the ZIP is not damaged')
  return content.toString()
}

/** The rows of a table in a copy. */
export const rowsIn = (files: ReadonlyMap<string, string>, table: string): Record<string, unknown>[] =>
  JSON.parse(files.get(`data/${table}.json`) ?? '[]') as Record<string, unknown>[]
