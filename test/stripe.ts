/** The furnished house beside a local Stripe: its events come to the house's door, its pages are used by hand. */
import assert from 'node:assert/strict'
import { after } from 'node:test'
import { type Emulator, startEmulator } from '../packages/stripe-emulator/src/index.ts'
import { openApp } from '../src/app.ts'
import { makeMissingPrices } from '../src/billing/price.ts'
import { now } from '../src/clock.ts'
import type { Browser } from './browser.ts'
import { openTestHouse, type TestHouse } from './harness.ts'

/** With which the local Stripe signs. */
export const WEBHOOK_SECRET = 'whsec_for_tests_alone'
const KEY = 'sk_test_emu_for_tests_alone'

export interface Paying {
  readonly house: TestHouse
  readonly stripe: Emulator
  /** Gives a card on Stripe's page and comes back; returns where the browser is led. */
  giveCard(browser: Browser, begin: string, number: string, more?: Record<string, string>): Promise<string>
  /** Lets all events arrive, and does all work that they leave. */
  settle(): Promise<void>
}

/** Opens a house that collects payments; everything in the catalogue has its price. */
export async function openPayingHouse(more: Record<string, string> = {}): Promise<Paying> {
  let hear: (body: string, signature: string) => Promise<number> = () => Promise.resolve(503)
  const stripe = await startEmulator({
    secretKey: KEY,
    seed: 1,
    time: () => now().getTime(),
    webhook: { url: 'http://localhost:3000/webhooks/stripe', secret: WEBHOOK_SECRET, send: (body, signature) => hear(body, signature) },
  })
  after(() => stripe.stop())
  const house = await openTestHouse({
    STRIPE_SECRET_KEY: KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_ORIGIN: stripe.url,
    ...more,
  })
  const app = openApp(house.house)
  hear = async (body, signature) => {
    const headers = { host: 'localhost:3000', 'content-type': 'application/json', 'stripe-signature': signature }
    return (await app.request('http://localhost:3000/webhooks/stripe', { method: 'POST', body, headers })).status
  }
  await makeMissingPrices(house.house)
  const settle = async () => {
    await stripe.admin.settled()
    await house.settle()
  }
  return { house, stripe, settle, giveCard: (...args) => giveCard(stripe, house, ...args) }
}

/** What is typed on Stripe's page. */
export const typedCard = (number: string): Record<string, string> => ({
  number,
  exp: '12/39',
  cvc: '123',
  name: 'Zyxwine Canarrow',
  line1: '77 Quokkaroad',
  city: 'Canaryville',
  postal_code: '90909',
  country: 'US',
})

async function giveCard(
  stripe: Emulator,
  house: TestHouse,
  browser: Browser,
  begin: string,
  number: string,
  more: Record<string, string> = {},
): Promise<string> {
  const page = (await browser.post(begin)).headers.get('location') ?? ''
  assert(page.startsWith(stripe.url), `led to ${page}`)
  let answer = stripe.visit(page, { ...typedCard(number), ...more })
  if (answer.location?.includes('/challenge/')) answer = stripe.visit(answer.location, { outcome: more['outcome'] ?? 'complete' })
  if (answer.status !== 303) return `stays at ${answer.status}`
  const back = answer.location ?? ''
  if (!back.startsWith(house.house.config.origin)) return back
  return (await browser.get(new URL(back).pathname)).headers.get('location') ?? back
}
