/** Coupons, the codes that stand for them, and the discounts that come of them. */
import type { Stripe } from 'stripe'
import { now, nowFor } from '../clock.ts'
import { invalid } from '../errors.ts'
import { change, tell } from '../events.ts'
import { page } from '../lists.ts'
import { mergeMetadata } from '../metadata.ts'
import type { Asked, Operations } from '../operations.ts'
import { after } from '../calendar.ts'
import type { Held } from '../wire.ts'
import { all, create, find, peek, put, randomWord, remove, type World } from '../world.ts'

type Coupon = Held<'coupon'>

function createCoupon(world: World, { params }: Asked<Stripe.CouponCreateParams>): Coupon {
  const { amount_off, percent_off, currency, duration = 'once', duration_in_months } = params
  if ((amount_off === undefined) === (percent_off === undefined))
    throw invalid('Must provide either percent_off or amount_off, and not both.', { param: 'percent_off' })
  if (amount_off !== undefined && !currency) throw invalid('You must pass currency when passing amount_off.', { param: 'currency' })
  if (params.id && peek(world, 'coupon', params.id)) throw invalid('Coupon already exists.', { code: 'resource_already_exists' })
  const coupon = create(world, 'coupon', {
    id: params.id ?? randomWord(world, 8),
    amount_off: amount_off ?? null,
    created: now(world),
    currency: currency ?? null,
    duration,
    duration_in_months: duration_in_months ?? null,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata(null, params.metadata),
    name: params.name ?? null,
    percent_off: percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    valid: true,
  })
  tell(world, 'coupon.created', coupon)
  return coupon
}

function createCode(world: World, { params }: Asked<Stripe.PromotionCodeCreateParams>): Held<'promotion_code'> {
  const coupon = find(world, 'coupon', params.promotion.coupon ?? '', 'promotion[coupon]')
  const code = params.code ?? randomWord(world, 8).toUpperCase()
  if (codeFor(world, code)) throw invalid('An active promotion code with this code already exists.', { param: 'code' })
  const made = create(world, 'promotion_code', {
    active: params.active ?? true,
    code,
    created: now(world),
    customer: params.customer ?? null,
    expires_at: params.expires_at ?? null,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata(null, params.metadata),
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions: {
      first_time_transaction: params.restrictions?.first_time_transaction ?? false,
      minimum_amount: null,
      minimum_amount_currency: null,
    },
  })
  tell(world, 'promotion_code.created', made)
  return made
}

export const codeFor = (world: World, code: string): Held<'promotion_code'> | undefined =>
  all(world, 'promotion_code').find((each) => each.active && each.code.toLowerCase() === code.toLowerCase())

type Wanted = { coupon?: string; promotion_code?: string; discount?: string }

/** Makes discounts of what was asked for, and counts them as redeemed. */
export function redeem(world: World, wanted: Wanted[], holder: { customer: string; subscription?: string }): string[] {
  return wanted.map((each) => {
    if (each.discount) return find(world, 'discount', each.discount, 'discounts').id
    const code = each.promotion_code ? find(world, 'promotion_code', each.promotion_code, 'discounts') : undefined
    const couponId = code ? code.promotion.coupon : (each.coupon ?? '')
    const coupon = find(world, 'coupon', couponId ?? '', 'discounts')
    checkUsable(world, coupon, code)
    const start = nowFor(world, holder.customer)
    put(world, 'coupon', { ...coupon, times_redeemed: coupon.times_redeemed + 1 })
    if (code) put(world, 'promotion_code', { ...code, times_redeemed: code.times_redeemed + 1 })
    return create(world, 'discount', {
      customer: holder.customer,
      subscription: holder.subscription ?? null,
      promotion_code: code?.id ?? null,
      source: { coupon: coupon.id, type: 'coupon' },
      start,
      end: coupon.duration === 'repeating' ? after(start, { interval: 'month', interval_count: coupon.duration_in_months ?? 1 }) : null,
    }).id
  })
}

function checkUsable(world: World, coupon: Coupon, code: Held<'promotion_code'> | undefined): void {
  const spent = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions
  if (!coupon.valid || spent || (coupon.redeem_by !== null && coupon.redeem_by < now(world)))
    throw invalid(`Coupon expired: ${coupon.id}`, { code: 'coupon_expired', param: 'discounts' })
  const used = code && code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions
  if (code && (!code.active || used || (code.expires_at !== null && code.expires_at < now(world))))
    throw invalid('This promotion code is no longer valid.', { param: 'discounts' })
}

/** What these discounts take off an amount, each with how much. Those whose time is over take nothing. */
export function reductions(world: World, discounts: string[], amount: number, at: number): { discount: string; amount: number }[] {
  let rest = amount
  return discounts.flatMap((id) => {
    const discount = peek(world, 'discount', id)
    const coupon = peek(world, 'coupon', discount?.source.coupon)
    if (!discount || !coupon || (discount.end !== null && discount.end <= at)) return []
    const off = Math.min(rest, coupon.percent_off === null ? (coupon.amount_off ?? 0) : Math.round((rest * coupon.percent_off) / 100))
    rest -= off
    return off > 0 ? [{ discount: id, amount: off }] : []
  })
}

/** Those that hold for one invoice only end with it. */
export function spend(world: World, discounts: string[], at: number): string[] {
  return discounts.filter((id) => {
    const discount = peek(world, 'discount', id)
    const once = peek(world, 'coupon', discount?.source.coupon)?.duration === 'once'
    return discount && !once && (discount.end === null || discount.end > at)
  })
}

export const coupons = {
  'coupons.create': createCoupon,
  'coupons.retrieve': (world, { id }) => find(world, 'coupon', id),
  'coupons.list': (world, { params }: Asked<Stripe.CouponListParams>) => page(all(world, 'coupon'), params, '/v1/coupons'),
  'coupons.del': (world, { id }) => {
    const coupon = find(world, 'coupon', id)
    remove(world, 'coupon', id)
    tell(world, 'coupon.deleted', coupon)
    return { id, object: 'coupon', deleted: true }
  },
  'promotionCodes.create': createCode,
  'promotionCodes.retrieve': (world, { id }) => find(world, 'promotion_code', id),
  'promotionCodes.update': (world, { id, params }: Asked<Stripe.PromotionCodeUpdateParams>) => {
    const code = find(world, 'promotion_code', id)
    return change(world, code, { active: params.active, metadata: mergeMetadata(code.metadata, params.metadata) }, 'promotion_code.updated')
  },
  'promotionCodes.list': (world, { params }: Asked<Stripe.PromotionCodeListParams>) =>
    page(
      all(world, 'promotion_code'),
      params,
      '/v1/promotion_codes',
      (each) =>
        (!params.code || each.code === params.code) &&
        (params.active === undefined || each.active === params.active) &&
        (!params.coupon || each.promotion.coupon === params.coupon),
    ),
} satisfies Operations
