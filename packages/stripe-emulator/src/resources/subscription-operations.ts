/** Subscriptions and their items, as the API offers them. */
import type { Stripe } from 'stripe'
import { missing } from '../errors.ts'
import { page } from '../lists.ts'
import type { Asked, Operations } from '../operations.ts'
import { find, type World } from '../world.ts'
import { cancelSubscription, resumeSubscription, updateSubscription } from './subscription-changes.ts'
import { beginSubscription, listSubscriptions } from './subscriptions.ts'

const item = (world: World, id: string) => find(world, 'subscription_item', id)

/** Changes the subscription to which an item belongs, and answers with the item. */
function throughSubscription(world: World, subscriptionId: string, items: object[], params: object): unknown {
  const before = find(world, 'subscription', subscriptionId, 'subscription')
  const after = updateSubscription(world, before, { ...params, items } as never)
  return after.items.data.find((each) => !before.items.data.some(({ id }) => id === each.id)) ?? after.items.data.at(-1)
}

export const subscriptions = {
  'subscriptions.create': (world, { params }: Asked<Stripe.SubscriptionCreateParams>) => beginSubscription(world, params),
  'subscriptions.retrieve': (world, { id }) => find(world, 'subscription', id),
  'subscriptions.update': (world, { id, params }: Asked<Stripe.SubscriptionUpdateParams>) =>
    updateSubscription(world, find(world, 'subscription', id), params),
  'subscriptions.cancel': (world, { id, params }: Asked<Stripe.SubscriptionCancelParams>) =>
    cancelSubscription(world, find(world, 'subscription', id), params),
  'subscriptions.list': listSubscriptions,
  'subscriptions.resume': resumeSubscription,
  'subscriptionItems.create': (world, { params }: Asked<Stripe.SubscriptionItemCreateParams>) => {
    const { subscription, price, quantity, metadata, ...rest } = params
    if (!subscription) throw missing('subscription')
    return throughSubscription(world, subscription, [{ price, quantity, metadata }], rest)
  },
  'subscriptionItems.retrieve': (world, { id }) => item(world, id),
  'subscriptionItems.update': (world, { id, params }: Asked<Stripe.SubscriptionItemUpdateParams>) => {
    const { price, quantity, metadata, ...rest } = params
    throughSubscription(world, item(world, id).subscription, [{ id, price, quantity, metadata }], rest)
    return item(world, id)
  },
  'subscriptionItems.del': (world, { id, params }: Asked<Stripe.SubscriptionItemDeleteParams>) => {
    throughSubscription(world, item(world, id).subscription, [{ id, deleted: true }], params)
    return { id, object: 'subscription_item', deleted: true }
  },
  'subscriptionItems.list': (world, { params }: Asked<Stripe.SubscriptionItemListParams>) =>
    page([...find(world, 'subscription', params.subscription, 'subscription').items.data], params, '/v1/subscription_items'),
} satisfies Operations
