/** Failures to order: what the next calls meet instead of an answer. */
import type { Answer } from './answer.ts'

/** `lost answer`: the work is done and nobody hears of it. `timeout`: nothing is done, and no answer comes. */
export type FaultKind = 500 | 429 | 409 | 'timeout' | 'lost answer'

export interface Fault {
  kind: FaultKind
  times: number
  /** Only for calls such as "POST /v1/refunds"; without it for any. */
  path?: string | undefined
}

export interface Faults {
  /** Nobody answers at all. */
  down: boolean
  next: Fault[]
}

const words: Record<500 | 429 | 409, [string, string]> = {
  500: ['api_error', 'An unknown error occurred (ordered from the emulator).'],
  429: ['rate_limit_error', 'Too many requests hit the API too quickly (ordered from the emulator).'],
  409: ['invalid_request_error', 'There is currently another in-progress request using this Idempotent Key (ordered from the emulator).'],
}

/** What this call meets; undefined is an ordinary answer. */
export function nextFault(faults: Faults, method: string, target: string): 'down' | 'timeout' | 'lost answer' | Answer | undefined {
  if (faults.down) return 'down'
  const fault = faults.next.find(({ path }) => !path || `${method} ${target}`.startsWith(path))
  if (!fault) return undefined
  fault.times--
  if (fault.times <= 0) faults.next.splice(faults.next.indexOf(fault), 1)
  if (fault.kind === 'timeout' || fault.kind === 'lost answer') return fault.kind
  const [type, message] = words[fault.kind]
  return { status: fault.kind, body: { error: { type, message } }, headers: { 'stripe-should-retry': String(fault.kind !== 500) } }
}
