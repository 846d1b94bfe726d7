/**
 * A prepared answer: a body that is the same for everyone, compressed once and kept in memory with its
 * entity tag, so that serving it costs a look-up and a copy.
 */
import { createHash } from 'node:crypto'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Context } from 'hono'

type Headers = Record<string, string>

export interface Prepared {
  readonly plain: Variant
  readonly gzip: Variant | undefined
  readonly br: Variant | undefined
}

interface Variant {
  readonly etag: string
  /** Text where it is plain: Node sends it with the head in one write, bytes in two. */
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly headers: Headers
}

/** Prepares `body`. Fonts are compressed already; what gains nothing is kept plain. */
export function prepare(body: Buffer, headers: Headers): Prepared {
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  const compressible = /^(text|image\/svg|application\/(json|ld\+json|yaml|xml|rss|feed))/.test(headers['content-type'] ?? '')
  const variant = (encoding: string, bytes: Buffer): Variant => {
    const etag = `"${tag}${encoding && `-${encoding}`}"`
    const own = { ...headers, etag, 'content-length': String(bytes.length), ...(compressible && { vary: vary(headers) }) }
    return {
      etag,
      body: compressible && !encoding ? bytes.toString() : new Uint8Array(bytes),
      headers: encoding ? { ...own, 'content-encoding': encoding } : own,
    }
  }
  return {
    plain: variant('', body),
    gzip: compressible ? variant('gzip', gzipSync(body, { level: 9 })) : undefined,
    br: compressible ? variant('br', brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })) : undefined,
  }
}

const vary = (headers: Headers): string => (headers['vary'] ? `${headers['vary']}, Accept-Encoding` : 'Accept-Encoding')

/** What is answered: the variant that the request accepts, or 304 when the reader has it already. */
export interface Answer {
  readonly status: 200 | 304
  readonly body: Variant['body'] | null
  readonly headers: Headers
}

interface Asking {
  readonly method: string
  header(name: string): string | undefined
}

/** The answer to a request, with the prepared headers and no others, so that it costs a look-up and a copy. */
export function answerTo(request: Asking, prepared: Prepared): Answer {
  const variant = choose(prepared, request.header('accept-encoding'))
  if (request.header('if-none-match')?.includes(variant.etag)) return { status: 304, body: null, headers: withoutBody(variant.headers) }
  return { status: 200, body: request.method === 'HEAD' ? null : variant.body, headers: variant.headers }
}

/** Sends it with the headers that the request has been given on its way. */
export function send(c: Context, prepared: Prepared): Response {
  const { status, body, headers } = answerTo({ method: c.req.method, header: (name) => c.req.header(name) }, prepared)
  return c.newResponse(body, status, headers)
}

function choose(prepared: Prepared, encodings: string | undefined): Variant {
  if (!encodings) return prepared.plain
  if (prepared.br && /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(encodings)) return prepared.br
  if (prepared.gzip && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(encodings)) return prepared.gzip
  return prepared.plain
}

function withoutBody(headers: Headers): Headers {
  const { 'content-length': _length, 'content-type': _type, 'content-encoding': _encoding, ...rest } = headers
  return rest
}
