/**
 * A refusal: an outcome that the visitor may read. Thrown once, caught once, in `app.ts`. Public words
 * and private detail are two fields; the detail is for the log and is written by the program alone.
 */
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Word, word } from '../log.ts'

export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: ContentfulStatusCode
  /** A sentence for the person, with what they can do. */
  readonly words: string
  /** For the log; never anything that a person typed. */
  readonly detail: Word | undefined
  /** Seconds after which another try makes sense, for `Retry-After`. */
  readonly retryAfter: number | undefined

  constructor(status: ContentfulStatusCode, words: string, more: { detail?: string; retryAfter?: number } = {}) {
    super(more.detail ?? words)
    this.status = status
    this.words = words
    this.detail = more.detail === undefined ? undefined : word(more.detail)
    this.retryAfter = more.retryAfter
  }
}

/** There is nothing at this address, or nothing that this reader may know of: the same answer. */
export const nothingHere = (detail?: string): Refusal =>
  new Refusal(404, 'There is nothing here. The address may be mistyped, or the page has gone.', detail ? { detail } : {})

/** An RFC 9457 problem. */
export function problem(status: number, title: string, requestId: string): Response {
  return new Response(JSON.stringify({ type: 'about:blank', status, title, instance: `urn:request:${requestId}` }), {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' },
  })
}
