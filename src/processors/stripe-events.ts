/** What Stripe tells by itself: read, verified, and stripped to which object it is about. */
import type { Stripe } from 'stripe'
import type { Config } from '../config.ts'
import { ask, clientOf, idOf } from './stripe.ts'

/** What a webhook tells: which event, of which kind, about which object. A thin event holds nothing else. */
export interface Notice {
  readonly event: string
  readonly type: string
  readonly object: string | undefined
}

/**
 * Reads and verifies what came to `/webhooks/stripe`. A snapshot, should one arrive, is stripped to the same.
 * @returns undefined when the signature is forged, stale or missing
 */
export function noticeIn(config: Config, raw: string, signature: string | undefined): Notice | undefined {
  const { stripeWebhookSecret: secret } = config
  if (!secret || !signature) return undefined
  try {
    const client = clientOf(config)
    if (/"object"\s*:\s*"v2\.core\.event"/.test(raw)) {
      const thin = client.parseEventNotification(raw, signature, secret) as Stripe.V2.Core.EventNotification & {
        related_object?: { id?: string } | null
      }
      return { event: thin.id, type: thin.type.replace(/^v1\./, ''), object: thin.related_object?.id }
    }
    const { id, type, data } = client.webhooks.constructEvent(raw, signature, secret)
    return { event: id, type, object: (data.object as { id?: string }).id }
  } catch {
    return undefined
  }
}

/** Does this kind of event concern what we keep? Others are acknowledged, and nothing follows from them. */
export const concernsUs = (type: string): boolean =>
  /^(customer\.(updated|deleted|subscription\.)|checkout\.session\.|setup_intent\.|payment_method\.|invoice\.|charge\.(dispute|refunded))/.test(
    type,
  )

async function disputed(client: Stripe, id: string): Promise<string | undefined> {
  const { charge } = await client.disputes.retrieve(id, { expand: ['charge'] })
  return typeof charge === 'string' ? undefined : idOf(charge.customer)
}

const finders: Readonly<Record<string, (client: Stripe, id: string) => Promise<string | undefined>>> = {
  cus_: (_, id) => Promise.resolve(id),
  sub_: async (client, id) => idOf((await client.subscriptions.retrieve(id)).customer),
  in_: async (client, id) => idOf((await client.invoices.retrieve(id)).customer),
  pm_: async (client, id) => idOf((await client.paymentMethods.retrieve(id)).customer),
  seti_: async (client, id) => idOf((await client.setupIntents.retrieve(id)).customer),
  cs_: async (client, id) => idOf((await client.checkout.sessions.retrieve(id)).customer),
  ch_: async (client, id) => idOf((await client.charges.retrieve(id)).customer),
  du_: disputed,
  dp_: disputed,
  pi_: async (client, id) => idOf((await client.paymentIntents.retrieve(id)).customer),
}

/** The customer whom an object belongs to; undefined for objects that concern no customer of ours. */
export const customerBehind = (config: Config, object: string): Promise<string | undefined> =>
  ask(config, async (client) => {
    const find = finders[/^[a-z]+_/.exec(object)?.[0] ?? '']
    return find?.(client, object)
  })
