/**
 * The shapes that travel, taken from the official SDK's own types. On the wire an expandable field is an
 * id, a decimal a string, and "unset this" is null; everything else is as the SDK says.
 */
import type { Stripe } from 'stripe'

type Plain = string | number | boolean | bigint | null | undefined

/** What is left of an expandable field: the id. */
type Unexpanded<V> = string extends Extract<V, string> ? Exclude<V, { object: string } | ''> : Exclude<V, ''>

export type Wire<T> = T extends Plain
  ? T
  : T extends Stripe.Decimal
    ? string
    : T extends object
      ? { [K in keyof T]: Wire<Unexpanded<T[K]>> }
      : T

/** Some fields of it, as deep as wanted. */
export type Some<T> = T extends Plain ? T : T extends (infer E)[] ? E[] : T extends object ? { [K in keyof T]?: Some<T[K]> | undefined } : T

/** Everything that the emulator keeps, by the word in its `object` field. */
export interface Kinds {
  customer: Stripe.Customer
  customer_balance_transaction: Stripe.CustomerBalanceTransaction
  tax_id: Stripe.TaxId
  payment_method: Stripe.PaymentMethod
  setup_intent: Stripe.SetupIntent
  setup_attempt: Stripe.SetupAttempt
  payment_intent: Stripe.PaymentIntent
  charge: Stripe.Charge
  refund: Stripe.Refund
  dispute: Stripe.Dispute
  'radar.early_fraud_warning': Stripe.Radar.EarlyFraudWarning
  review: Stripe.Review
  balance_transaction: Stripe.BalanceTransaction
  'checkout.session': Stripe.Checkout.Session
  'billing_portal.session': Stripe.BillingPortal.Session
  'billing_portal.configuration': Stripe.BillingPortal.Configuration
  product: Stripe.Product
  product_feature: Stripe.ProductFeature
  price: Stripe.Price
  coupon: Stripe.Coupon
  promotion_code: Stripe.PromotionCode
  discount: Stripe.Discount
  subscription: Stripe.Subscription
  subscription_item: Stripe.SubscriptionItem
  subscription_schedule: Stripe.SubscriptionSchedule
  invoice: Stripe.Invoice
  invoiceitem: Stripe.InvoiceItem
  line_item: Stripe.InvoiceLineItem
  invoice_payment: Stripe.InvoicePayment
  credit_note: Stripe.CreditNote
  credit_note_line_item: Stripe.CreditNoteLineItem
  tax_rate: Stripe.TaxRate
  'billing.meter': Stripe.Billing.Meter
  'billing.meter_event': Stripe.Billing.MeterEvent
  'billing.meter_event_adjustment': Stripe.Billing.MeterEventAdjustment
  'billing.alert': Stripe.Billing.Alert
  'billing.credit_grant': Stripe.Billing.CreditGrant
  'entitlements.feature': Stripe.Entitlements.Feature
  'entitlements.active_entitlement': Stripe.Entitlements.ActiveEntitlement
  event: EventRecord
  'v2.core.event': ThinEvent
  webhook_endpoint: Stripe.WebhookEndpoint
  'v2.core.event_destination': Stripe.V2.Core.EventDestination
  'test_helpers.test_clock': Stripe.TestHelpers.TestClock
}

export type Kind = keyof Kinds
export type Held<K extends Kind> = Wire<Kinds[K]>

/** A snapshot event; the SDK's own type is a union of hundreds. */
export interface EventRecord {
  id: string
  object: 'event'
  api_version: string | null
  created: number
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> }
  livemode: boolean
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null } | null
  type: string
}

export interface ThinEvent {
  id: string
  object: 'v2.core.event'
  created: string
  livemode: boolean
  type: string
  context: string | null
  reason: object | null
  snapshot_event?: string
  related_object?: { id: string; type: string; url: string } | null
  data?: object
}
