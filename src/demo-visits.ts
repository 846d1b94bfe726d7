/**
 * Invented visits: unevenly spread over pages, countries, browsers and hours, as real ones are. The same
 * seed and day give the same visits; for the demo, for tests, and for measuring.
 */
import { DAY, HOUR, MINUTE, SECOND } from './clock.ts'
import { type Chance, chance } from './demo-names.ts'
import type { Action, Arrival, Reader } from './navigation/action.ts'

/** Each with its weight. */
type Weighted<T> = readonly (readonly [weight: number, value: T])[]

const places: Weighted<readonly [country: string, language: string, zone: number]> = [
  [30, ['US', 'en', -20]],
  [9, ['DE', 'de', 4]],
  [8, ['GB', 'en', 0]],
  [6, ['IN', 'en', 22]],
  [5, ['FR', 'fr', 4]],
  [5, ['CA', 'en', -20]],
  [4, ['NL', 'nl', 4]],
  [4, ['BR', 'pt', -12]],
  [4, ['JP', 'ja', 36]],
  [3, ['ES', 'es', 4]],
  [3, ['PL', 'pl', 4]],
  [3, ['IT', 'it', 4]],
  [2, ['AU', 'en', 40]],
  [2, ['SE', 'sv', 4]],
  [2, ['CH', 'de', 4]],
  [2, ['MX', 'es', -24]],
  [2, ['KR', 'ko', 36]],
  [1, ['AT', 'de', 4]],
  [1, ['TR', 'tr', 12]],
  [1, ['UA', 'uk', 8]],
  [1, ['ZA', 'en', 8]],
  [0.5, ['NZ', 'en', 48]],
  [0.3, ['IS', 'is', 0]],
  [0.1, ['LI', 'de', 4]],
  [0.05, ['TO', 'to', 52]],
]

const browsers: Weighted<readonly [browser: string, device: string, newest: number]> = [
  [40, ['Chrome', 'computer', 149]],
  [22, ['Chrome', 'telephone', 149]],
  [14, ['Safari', 'telephone', 26]],
  [8, ['Safari', 'computer', 26]],
  [6, ['Firefox', 'computer', 151]],
  [5, ['Microsoft Edge', 'computer', 149]],
  [2, ['Samsung Internet for Android', 'telephone', 30]],
  [1, ['Firefox', 'telephone', 151]],
  [1, ['Safari', 'tablet', 26]],
  [0.6, ['Opera', 'computer', 128]],
  [0.2, ['Vivaldi', 'computer', 7]],
]

const arrivals: Weighted<Partial<Arrival>> = [
  [35, { channel: 'direct' }],
  [28, { channel: 'search', referrer: 'www.google.com' }],
  [4, { channel: 'search', referrer: 'duckduckgo.com' }],
  [3, { channel: 'search', referrer: 'www.bing.com' }],
  [5, { channel: 'social', referrer: 'news.ycombinator.com' }],
  [4, { channel: 'social', referrer: 'www.reddit.com' }],
  [3, { channel: 'social', referrer: 'www.linkedin.com' }],
  [5, { channel: 'referral', referrer: 'github.com' }],
  [3, { channel: 'e-mail', source: 'updates', medium: 'email', campaign: 'november' }],
  [2, { channel: 'e-mail', source: 'updates', medium: 'email', campaign: 'october' }],
  [4, { channel: 'paid search', referrer: 'www.google.com', source: 'google', medium: 'cpc', campaign: 'hosting', term: 'small hosting' }],
  [2, { channel: 'paid search', referrer: 'www.google.com', source: 'google', medium: 'cpc', campaign: 'logs', content: 'b' }],
]

const pages: Weighted<string> = [
  ...[
    [30, '/'],
    [14, '/services'],
    [9, '/services/small-hosting'],
    [7, '/services/log-search'],
    [6, '/services/scheduled-runs'],
    [5, '/services/status-pages'],
    [7, '/help'],
    [4, '/privacy'],
    [4, '/sign-up'],
    [2, '/cookies'],
  ].map(([weight, page]): [number, string] => [Number(weight), String(page)]),
  // A long tail, as of articles: the nth is read 1/n as often.
  ...Array.from({ length: 180 }, (_, n): [number, string] => [12 / (n + 1), `/help/article-${n + 1}`]),
]

const acts: Weighted<Pick<Action, 'kind' | 'label' | 'properties'>> = [
  [5, { kind: 'action', label: 'sign up', properties: ['plan = small', 'billing = monthly'] }],
  [3, { kind: 'action', label: 'sign up', properties: ['plan = team', 'billing = yearly'] }],
  [6, { kind: 'action', label: 'search', properties: [] }],
  [6, { kind: 'link', label: 'github.com', properties: [] }],
  [3, { kind: 'link', label: 'status.example', properties: [] }],
  [2, { kind: 'file', label: '/files/price-list.pdf', properties: [] }],
]

/** By hour of the reader's day, how much is going on. */
const byHour = [1, 1, 1, 1, 1, 2, 4, 7, 11, 14, 15, 14, 12, 13, 14, 14, 13, 11, 10, 11, 12, 10, 6, 3]
const referrers = Array.from({ length: 300 }, (_, n) => `blog-${n + 1}.example`)
const someReferrer: Weighted<string> = referrers.map((host, n) => [1 / (n + 1), host])

function drawer<T>(list: Weighted<T>): (roll: Chance) => T {
  const ends: number[] = []
  let sum = 0
  for (const [weight] of list) ends.push((sum += weight))
  return (roll) => {
    const point = roll() * sum
    const at = ends.findIndex((end) => point < end)
    return (list[at === -1 ? list.length - 1 : at] as readonly [number, T])[1]
  }
}

const draw = {
  place: drawer(places),
  browser: drawer(browsers),
  arrival: drawer(arrivals),
  page: drawer(pages),
  act: drawer(acts),
  referrer: drawer(someReferrer),
  hour: drawer(byHour.map((weight, hour): [number, number] => [weight, hour])),
}

function reader(roll: Chance): Reader {
  const [country, language, zone] = draw.place(roll)
  const [browser, device, newest] = draw.browser(roll)
  const major = newest - Math.floor(roll() ** 3 * 8)
  return {
    browser,
    version: `${browser} ${major}`,
    language: roll() < 0.12 ? 'en' : language,
    device,
    country,
    region: '',
    zone: country === 'US' ? zone - 4 * Math.floor(roll() * 4) : zone,
  }
}

const NOWHERE: Arrival = { referrer: '', channel: 'direct', source: '', medium: '', campaign: '', term: '', content: '' }

function arrival(roll: Chance): Arrival {
  if (roll() < 0.1) return { ...NOWHERE, channel: 'referral', referrer: draw.referrer(roll) }
  return { ...NOWHERE, ...draw.arrival(roll) }
}

export interface Invented {
  /** The day (UTC), as the moment at which it begins. */
  readonly day: number
  readonly visitors: number
  readonly hosts: readonly string[]
  readonly seed: number
}

/** The actions of a day's visitors, visitor by visitor. */
export function* inventedActions({ day, visitors, hosts, seed }: Invented): Generator<Action> {
  const roll = chance(seed + Math.floor(day / DAY))
  for (let one = 0; one < visitors; one++) {
    const who = reader(roll)
    const visitor = (BigInt(Math.floor(roll() * 2 ** 32)) << 31n) + BigInt(Math.floor(roll() * 2 ** 31))
    const visits = roll() < 0.85 ? 1 : roll() < 0.7 ? 2 : 3
    const first = day + ((draw.hour(roll) * HOUR - (who.zone ?? 0) * 15 * MINUTE + DAY) % DAY) + roll() * HOUR
    for (let visit = 0; visit < visits; visit++)
      yield* visitOf(roll, { who, visitor, host: hosts[0] ?? '', hosts }, first + visit * 2 * HOUR)
  }
}

interface Someone {
  readonly who: Reader
  readonly visitor: bigint
  readonly host: string
  readonly hosts: readonly string[]
}

function* visitOf(roll: Chance, { who, visitor, hosts }: Someone, from: number): Generator<Action> {
  const day = Math.floor(from / DAY)
  const host = hosts[Math.floor(roll() ** 2 * hosts.length)] ?? ''
  const common = { ...who, ...arrival(roll), visitor, host, label: '', properties: [], amount: null }
  const views = roll() < 0.42 ? 1 : 2 + Math.floor(roll() ** 2 * 8)
  let at = from
  for (let view = 0; view < views; view++) {
    if (Math.floor(at / DAY) !== day) return
    const page = draw.page(roll)
    yield { ...common, kind: 'view', page, at: new Date(at) }
    const seconds = Math.floor(5 + roll() ** 2 * 180)
    at += seconds * SECOND
    if (Math.floor(at / DAY) !== day) return
    if (roll() < 0.08) yield { ...common, ...draw.act(roll), page, at: new Date(at - SECOND) }
    if (roll() < 0.3) yield { ...common, kind: 'time', page, at: new Date(at), amount: seconds }
  }
}
