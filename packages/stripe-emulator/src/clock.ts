/**
 * Time. There is the clock of all, which runs with the real one and can be moved ahead, and Stripe's test
 * clocks, which stand still until they are advanced. What is due is done in the order of its moments.
 */
import { Refused } from './errors.ts'
import { all, type Duty, peek, put, remove, wholly, type World } from './world.ts'

export const hour = 3600
export const day = 24 * hour

/** The clock that a customer lives by; null is the clock of all. */
export const clockOf = (world: World, customer: string | null | undefined): string | null =>
  peek(world, 'customer', customer)?.test_clock ?? null

/** Seconds, as Stripe counts them. */
export function now(world: World, clock: string | null = null): number {
  if (clock) return peek(world, 'test_helpers.test_clock', clock)?.frozen_time ?? realNow(world)
  return world.moment ?? realNow(world)
}

export const realNow = (world: World): number => Math.floor((world.time() + world.ahead) / 1000)

/** The moment for a customer. */
export const nowFor = (world: World, customer: string | null | undefined): number => now(world, clockOf(world, customer))

/** Plans something; planning the same again moves it. */
export function plan(world: World, act: string, target: string, at: number, clock: string | null): void {
  put(world, 'duty', { id: `${act} ${target}`, act, target, at, clock })
}

export const unplan = (world: World, act: string, target: string): void => remove(world, 'duty', `${act} ${target}`)

export const planned = (world: World, act: string, target: string): Duty | undefined => peek(world, 'duty', `${act} ${target}`)

// What is due at the same moment: a change that was planned for the renewal comes before the renewal.
const rank = (duty: Duty): number => (duty.act === 'schedule.step' ? 0 : duty.act === 'subscription.end' ? 1 : 2)

const before = (a: Duty, b: Duty): boolean => a.at < b.at || (a.at === b.at && rank(a) < rank(b))

function nextDuty(world: World, clock: string | null, until: number): Duty | undefined {
  let next: Duty | undefined
  for (const duty of all(world, 'duty')) {
    if (duty.clock !== clock || duty.at > until) continue
    if (!next || before(duty, next)) next = duty
  }
  return next
}

/** Does everything that is due on a clock until a moment; `tick` hears each moment before it plays. */
export function runUntil(world: World, clock: string | null, until: number, tick: (at: number) => void): void {
  for (let duty = nextDuty(world, clock, until); duty; duty = nextDuty(world, clock, until)) {
    tick(duty.at)
    perform(world, duty)
  }
}

function perform(world: World, duty: Duty): void {
  remove(world, 'duty', duty.id)
  const act = world.duties[duty.act]
  if (!act) throw new Error(`nobody knows the duty "${duty.act}"`)
  try {
    wholly(world, () => act(world, duty.target))
  } catch (error) {
    // What it was about is gone meanwhile, or cannot go on: then there is nothing to be done.
    if (!(error instanceof Refused)) throw error
  }
}

/** Does what has become due on the clock of all. */
export function catchUp(world: World): void {
  try {
    runUntil(world, null, realNow(world), (at) => (world.moment = at))
  } finally {
    world.moment = undefined
  }
}
