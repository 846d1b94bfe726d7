/** A document that somebody sends: what its first bytes say it is decides, whatever its name says. */

export interface Paper {
  readonly what: 'mandate' | 'attachment'
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

export const MOST_PAPER = 2 * 2 ** 20

const types: readonly (readonly [type: string, begins: Buffer])[] = [
  ['application/pdf', Buffer.from('%PDF-')],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['image/png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
]

/** The type of a document that we take; undefined for everything else. */
export const typeOf = (bytes: Buffer): string | undefined =>
  types.find(([, begins]) => bytes.subarray(0, begins.length).equals(begins))?.[0]

/** A name without anything that a file system or a header could take amiss. */
export const plainName = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._-]/gu, '_')
    .slice(0, 100) || 'document'

/** The document in a form's field, if it is one that we take. */
export async function paperIn(field: unknown, what: Paper['what']): Promise<Paper | undefined> {
  if (!(field instanceof File) || field.size === 0 || field.size > MOST_PAPER) return undefined
  const bytes = Buffer.from(await field.arrayBuffer())
  const type = typeOf(bytes)
  return type === undefined ? undefined : { what, type, name: plainName(field.name), bytes }
}
