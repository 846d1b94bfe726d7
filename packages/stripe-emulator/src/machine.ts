/** Which state may follow which. What is not in the table cannot happen, and is refused. */
import { invalid } from './errors.ts'
import { change, type Patch } from './events.ts'
import type { World } from './world.ts'

export const machines = {
  'checkout.session': { open: ['complete', 'expired'], complete: [], expired: [] },
  setup_intent: {
    requires_payment_method: ['requires_confirmation', 'requires_action', 'processing', 'succeeded', 'canceled'],
    requires_confirmation: ['requires_payment_method', 'requires_action', 'processing', 'succeeded', 'canceled'],
    requires_action: ['requires_payment_method', 'processing', 'succeeded', 'canceled'],
    processing: ['requires_payment_method', 'succeeded', 'canceled'],
    succeeded: [],
    canceled: [],
  },
  payment_intent: {
    requires_payment_method: ['requires_confirmation', 'requires_action', 'processing', 'requires_capture', 'succeeded', 'canceled'],
    requires_confirmation: ['requires_payment_method', 'requires_action', 'processing', 'requires_capture', 'succeeded', 'canceled'],
    requires_action: ['requires_payment_method', 'processing', 'requires_capture', 'succeeded', 'canceled'],
    processing: ['requires_payment_method', 'requires_capture', 'succeeded', 'canceled'],
    requires_capture: ['succeeded', 'canceled'],
    succeeded: [],
    canceled: [],
  },
  invoice: {
    draft: ['open', 'paid'],
    open: ['paid', 'uncollectible', 'void'],
    uncollectible: ['paid', 'void'],
    paid: [],
    void: [],
  },
  subscription: {
    incomplete: ['active', 'trialing', 'incomplete_expired', 'canceled'],
    trialing: ['active', 'past_due', 'unpaid', 'paused', 'canceled'],
    active: ['trialing', 'past_due', 'unpaid', 'canceled'],
    past_due: ['active', 'unpaid', 'canceled'],
    unpaid: ['active', 'canceled'],
    paused: ['active', 'trialing', 'past_due', 'canceled'],
    incomplete_expired: [],
    canceled: [],
  },
  subscription_schedule: {
    not_started: ['active', 'canceled', 'released'],
    active: ['completed', 'released', 'canceled'],
    completed: [],
    released: [],
    canceled: [],
  },
  refund: {
    pending: ['succeeded', 'failed', 'canceled'],
    requires_action: ['pending', 'canceled'],
    succeeded: ['failed'],
    failed: [],
    canceled: [],
  },
  credit_note: { issued: ['void'], void: [] },
  'test_helpers.test_clock': { ready: ['advancing'], advancing: ['ready', 'internal_failure'], internal_failure: [] },
} as const satisfies Record<string, Record<string, readonly string[]>>

export type Machine = keyof typeof machines

export const mayBecome = (kind: Machine, from: string, to: string): boolean =>
  (machines[kind] as Record<string, readonly string[]>)[from]?.includes(to) ?? false

/** Moves an object to another state, or refuses. */
export function become<T extends { object: Machine; id: string; status: unknown }>(
  world: World,
  object: T,
  to: NonNullable<T['status']>,
  patch: Patch<T> = {},
  type?: string,
): T {
  const { object: kind, id, status } = object
  if (!mayBecome(kind, String(status), String(to))) {
    const word = kind.replace(/^.*\./, '')
    throw invalid(`This ${word} (${id}) is ${String(status)}; it cannot become ${String(to)}.`, { code: `${word}_unexpected_state` })
  }
  return change(world, object, { ...patch, status: to }, type)
}
