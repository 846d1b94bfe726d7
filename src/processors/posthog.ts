/** PostHog, by its batch endpoint (posthog.com/docs/api/capture). */
import type { AnalyticsDestination } from '../config-analytics.ts'
import {
  type AnalyticsService,
  always,
  addressOf,
  correcting,
  filled,
  forgetting,
  wayOf,
  inJson,
  majorOf,
  type OutgoingAction,
} from './analytics.ts'
import type { Nameplate } from './nameplate.ts'

export const posthog: Nameplate = {
  name: 'PostHog',
  does: 'Shows us how the websites are used, where you agreed to it: pages and acts of one visitor’s day, without knowing whose',
  where: 'Where PostHog keeps it: in the European Union or the United States, as the operator chose',
  purposes: ['improvement'],
  transfer: 'to the United States where the operator chose that, under the data processing agreement that it signed',
  receives: {
    event: 'action',
    uuid: 'record',
    timestamp: 'record',
    distinct_id: 'visit',
    $current_url: 'action',
    $host: 'action',
    $pathname: 'action',
    $referring_domain: 'visit',
    utm_source: 'visit',
    utm_medium: 'visit',
    utm_campaign: 'visit',
    utm_term: 'visit',
    utm_content: 'visit',
    $browser: 'visit',
    $browser_version: 'visit',
    $browser_language: 'visit',
    $device_type: 'visit',
    $geoip_country_code: 'visit',
    label: 'action',
    $process_person_profile: 'record',
    $geoip_disable: 'record',
  },
  basis: 'consent',
  forget: forgetting,
  correct: correcting,
  byChoice: true,
  way: wayOf('posthog'),
}

const events = { link: 'outbound link', file: 'download', missing: 'page not found' } as const

function eventOf({ kind, label }: OutgoingAction): string {
  if (kind === 'view') return '$pageview'
  return kind === 'action' ? label : events[kind]
}

const devices: Readonly<Record<string, string>> = { computer: 'Desktop', telephone: 'Mobile', tablet: 'Tablet' }

// PostHog would look up where our own server stands, and make a profile of a person: it is told to do neither.
const captured = (action: OutgoingAction) => ({
  event: eventOf(action),
  uuid: action.id,
  timestamp: new Date(action.at).toISOString(),
  properties: {
    distinct_id: action.client,
    ...filled({
      $current_url: addressOf(action),
      $host: action.host,
      $pathname: action.page,
      $referring_domain: action.referrer,
      utm_source: action.source,
      utm_medium: action.medium,
      utm_campaign: action.campaign,
      utm_term: action.term,
      utm_content: action.content,
      $browser: action.browser,
      $browser_version: majorOf(action),
      $browser_language: action.language,
      $device_type: devices[action.device],
      $geoip_country_code: action.country,
      label: action.kind === 'link' || action.kind === 'file' ? action.label : '',
    }),
    $process_person_profile: false,
    $geoip_disable: true,
  },
})

/** Its uuid makes a repeated action the same one to PostHog. */
export const posthogService: AnalyticsService = {
  plate: posthog,
  gets: `${always}, its language, the kind of your device, your country, and a random number for your day here`,
  together: 100,
  hours: 12,
  message: ({ url, key }: AnalyticsDestination, actions) => inJson(`${url}/batch/`, { api_key: key, batch: actions.map(captured) }),
}
