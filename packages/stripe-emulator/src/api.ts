/** All operations that the emulator knows, by the SDK's names for them, and what is done at its hour. */
import type { Includable } from './expand.ts'
import type { Operation } from './operations.ts'
import { checkout, expireSession, sessionExtras } from './resources/checkout.ts'
import { alerts } from './resources/alerts.ts'
import { coupons } from './resources/coupons.ts'
import { customerExtras, customers, deleteCustomer } from './resources/customers.ts'
import { destinations } from './resources/destinations.ts'
import { entitlements, endSubscription } from './resources/standing.ts'
import { eventLog } from './resources/event-log.ts'
import { expireChange, expireIncomplete, retry } from './resources/collection.ts'
import { invoiceItems } from './resources/invoice-items.ts'
import { invoiceExtras, invoices } from './resources/invoice-operations.ts'
import { meters } from './resources/meters.ts'
import { paymentMethods, methodsOf, detach } from './resources/payment-methods.ts'
import { chargeExtras, payments } from './resources/payment-operations.ts'
import { expirePayment } from './resources/payments.ts'
import { portal } from './resources/portal.ts'
import { priceExtras, prices } from './resources/prices.ts'
import { products } from './resources/products.ts'
import { advanceDraft, end, overdue, renew, tellTrialWillEnd, tellUpcoming, unpause } from './resources/renewals.ts'
import { creditNotes } from './resources/credit-notes.ts'
import { failRefund, refunds } from './resources/refunds.ts'
import { risk } from './resources/risk.ts'
import { schedules, stepSchedule } from './resources/schedules.ts'
import { tax } from './resources/tax-operations.ts'
import { setupIntents } from './resources/setup-intents.ts'
import { subscriptions } from './resources/subscription-operations.ts'
import { testClocks } from './resources/test-clocks.ts'
import { all, type World } from './world.ts'

/** With a customer end their subscriptions, at once, and their cards are let go. */
const customersDel: Operation = (world, { id }) =>
  deleteCustomer(world, id, () => {
    for (const subscription of all(world, 'subscription'))
      if (subscription.customer === id && !['canceled', 'incomplete_expired'].includes(subscription.status))
        endSubscription(world, subscription, 'cancellation_requested')
    for (const method of methodsOf(world, id)) detach(world, method)
  })

export const operations: Record<string, Operation> = {
  ...customers,
  'customers.del': customersDel,
  ...paymentMethods,
  ...setupIntents,
  ...payments,
  ...checkout,
  ...portal,
  ...products,
  ...prices,
  ...coupons,
  ...subscriptions,
  ...schedules,
  ...invoices,
  ...invoiceItems,
  ...refunds,
  ...creditNotes,
  ...risk,
  ...tax,
  ...meters,
  ...alerts,
  ...entitlements,
  ...eventLog,
  ...destinations,
  ...testClocks,
}

/** What Stripe shows only when asked. */
export const includable: Includable = {
  customer: customerExtras,
  price: priceExtras,
  invoice: invoiceExtras,
  charge: chargeExtras,
  'checkout.session': sessionExtras,
}

/** What becomes due. */
export const duties: World['duties'] = {
  'subscription.renew': renew,
  'subscription.end': end,
  'subscription.trial_will_end': tellTrialWillEnd,
  'subscription.upcoming': tellUpcoming,
  'subscription.expire': expireIncomplete,
  'subscription.unpause': unpause,
  'subscription.drop-change': expireChange,
  'invoice.advance': advanceDraft,
  'invoice.retry': retry,
  'invoice.overdue': overdue,
  'schedule.step': stepSchedule,
  'refund.fail': failRefund,
  'payment.expire': expirePayment,
  'checkout.expire': (world, id) => void expireSession(world, id),
}
