/**
 * Pictures as they come in: recognised by their content, never by what they are called, and freed of what
 * cameras and programs write into them (places, names, times). What is not plainly one of four kinds is
 * refused.
 */

export interface Picture {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  readonly bytes: Buffer
  readonly width: number
  readonly height: number
}

export const MOST_BYTES = 2 * 1024 * 1024
/** More than any screen shows, and little enough for any phone to unpack. */
const MOST_PIXELS = 25_000_000

/** The picture, cleaned; undefined for anything else. */
export function pictureIn(bytes: Buffer): Picture | undefined {
  if (bytes.length > MOST_BYTES) return undefined
  try {
    const picture = kinds.find(({ begins }) => begins(bytes))?.read(bytes)
    const sound = picture && picture.width > 0 && picture.height > 0 && picture.width * picture.height <= MOST_PIXELS
    return sound ? picture : undefined
  } catch (fault) {
    // Bytes that end too soon are no picture.
    if (fault instanceof RangeError || fault instanceof Broken) return undefined
    throw fault
  }
}

class Broken extends Error {
  override name = 'Broken'
}

function must(condition: boolean): asserts condition {
  if (!condition) throw new Broken('not a picture')
}

interface Kind {
  readonly begins: (bytes: Buffer) => boolean
  readonly read: (bytes: Buffer) => Picture
}

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const kinds: readonly Kind[] = [
  { begins: (bytes) => bytes.subarray(0, 8).equals(PNG), read: readPng },
  { begins: (bytes) => bytes.readUIntBE(0, 3) === 0xffd8ff, read: readJpeg },
  { begins: (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6)), read: readGif },
  { begins: (bytes) => /^RIFF[\s\S]{4}WEBP/.test(bytes.toString('latin1', 0, 12)), read: readWebp },
]

// ---- PNG: chunks; text, time and EXIF are left out, and what follows the end -------------------

const PNG_KEPT = /^(IHDR|PLTE|IDAT|IEND|tRNS|gAMA|cHRM|sRGB|iCCP|sBIT|bKGD|pHYs|acTL|fcTL|fdAT)$/

function readPng(bytes: Buffer): Picture {
  const parts: Buffer[] = [PNG]
  let [at, name] = [8, '']
  while (name !== 'IEND') {
    const size = bytes.readUInt32BE(at)
    name = bytes.toString('latin1', at + 4, at + 8)
    const end = at + 12 + size
    must(end <= bytes.length && (at > 8 || name === 'IHDR'))
    if (PNG_KEPT.test(name)) parts.push(bytes.subarray(at, end))
    at = end
  }
  return { type: 'image/png', bytes: Buffer.concat(parts), width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

// ---- JPEG: segments; comments and what programs note (EXIF, XMP, IPTC) are left out --------------

const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
// JFIF, colour profile, Adobe's colour transform: without these the colours would be others.
const isNoted = (marker: number): boolean => marker === 0xfe || (marker >= 0xe1 && marker <= 0xef && ![0xe2, 0xee].includes(marker))

function readJpeg(bytes: Buffer): Picture {
  const parts: Buffer[] = [bytes.subarray(0, 2)]
  let [at, width, height, marker] = [2, 0, 0, 0]
  while (marker !== 0xda) {
    must(bytes.readUInt8(at) === 0xff)
    marker = bytes.readUInt8(at + 1)
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    must(end <= bytes.length && marker >= 0xc0 && marker !== 0xd9)
    if (isFrame(marker)) [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
    const profile = marker !== 0xe2 || bytes.toString('latin1', at + 4, at + 15) === 'ICC_PROFILE'
    if (!isNoted(marker) && profile) parts.push(bytes.subarray(at, end))
    at = end
  }
  const last = bytes.lastIndexOf(Buffer.from('ffd9', 'hex'))
  must(last > at)
  return { type: 'image/jpeg', bytes: Buffer.concat([...parts, bytes.subarray(at, last + 2)]), width, height }
}

// ---- GIF: blocks; comments and what programs note are left out, but for how often it repeats -----

const sizeOfColours = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

function readGif(bytes: Buffer): Picture {
  let at = 13 + sizeOfColours(bytes.readUInt8(10))
  const parts: Buffer[] = [bytes.subarray(0, at)]
  for (;;) {
    const sign = bytes.readUInt8(at)
    if (sign === 0x3b) break
    must(sign === 0x2c || sign === 0x21)
    const begins = sign === 0x2c ? at + 11 + sizeOfColours(bytes.readUInt8(at + 9)) : at + 2
    const end = endOfBlocks(bytes, begins)
    if (sign === 0x2c || isShown(bytes, at)) parts.push(bytes.subarray(at, end))
    at = end
  }
  parts.push(Buffer.of(0x3b))
  return { type: 'image/gif', bytes: Buffer.concat(parts), width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
}

function endOfBlocks(bytes: Buffer, begins: number): number {
  let at = begins
  while (bytes.readUInt8(at) !== 0) at += bytes.readUInt8(at) + 1
  return at + 1
}

function isShown(bytes: Buffer, at: number): boolean {
  const label = bytes.readUInt8(at + 1)
  return label === 0xf9 || (label === 0xff && /^(NETSCAPE2\.0|ANIMEXTS1\.0)/.test(bytes.toString('latin1', at + 3, at + 14)))
}

// ---- WebP: chunks; EXIF and XMP are left out, and the header says so ---------------------------

const WEBP_KEPT = /^(VP8 |VP8L|VP8X|ALPH|ANIM|ANMF|ICCP)$/

function readWebp(bytes: Buffer): Picture {
  const length = bytes.readUInt32LE(4) + 8
  must(length <= bytes.length)
  const chunks: Buffer[] = []
  for (let at = 12; at < length; ) {
    const size = bytes.readUInt32LE(at + 4)
    const end = at + 8 + size + (size % 2)
    must(end <= length)
    if (WEBP_KEPT.test(bytes.toString('latin1', at, at + 4))) chunks.push(Buffer.from(bytes.subarray(at, end)))
    at = end
  }
  const [first] = chunks
  must(first !== undefined)
  const name = first.toString('latin1', 0, 4)
  // Two flags say that EXIF and XMP follow; they do not any more.
  if (name === 'VP8X') first.writeUInt8(first.readUInt8(8) & ~0x0c, 8)
  const body = Buffer.concat(chunks)
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(body.length + 4, 4)
  return { type: 'image/webp', bytes: Buffer.concat([head, body]), ...webpSize(first, name) }
}

function webpSize(chunk: Buffer, name: string): { width: number; height: number } {
  if (name === 'VP8X') return { width: chunk.readUIntLE(12, 3) + 1, height: chunk.readUIntLE(15, 3) + 1 }
  if (name === 'VP8L') {
    const bits = chunk.readUInt32LE(9)
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  must(name === 'VP8 ' && chunk.readUIntBE(11, 3) === 0x9d012a)
  return { width: chunk.readUInt16LE(14) & 0x3fff, height: chunk.readUInt16LE(16) & 0x3fff }
}
