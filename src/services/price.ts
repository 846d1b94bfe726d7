/** What a plan costs, in words, in the currency of the reader's region. */
import type { Amounts, Tier } from './tables.ts'

/** As much of a plan as its price needs. */
export interface Priced {
  readonly kind: 'free' | 'flat' | 'seat' | 'metered' | 'tiered'
  readonly amounts: Amounts
  readonly tiers: readonly Tier[]
  readonly every: 'month' | 'year'
  readonly tax: 'exclusive' | 'inclusive'
  readonly meter: string | null
}

const EURO = new Set('AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' '))

/** The currency that is usual in a region (ISO 3166-1), such as the one in `Accept-Language: de-AT`. */
export function currencyOf(region: string | undefined): string {
  if (region === 'GB') return 'gbp'
  return region !== undefined && EURO.has(region) ? 'eur' : 'usd'
}

/** The region that a browser's first language names, if it names one. */
export const regionOf = (accepted: string | undefined): string | undefined =>
  /^\s*[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\b/i.exec(accepted ?? '')?.[1]?.toUpperCase()

const zeroDecimal = new Set(['jpy', 'krw', 'vnd', 'clp', 'isk'])

/** Cents as money, such as `$5` or `€4.50`. */
export function money(cents: number, currency: string): string {
  const whole = zeroDecimal.has(currency) ? cents : cents / 100
  const round = Number.isInteger(whole)
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency: currency.toUpperCase(),
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: round ? 0 : undefined,
    maximumFractionDigits: round ? 0 : undefined,
  }).format(whole)
}

/** What somebody typed, such as `4.50` or `4,5`, in the smallest unit: without arithmetic on fractions. Undefined for what is no amount. */
export function centsTyped(text: string, currency: string): number | undefined {
  const [, whole = '', part = ''] = /^\s*(\d{1,9})(?:[.,](\d{1,2}))?\s*$/.exec(text) ?? []
  if (whole === '') return undefined
  if (zeroDecimal.has(currency)) return Number(part) === 0 ? Number(whole) : undefined
  return Number(whole) * 100 + Number(part.padEnd(2, '0'))
}

/** The amount in this currency, or in the plan's first one where it has none in this. */
export function amountIn({ amounts }: Pick<Priced, 'amounts'>, wanted: string): { cents: number; currency: string } {
  const cents = amounts[wanted]
  if (cents !== undefined) return { cents, currency: wanted }
  const [currency = 'usd', first = 0] = Object.entries(amounts)[0] ?? []
  return { cents: first, currency }
}

/** What a plan costs, such as "$5 a month", "€4 a seat, a month" or "from $0.02 for each run". */
export function priceInWords(plan: Priced, wanted: string): string {
  if (plan.kind === 'free') return 'Free'
  const { cents, currency } = amountIn(plan, wanted)
  const price = money(cents, currency)
  if (plan.kind === 'flat') return `${price} a ${plan.every}`
  if (plan.kind === 'seat') return `${price} a seat, a ${plan.every}`
  if (plan.kind === 'metered') return `${price} for each ${plan.meter}`
  const least = Math.min(...plan.tiers.map((tier) => tier.cents))
  return `from ${money(least, currency)} for each ${plan.meter}`
}

/** Whether tax comes on top. */
export const taxInWords = ({ kind, tax }: Pick<Priced, 'kind' | 'tax'>): string =>
  kind === 'free' ? '' : tax === 'inclusive' ? 'Tax is in the price.' : 'Tax comes on top, where your region has one.'

/** What comes with a plan, in sentences. */
export function termsInWords(
  plan: Pick<Priced, 'kind' | 'tax'> & { readonly limits: Readonly<Record<string, number>>; readonly trialDays: number },
): string[] {
  const limits = Object.entries(plan.limits).map(
    ([name, most]) => `${most.toLocaleString('en')} ${most === 1 ? name.replace(/s$/, '') : name}`,
  )
  return [
    limits.length > 0 ? `Up to ${limits.join(', ')}.` : '',
    plan.trialDays > 0 ? `The first ${plan.trialDays} days are free.` : '',
    taxInWords(plan),
  ].filter(Boolean)
}

/** What so much of a plan by use costs, in the smallest unit; tiers cost the same number in every currency. */
export function costOf({ kind, amounts, tiers }: Pick<Priced, 'kind' | 'amounts' | 'tiers'>, quantity: number, wanted: string): number {
  if (kind !== 'tiered') return kind === 'metered' ? amountIn({ amounts }, wanted).cents * quantity : 0
  let [from, cents] = [0, 0]
  for (const { upTo, cents: each } of tiers) {
    const until = Math.min(quantity, upTo ?? Infinity)
    cents += Math.max(0, until - from) * each
    from = Math.max(from, until)
  }
  return cents
}
