/**
 * What the files for analytics services of others have in common: what an action is when it leaves, how its
 * address is put together, and the one way by which they send.
 */
import type { AnalyticsDestination } from '../config-analytics.ts'
import type { Config } from '../config.ts'
import { type Message, post } from '../egress/post.ts'
import type { Nameplate } from './nameplate.ts'

/** An action as it may leave: what many readers share, and a number that is another one tomorrow. */
export interface OutgoingAction {
  /** A random number of this action, by which a repetition can be told. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** 64 random bits for the visitor's day with this one service, as 16 hexadecimal digits. */
  readonly client: string
  readonly kind: 'view' | 'action' | 'link' | 'file' | 'missing'
  readonly host: string
  readonly page: string
  readonly label: string
  readonly referrer: string
  readonly source: string
  readonly medium: string
  readonly campaign: string
  readonly term: string
  readonly content: string
  readonly browser: string
  /** Name and major version. */
  readonly version: string
  readonly language: string
  readonly device: string
  readonly country: string
}

/** One service: what it declares, and how it is told. */
export interface AnalyticsService {
  readonly plate: Nameplate
  /** Its fields in plain words, for those who are asked. */
  readonly gets: string
  /** How many actions one request may tell. */
  readonly together: number
  /** Hours after which an action that could not be told is dropped. */
  readonly hours: number
  /** The request that tells these actions. */
  message(destination: AnalyticsDestination, actions: readonly OutgoingAction[]): Message
}

/** The way out, for all of them: no private network, no redirect, a time limit, an answer that is not read. */
export const tell = post

/** Where this service is, by the operator's settings. */
export const wayOf =
  (service: AnalyticsDestination['service']) =>
  ({ analytics }: Config): URL | undefined => {
    const found = analytics.find((one) => one.service === service)
    return found && new URL(found.url)
  }

/** A message in JSON; what is empty is left out. */
export const inJson = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Message => ({
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** The fields that hold something. */
export const filled = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => Boolean(field[1])))

/** The page's address, with the words of a campaign and nothing else of its query. */
export function addressOf({ host, page, source, medium, campaign, term, content }: OutgoingAction): string {
  const words = filled({ utm_source: source, utm_medium: medium, utm_campaign: campaign, utm_term: term, utm_content: content })
  const query = new URLSearchParams(words).toString()
  return `https://${host}${encodeURI(page).replace(/[?#]/g, encodeURIComponent)}${query && '?'}${query}`
}

/** The website that linked here, as far as it is known: its host. */
export const referrerOf = ({ referrer }: OutgoingAction): string | undefined => (referrer ? `https://${referrer}/` : undefined)

/** The major version alone. */
export const majorOf = ({ version }: OutgoingAction): string | undefined => / (\d+)$/.exec(version)?.[1]

/** A user agent of browser and major version: these services count nothing without one, and get no more of the reader's. */
export function agentOf(action: OutgoingAction): string {
  const name = action.browser.replace(/\W+/g, '')
  return name ? `Mozilla/5.0 ${name}/${majorOf(action) ?? '0'}.0` : 'Mozilla/5.0'
}

/** What each of them gets, in plain words. */
export const always =
  'the address of the page with the words of a campaign, the name of what you did there, the moment, the website that linked here, the name and version of your browser'

/** What all of them are told of a visit, in the data map's words; each file adds its own. */
export const forgetting =
  'It knows nobody: the number that it gets for a visitor is random, another one each day, and not kept by us once the day is over. So there is nothing there to find you by; what waits here is deleted when you end your consent.'
export const correcting = 'It gets nothing about you that could be corrected.'
