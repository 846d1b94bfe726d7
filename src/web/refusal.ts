/**
 * A refusal: an outcome that the visitor may read. Thrown once, caught once, in `app.ts`. Public words
 * and private detail are two fields; the detail is for the log and is written by the program alone.
 */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Word, word } from '../log.ts'

/** What is wrong with one part of what a program sent: a JSON pointer into the body, or the name of a parameter. */
export type Flaw = { readonly detail: string } & ({ readonly pointer: string } | { readonly parameter: string })

export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: ContentfulStatusCode
  /** A sentence for the person, with what they can do. */
  readonly words: string
  /** For the log; never anything that a person typed. */
  readonly detail: Word | undefined
  /** Seconds after which another try makes sense, for `Retry-After`. */
  readonly retryAfter: number | undefined
  /** For programs: what is wrong, part by part. */
  readonly flaws: readonly Flaw[] | undefined

  constructor(status: ContentfulStatusCode, words: string, more: { detail?: string; retryAfter?: number; flaws?: readonly Flaw[] } = {}) {
    super(more.detail ?? words)
    this.status = status
    this.words = words
    this.detail = more.detail === undefined ? undefined : word(more.detail)
    this.retryAfter = more.retryAfter
    this.flaws = more.flaws
  }
}

/** There is nothing at this address, or nothing that this reader may know of: the same answer. */
export const nothingHere = (detail?: string): Refusal =>
  new Refusal(404, 'There is nothing here. The address may be mistyped, or the page has gone.', detail ? { detail } : {})

/** The statuses that a problem can have, by their names in the protocol. */
const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** An RFC 9457 problem; it bears the headers that the request was given on its way. */
export function problem(
  c: Context,
  refusal: Pick<Refusal, 'status' | 'words'> & Partial<Pick<Refusal, 'flaws'>>,
  requestId: string,
): Response {
  const { status, words: detail, flaws: errors } = refusal
  const told = { type: 'about:blank', title: titles[status] ?? 'Refused', status, detail, instance: `urn:request:${requestId}`, errors }
  return c.body(JSON.stringify(told), status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
  })
}
