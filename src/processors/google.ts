/** Google Analytics 4, by its Measurement Protocol: one action a request, so that each has its own moment. */
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
  referrerOf,
} from './analytics.ts'
import type { Nameplate } from './nameplate.ts'

export const google: Nameplate = {
  name: 'Google Analytics',
  does: 'Shows us how the websites are used, where you agreed to it: pages and acts of one visitor’s day, without knowing whose, and closed to its advertising',
  where: 'Where Google keeps it, which may be the United States',
  purposes: ['improvement'],
  transfer: 'to the United States, under the data processing terms that the operator accepted there',
  receives: {
    client_id: 'visit',
    timestamp_micros: 'record',
    'consent.ad_user_data': 'record',
    'consent.ad_personalization': 'record',
    'user_location.country_id': 'visit',
    'device.category': 'visit',
    'device.language': 'visit',
    'device.browser': 'visit',
    'device.browser_version': 'visit',
    name: 'action',
    session_id: 'visit',
    engagement_time_msec: 'record',
    page_location: 'action',
    page_referrer: 'visit',
    link_domain: 'action',
    file_name: 'action',
  },
  basis: 'consent',
  forget: forgetting,
  correct: correcting,
  byChoice: true,
  way: wayOf('google'),
}

/** Names that Google keeps for itself. */
const RESERVED =
  /^(error|first_open|first_visit|in_app_purchase|session_start|user_engagement|screen_view|os_update|ad_.*|app_.*|firebase_.*|ga_.*|google_.*|notification_.*|dynamic_link_.*)$/
const LONGEST_NAME = 40

// Letters, digits and underscores, a letter first.
function nameOf({ kind, label }: OutgoingAction): string {
  if (kind === 'view') return 'page_view'
  if (kind !== 'action') return { link: 'click', file: 'file_download', missing: 'page_not_found' }[kind]
  const name = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return (/^[a-z]/.test(name) && !RESERVED.test(name) ? name : `site_${name}`).slice(0, LONGEST_NAME)
}

const categories: Readonly<Record<string, string>> = { computer: 'desktop', telephone: 'mobile', tablet: 'tablet', television: 'smart TV' }

/** Two numbers, as Google's own script makes them. */
const clientOf = ({ client }: OutgoingAction): string => `${parseInt(client.slice(0, 8), 16)}.${parseInt(client.slice(8), 16)}`

const paramsOf = (action: OutgoingAction) => ({
  ...filled({
    page_location: addressOf(action),
    page_referrer: referrerOf(action),
    link_domain: action.kind === 'link' ? action.label : '',
    file_name: action.kind === 'file' ? action.label : '',
  }),
  // A visitor's day is one session there. Without a time of engagement nobody shows as active: the least that there is.
  session_id: String(parseInt(action.client.slice(0, 8), 16)),
  engagement_time_msec: 1,
})

const bodyOf = (action: OutgoingAction) => ({
  client_id: clientOf(action),
  timestamp_micros: action.at * 1000,
  consent: { ad_user_data: 'DENIED', ad_personalization: 'DENIED' },
  ...(action.country ? { user_location: { country_id: action.country } } : {}),
  device: filled({
    category: categories[action.device],
    language: action.language,
    browser: action.browser,
    browser_version: majorOf(action),
  }),
  events: [{ name: nameOf(action), params: paramsOf(action) }],
})

export const googleService: AnalyticsService = {
  plate: google,
  gets: `${always}, its language, the kind of your device, your country, and a random number for your day here`,
  together: 1,
  hours: 12,
  message({ url, key, secret }, [action]) {
    if (!action) throw new Error('there is nothing to tell')
    return inJson(`${url}/mp/collect?measurement_id=${key}&api_secret=${encodeURIComponent(secret)}`, bodyOf(action))
  },
}
