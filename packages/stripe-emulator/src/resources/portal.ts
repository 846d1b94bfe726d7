/** The customer portal: links that open it, and what it may offer. What happens there is in portal-page.ts. */
import type { Stripe } from 'stripe'
import { now, nowFor } from '../clock.ts'
import { invalid, missing } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import type { Held, Some } from '../wire.ts'
import { all, create, find, type World } from '../world.ts'
import { livingCustomer } from './customers.ts'

export type PortalSession = Held<'billing_portal.session'>
export type Configuration = Held<'billing_portal.configuration'>
type Features = Configuration['features']
type FlowData = NonNullable<Asked<Stripe.BillingPortal.SessionCreateParams>['params']['flow_data']>

const everything: Some<Features> = {
  customer_update: { allowed_updates: ['address', 'email', 'name', 'tax_id'], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: true,
      options: [
        'too_expensive',
        'missing_features',
        'switched_service',
        'unused',
        'customer_service',
        'too_complex',
        'low_quality',
        'other',
      ],
    },
    enabled: true,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: { enabled: false },
  subscription_update: {
    default_allowed_updates: ['price', 'quantity', 'promotion_code'],
    enabled: true,
    products: [],
    proration_behavior: 'create_prorations',
  },
}

/** What was asked for, on top of what was there; everything else is off. */
function featuresFrom(params: object | undefined, before: Some<Features>): Some<Features> {
  const merged: Record<string, unknown> = { ...before }
  for (const [name, asked] of Object.entries(params ?? {})) merged[name] = { ...(merged[name as never] as object), ...(asked as object) }
  return merged as Some<Features>
}

const nothing: Some<Features> = Object.fromEntries(Object.keys(everything).map((name) => [name, { enabled: false }])) as never

function newConfiguration(world: World, features: Some<Features>, more: Some<Configuration> = {}): Configuration {
  const at = now(world)
  return create(world, 'billing_portal.configuration', {
    active: true,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: at,
    features,
    login_page: { enabled: false, url: null },
    metadata: {},
    updated: at,
    ...more,
  })
}

function createConfiguration(world: World, { params }: Asked<Stripe.BillingPortal.ConfigurationCreateParams>): Configuration {
  const made = newConfiguration(world, featuresFrom(params.features, nothing), {
    default_return_url: params.default_return_url ?? null,
    metadata: mergeMetadata(null, params.metadata),
    name: params.name ?? null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null, ...params.business_profile },
  })
  tell(world, 'billing_portal.configuration.created', made)
  return made
}

function updateConfiguration(world: World, { id, params }: Asked<Stripe.BillingPortal.ConfigurationUpdateParams>): Configuration {
  const before = find(world, 'billing_portal.configuration', id)
  const features = params.features ? featuresFrom(params.features, before.features as Some<Features>) : undefined
  const { active, default_return_url, name } = params
  const metadata = mergeMetadata(before.metadata, params.metadata)
  return change(
    world,
    before,
    { active, default_return_url, name, metadata, features, updated: now(world) } as never,
    'billing_portal.configuration.updated',
  )
}

/** The one that is used where none is named. */
const defaultConfiguration = (world: World): Configuration =>
  all(world, 'billing_portal.configuration').find((each) => each.is_default) ?? newConfiguration(world, everything, { is_default: true })

function createSession(world: World, { params }: Asked<Stripe.BillingPortal.SessionCreateParams>): PortalSession {
  if (!params.customer) throw missing('customer')
  const customer = livingCustomer(world, params.customer, 'customer')
  const configuration = params.configuration
    ? find(world, 'billing_portal.configuration', params.configuration, 'configuration')
    : defaultConfiguration(world)
  if (params.flow_data) checkFlow(world, customer.id, params.flow_data)
  const session = create(world, 'billing_portal.session', {
    configuration: configuration.id,
    created: nowFor(world, null),
    customer: customer.id,
    flow: params.flow_data ? (flowFrom(params.flow_data) as never) : null,
    locale: params.locale ?? null,
    return_url: params.return_url ?? configuration.default_return_url,
  })
  const complete = change(world, session, { url: `${world.origin}/p/session/${session.id}` })
  tell(world, 'billing_portal.session.created', complete)
  return complete
}

/** The subscription of a flow must be the customer's own. */
function checkFlow(world: World, customer: string, flow: FlowData): void {
  const id = subscriptionOfFlow(flow)
  if (id && find(world, 'subscription', id, `flow_data[${flow.type}][subscription]`).customer !== customer)
    throw invalid(`No such subscription: '${id}'`, { param: `flow_data[${flow.type}][subscription]`, code: 'resource_missing' })
  if (!id && flow.type.startsWith('subscription_')) throw missing(`flow_data[${flow.type}][subscription]`)
}

const subscriptionOfFlow = (flow: Partial<FlowData>): string | undefined =>
  (flow.subscription_cancel ?? flow.subscription_update ?? flow.subscription_update_confirm ?? flow.subscription_pause)?.subscription

const flowFrom = (flow: FlowData) => ({
  after_completion: {
    hosted_confirmation: flow.after_completion?.hosted_confirmation
      ? { custom_message: null, ...flow.after_completion.hosted_confirmation }
      : null,
    redirect: flow.after_completion?.redirect ?? null,
    type: flow.after_completion?.type ?? 'portal_homepage',
  },
  customer_update: flow.type === 'customer_update' ? {} : null,
  subscription_cancel: flow.subscription_cancel ? { retention: null, subscription: flow.subscription_cancel.subscription } : null,
  subscription_pause: flow.subscription_pause ?? null,
  subscription_update: flow.subscription_update ?? null,
  subscription_update_confirm: flow.subscription_update_confirm
    ? {
        discounts: null,
        subscription: flow.subscription_update_confirm.subscription,
        items: flow.subscription_update_confirm.items.map((item) => ({ ...item, price: item.price ?? null })),
      }
    : null,
  type: flow.type,
})

export const portal = {
  'billingPortal.sessions.create': createSession,
  'billingPortal.configurations.create': createConfiguration,
  'billingPortal.configurations.retrieve': (world, { id }) => find(world, 'billing_portal.configuration', id),
  'billingPortal.configurations.update': updateConfiguration,
  'billingPortal.configurations.list': (world, { params }: Asked<Stripe.BillingPortal.ConfigurationListParams>) =>
    page(
      all(world, 'billing_portal.configuration'),
      params,
      '/v1/billing_portal/configurations',
      (each) => params.active === undefined || each.active === params.active,
    ),
} satisfies Operations
