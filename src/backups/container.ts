/**
 * What a backup lies in: a tar archive, compressed by Zstandard, encrypted by age to the operator's key. Each is a
 * standard, so that `age -d -i KEY FILE | zstd -d | tar x` opens it without this program. Nothing is ever whole in memory.
 */
import { Readable, type Transform } from 'node:stream'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { Decrypter, Encrypter } from 'age-encryption'
import { createTarDecoder, createTarPacker } from 'modern-tar'

/** A file of the archive; small enough to be held. */
export interface Entry {
  readonly name: string
  readonly data: Uint8Array
}

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>

/** The operator's key, or the file, is not what it should be; the message is a sentence for them. */
export class WrongBackup extends Error {
  override name = 'WrongBackup'
}

/**
 * Packs entries while they are made.
 * @param recipient the operator's public key, `age1…`
 * @returns the bytes of the file
 */
export async function pack(entries: AsyncIterable<Entry>, recipient: string): Promise<Readable> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  const { readable, controller } = createTarPacker()
  const compressed = through(Readable.fromWeb(readable as never), createZstdCompress())
  void fill(controller, entries)
  return Readable.fromWeb((await encrypter.encrypt(Readable.toWeb(compressed) as Bytes)) as never)
}

async function fill(archive: ReturnType<typeof createTarPacker>['controller'], entries: AsyncIterable<Entry>): Promise<void> {
  try {
    for await (const { name, data } of entries) {
      const writer = archive.add({ name, size: data.length, type: 'file' }).getWriter()
      await writer.write(data)
      await writer.close()
    }
    archive.finalize()
  } catch (fault) {
    archive.error(fault)
  }
}

/**
 * Opens what `pack` made, entry by entry.
 * @param identity the operator's secret key, `AGE-SECRET-KEY-1…`
 * @throws WrongBackup when the key does not open it, or it is damaged
 */
export async function* unpack(bytes: Readable, identity: string): AsyncGenerator<Entry, void, void> {
  const decrypter = new Decrypter()
  try {
    decrypter.addIdentity(identity)
  } catch {
    throw new WrongBackup('That is not a secret key of age: it begins with AGE-SECRET-KEY-1.')
  }
  try {
    const clear = await decrypter.decrypt(Readable.toWeb(bytes) as Bytes)
    const { readable, writable } = createTarDecoder({ strict: true })
    const archive = Readable.toWeb(through(Readable.fromWeb(clear as never), createZstdDecompress())).pipeTo(writable as never)
    archive.catch(() => undefined)
    for await (const { header, body } of readable as unknown as AsyncIterable<{ header: { name: string }; body: Bytes }>)
      yield { name: header.name, data: new Uint8Array(await new Response(body).arrayBuffer()) }
    await archive
  } catch (fault) {
    if (fault instanceof WrongBackup) throw fault
    throw new WrongBackup('The backup cannot be opened: another key made it, or it is damaged.', { cause: fault })
  }
}

// What fails on one side fails on the other, or a reader would wait for ever.
function through(source: Readable, transform: Transform): Transform {
  source.on('error', (fault) => transform.destroy(fault))
  return source.pipe(transform)
}
