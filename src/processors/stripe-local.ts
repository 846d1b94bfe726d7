/** What only a local Stripe lets the demo do: fill in its pages, and hurry a subscription on. Never Stripe itself. */
import type { Config } from '../config.ts'
import { ask, StripeTrouble } from './stripe.ts'

function onlyLocal({ stripeKey, stripeOrigin }: Config): void {
  if (!stripeKey?.startsWith('sk_test_emu_') || !stripeOrigin) throw new StripeTrouble({ type: 'not_local' })
}

/** Sends the form of one of its pages, as a person would. Returns where that leads, if it leads on. */
export async function fillIn(config: Config, page: string, form: Readonly<Record<string, string>>): Promise<string | undefined> {
  onlyLocal(config)
  const answer = await fetch(new URL(page, config.stripeOrigin), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  return answer.headers.get('location') ?? undefined
}

/** The trial of a subscription ends at this moment. */
export const endTrial = (config: Config, subscription: string): Promise<void> =>
  ask(config, async (client) => {
    onlyLocal(config)
    await client.subscriptions.update(subscription, { trial_end: 'now' })
  })

/** A subscription ends at this moment. */
export const endAtOnce = (config: Config, subscription: string): Promise<void> =>
  ask(config, async (client) => {
    onlyLocal(config)
    await client.subscriptions.cancel(subscription)
  })
