/**
 * Where visits are told to services of others, by one setting each: `https://KEY@host`. The key says whose
 * numbers they are there; a path is kept, for a service that does not stand at the root of its host.
 */
export const analyticsNames = ['posthog', 'plausible', 'matomo', 'google', 'umami'] as const
export type AnalyticsName = (typeof analyticsNames)[number]

export interface AnalyticsDestination {
  readonly service: AnalyticsName
  /** Origin and path, without a slash at the end. */
  readonly url: string
  readonly key: string
  /** Google's second key. */
  readonly secret: string
}

type SettingName = 'POSTHOG' | 'PLAUSIBLE' | 'MATOMO' | 'GOOGLE_ANALYTICS' | 'UMAMI'

interface Form {
  readonly setting: SettingName
  readonly key: RegExp
  readonly secret?: RegExp
  readonly like: string
}

const forms: Readonly<Record<AnalyticsName, Form>> = {
  posthog: { setting: 'POSTHOG', key: /^phc_\w+$/, like: 'https://phc_KEY@eu.i.posthog.com' },
  plausible: { setting: 'PLAUSIBLE', key: /^[a-z0-9.-]+$/i, like: 'https://example.com@plausible.io' },
  matomo: { setting: 'MATOMO', key: /^\d+$/, like: 'https://1@matomo.example.com' },
  google: {
    setting: 'GOOGLE_ANALYTICS',
    key: /^G-[A-Z0-9]+$/,
    secret: /^[\w-]+$/,
    like: 'https://G-XXXXXXX:SECRET@region1.google-analytics.com',
  },
  umami: { setting: 'UMAMI', key: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, like: 'https://WEBSITE-ID@cloud.umami.is' },
}

/** What the operator set: the texts by the names of their settings. */
type Texts = Readonly<{ [N in SettingName]?: string | undefined }>

/**
 * Reads the settings of all services, in the order in which people read them.
 * @returns the destinations, or the sentence that says what is wrong; it repeats no key
 */
export function analyticsOf(texts: Texts, development: boolean): readonly AnalyticsDestination[] | string {
  const destinations: AnalyticsDestination[] = []
  for (const service of analyticsNames) {
    const text = texts[forms[service].setting]
    if (!text) continue
    const read = destinationIn(service, text, development)
    if (!read) return `${forms[service].setting} must look like ${forms[service].like}.`
    destinations.push(read)
  }
  return destinations
}

function destinationIn(service: AnalyticsName, text: string, development: boolean): AnalyticsDestination | undefined {
  const { key, secret } = forms[service]
  const url = URL.parse(text)
  if (!url || url.search || url.hash || !(url.protocol === 'https:' || (development && url.protocol === 'http:'))) return undefined
  if (!key.test(url.username) || !(secret ? secret.test(url.password) : url.password === '')) return undefined
  return { service, url: url.origin + url.pathname.replace(/\/+$/, ''), key: url.username, secret: url.password }
}
