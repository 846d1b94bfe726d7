/** Every kind of object: how its ids begin, what the schema calls it, and where one finds it. */
import type { Kind } from './wire.ts'

interface KindInfo {
  prefix: string
  schema: string
  url: string
}

const info = (prefix: string, schema: string, url = ''): KindInfo => ({ prefix, schema, url })

export const kinds: Record<Kind, KindInfo> = {
  customer: info('cus_', 'Customer', '/v1/customers'),
  customer_balance_transaction: info('cbtxn_', 'CustomerBalanceTransaction'),
  tax_id: info('txi_', 'TaxId', '/v1/tax_ids'),
  payment_method: info('pm_', 'PaymentMethod', '/v1/payment_methods'),
  setup_intent: info('seti_', 'SetupIntent', '/v1/setup_intents'),
  setup_attempt: info('setatt_', 'SetupAttempt', '/v1/setup_attempts'),
  payment_intent: info('pi_', 'PaymentIntent', '/v1/payment_intents'),
  charge: info('ch_', 'Charge', '/v1/charges'),
  refund: info('re_', 'Refund', '/v1/refunds'),
  dispute: info('du_', 'Dispute', '/v1/disputes'),
  'radar.early_fraud_warning': info('issfr_', 'Radar.EarlyFraudWarning', '/v1/radar/early_fraud_warnings'),
  review: info('prv_', 'Review', '/v1/reviews'),
  balance_transaction: info('txn_', 'BalanceTransaction', '/v1/balance_transactions'),
  'checkout.session': info('cs_test_', 'Checkout.Session', '/v1/checkout/sessions'),
  'billing_portal.session': info('bps_', 'BillingPortal.Session', '/v1/billing_portal/sessions'),
  'billing_portal.configuration': info('bpc_', 'BillingPortal.Configuration', '/v1/billing_portal/configurations'),
  product: info('prod_', 'Product', '/v1/products'),
  product_feature: info('prodft_', 'ProductFeature'),
  price: info('price_', 'Price', '/v1/prices'),
  coupon: info('cpn_', 'Coupon', '/v1/coupons'),
  promotion_code: info('promo_', 'PromotionCode', '/v1/promotion_codes'),
  discount: info('di_', 'Discount'),
  subscription: info('sub_', 'Subscription', '/v1/subscriptions'),
  subscription_item: info('si_', 'SubscriptionItem', '/v1/subscription_items'),
  subscription_schedule: info('sub_sched_', 'SubscriptionSchedule', '/v1/subscription_schedules'),
  invoice: info('in_', 'Invoice', '/v1/invoices'),
  invoiceitem: info('ii_', 'InvoiceItem', '/v1/invoiceitems'),
  line_item: info('il_', 'InvoiceLineItem'),
  invoice_payment: info('inpay_', 'InvoicePayment', '/v1/invoice_payments'),
  credit_note: info('cn_', 'CreditNote', '/v1/credit_notes'),
  credit_note_line_item: info('cnli_', 'CreditNoteLineItem'),
  tax_rate: info('txr_', 'TaxRate', '/v1/tax_rates'),
  'billing.meter': info('mtr_test_', 'Billing.Meter', '/v1/billing/meters'),
  'billing.meter_event': info('mevt_', 'Billing.MeterEvent'),
  'billing.meter_event_adjustment': info('meadj_', 'Billing.MeterEventAdjustment'),
  'billing.alert': info('alrt_', 'Billing.Alert', '/v1/billing/alerts'),
  'billing.credit_grant': info('credgr_test_', 'Billing.CreditGrant', '/v1/billing/credit_grants'),
  'entitlements.feature': info('feat_test_', 'Entitlements.Feature', '/v1/entitlements/features'),
  'entitlements.active_entitlement': info('ent_test_', 'Entitlements.ActiveEntitlement', '/v1/entitlements/active_entitlements'),
  event: info('evt_', 'Event', '/v1/events'),
  'v2.core.event': info('evt_test_', 'ThinEvent', '/v2/core/events'),
  webhook_endpoint: info('we_', 'WebhookEndpoint', '/v1/webhook_endpoints'),
  'v2.core.event_destination': info('ed_test_', 'V2.Core.EventDestination', '/v2/core/event_destinations'),
  'test_helpers.test_clock': info('clock_', 'TestHelpers.TestClock', '/v1/test_helpers/test_clocks'),
}

// The longest prefix first: `sub_sched_` before `sub_`.
const byPrefix = (Object.entries(kinds) as [Kind, KindInfo][]).sort(([, a], [, b]) => b.prefix.length - a.prefix.length)

export const kindOf = (id: string): Kind | undefined => byPrefix.find(([, { prefix }]) => id.startsWith(prefix))?.[0]
