/** Refusals in Stripe's shape. */

export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error' | 'authentication_error' | 'rate_limit_error'
  code?: string
  decline_code?: string
  message: string
  param?: string
  [more: string]: unknown
}

export class Refused extends Error {
  override name = 'Refused'
  readonly status: number
  readonly body: ErrorBody
  /** A declined payment is refused, and yet what it did (an attempt, an event) stays. */
  readonly keeps: boolean

  constructor(status: number, body: ErrorBody, keeps = false) {
    super(body.message)
    this.status = status
    this.body = body
    this.keeps = keeps
  }
}

export function invalid(message: string, more: { param?: string; code?: string; status?: number } = {}): Refused {
  const { status = 400, ...rest } = more
  return new Refused(status, { type: 'invalid_request_error', message, ...rest })
}

export const missing = (param: string): Refused => invalid(`Missing required param: ${param}.`, { param, code: 'parameter_missing' })

export const nothing = (what: string, id: string, param = 'id'): Refused =>
  invalid(`No such ${what}: '${id}'`, { param, code: 'resource_missing', status: param === 'id' ? 404 : 400 })
