/** Matomo, by bulk requests of its tracking API (developer.matomo.org/api-reference/tracking-api). */
import type { AnalyticsDestination } from '../config-analytics.ts'
import {
  type AnalyticsService,
  always,
  addressOf,
  agentOf,
  correcting,
  filled,
  forgetting,
  wayOf,
  inJson,
  type OutgoingAction,
  referrerOf,
} from './analytics.ts'
import type { Nameplate } from './nameplate.ts'

export const matomo: Nameplate = {
  name: 'Matomo',
  does: 'Shows us how the websites are used, where you agreed to it: pages and acts of one visitor’s day, without knowing whose',
  where: 'Where the operator runs it',
  purposes: ['improvement'],
  receives: {
    idsite: 'record',
    rec: 'record',
    apiv: 'record',
    send_image: 'record',
    _id: 'visit',
    cdt: 'record',
    url: 'action',
    urlref: 'visit',
    action_name: 'action',
    link: 'action',
    download: 'action',
    e_c: 'action',
    e_a: 'action',
    lang: 'visit',
    'ua (browser and major version)': 'visit',
  },
  basis: 'consent',
  forget: forgetting,
  correct: correcting,
  byChoice: true,
  way: wayOf('matomo'),
}

function actOf({ kind, label, host, page }: OutgoingAction): Record<string, string> {
  if (kind === 'link') return { link: `https://${label}/` }
  if (kind === 'file') return { download: `https://${host}${encodeURI(label)}` }
  if (kind === 'action') return { e_c: 'action', e_a: label }
  return kind === 'missing' ? { action_name: `404/URL = ${page}` } : {}
}

const tracked = ({ key }: AnalyticsDestination, action: OutgoingAction): string => {
  const fields = filled({
    idsite: key,
    rec: '1',
    apiv: '1',
    send_image: '0',
    _id: action.client,
    // Within a day, Matomo believes the moment without a token.
    cdt: String(Math.floor(action.at / 1000)),
    url: addressOf(action),
    urlref: referrerOf(action),
    ...actOf(action),
    lang: action.language,
    ua: agentOf(action),
  })
  return `?${new URLSearchParams(fields).toString()}`
}

export const matomoService: AnalyticsService = {
  plate: matomo,
  gets: `${always}, its language, and a random number for your day here`,
  together: 100,
  hours: 12,
  message: (destination, actions) =>
    inJson(`${destination.url}/matomo.php`, { requests: actions.map((action) => tracked(destination, action)) }),
}
