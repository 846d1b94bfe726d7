/**
 * The files of an upload: as they are, or unpacked from a ZIP or gzip. Nothing is unpacked further than the
 * limits, whatever an archive says of itself.
 */
import { gunzipSync } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'

/** The largest upload, and the most that may come out of it. */
export const MOST_UPLOAD = 20 * 1024 * 1024
const MOST_IN_A_FILE = 64 * 1024 * 1024
const MOST_IN_ALL = 128 * 1024 * 1024
const MOST_FILES = 200

const TOO_LARGE = 'There is more in that archive than 128 MB, or a file of more than 64 MB. Please bring it in as several shorter spans.'
const BROKEN = 'That archive cannot be unpacked: it is damaged, or locked by a password. Please download it anew.'

export interface Unpacked {
  readonly name: string
  readonly bytes: Buffer
}

/** Why an upload cannot be read, in a sentence for whoever sent it. */
export class UploadFlaw extends Error {}

/** The files in these, one after the other. @throws UploadFlaw */
export async function* unpacked(files: readonly File[]): AsyncGenerator<Unpacked> {
  if (files.reduce((sum, { size }) => sum + size, 0) > MOST_UPLOAD)
    throw new UploadFlaw('That is more than 20 MB. Please bring it in as several shorter spans.')
  const room = { bytes: MOST_IN_ALL, files: MOST_FILES }
  for (const file of files) {
    const bytes = Buffer.from(await file.arrayBuffer())
    const name = nameOf(file.name)
    if (bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') yield* unzipped(bytes, room)
    else if (bytes[0] === 0x1f && bytes[1] === 0x8b) yield { name: name.replace(/\.gz$/, ''), bytes: gunzipped(bytes, room) }
    else yield { name, bytes }
  }
}

/** What may still come out. */
interface Room {
  bytes: number
  files: number
}

// A name is shown, and is never a path to anything.
const nameOf = (path: string): string =>
  path
    .replace(/^.*[/\\]/s, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .slice(0, 100)

function gunzipped(bytes: Buffer, room: Room): Buffer {
  try {
    const content = gunzipSync(bytes, { maxOutputLength: Math.min(MOST_IN_A_FILE, room.bytes) })
    room.bytes -= content.length
    return content
  } catch (fault) {
    throw new UploadFlaw((fault as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? TOO_LARGE : BROKEN)
  }
}

async function* unzipped(bytes: Buffer, room: Room): AsyncGenerator<Unpacked> {
  const zip = await openZip(bytes)
  try {
    for (let entry = await nextEntry(zip); entry; entry = await nextEntry(zip)) {
      if (--room.files < 0) throw new UploadFlaw(`There are more than ${MOST_FILES} files in that archive.`)
      const name = nameOf(entry.fileName)
      if (entry.fileName.endsWith('/') || entry.fileName.startsWith('__MACOSX/')) continue
      yield { name, bytes: /\.csv$/i.test(name) ? await contentOf(zip, entry, room) : Buffer.alloc(0) }
    }
  } finally {
    zip.close()
  }
}

// The library is read when the first archive comes.
async function openZip(bytes: Buffer): Promise<ZipFile> {
  const { default: yauzl } = await import('yauzl')
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (fault, zip) => (fault ? reject(new UploadFlaw(BROKEN)) : resolve(zip)))
  })
}

const nextEntry = (zip: ZipFile): Promise<Entry | undefined> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.removeAllListeners()
      act()
    }
    zip.once('entry', (entry: Entry) => settle(() => resolve(entry)))
    zip.once('end', () => settle(() => resolve(undefined)))
    zip.once('error', () => settle(() => reject(new UploadFlaw(BROKEN))))
    zip.readEntry()
  })

// The stream ends with a fault where there is more in an entry than the archive says.
async function contentOf(zip: ZipFile, entry: Entry, room: Room): Promise<Buffer> {
  const most = Math.min(MOST_IN_A_FILE, room.bytes)
  if (entry.uncompressedSize > most) throw new UploadFlaw(TOO_LARGE)
  try {
    const stream = await streamOf(zip, entry)
    const pieces: Buffer[] = []
    for await (const piece of stream) {
      pieces.push(piece as Buffer)
      room.bytes -= (piece as Buffer).length
    }
    return Buffer.concat(pieces)
  } catch {
    throw new UploadFlaw(BROKEN)
  }
}

const streamOf = (zip: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> =>
  new Promise((resolve, reject) => zip.openReadStream(entry, (fault, stream) => (fault ? reject(fault) : resolve(stream))))
