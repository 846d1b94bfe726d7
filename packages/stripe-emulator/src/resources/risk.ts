/** What goes wrong after a payment: disputes, early warnings, reviews. The cards of the documentation bring them about. */
import type { Stripe } from 'stripe'
import { page } from '../lists.ts'
import { change } from '../events.ts'
import type { Asked, Operations } from '../operations.ts'
import { all, find } from '../world.ts'

export const risk = {
  'disputes.retrieve': (world, { id }) => find(world, 'dispute', id),
  'disputes.close': (world, { id }) => change(world, find(world, 'dispute', id), { status: 'lost' }, 'charge.dispute.closed'),
  'disputes.list': (world, { params }: Asked<Stripe.DisputeListParams>) =>
    page(
      all(world, 'dispute'),
      params,
      '/v1/disputes',
      (each) =>
        (!params.charge || each.charge === params.charge) && (!params.payment_intent || each.payment_intent === params.payment_intent),
    ),
  'radar.earlyFraudWarnings.list': (world, { params }: Asked<Stripe.Radar.EarlyFraudWarningListParams>) =>
    page(
      all(world, 'radar.early_fraud_warning'),
      params,
      '/v1/radar/early_fraud_warnings',
      (each) => !params.charge || each.charge === params.charge,
    ),
  'reviews.retrieve': (world, { id }) => find(world, 'review', id),
  'reviews.list': (world, { params }: Asked<Stripe.ReviewListParams>) => page(all(world, 'review'), params, '/v1/reviews'),
} satisfies Operations
