/** Plausible, by its events API (plausible.io/docs/events-api): one action a request, dated by its arrival. */
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

export const plausible: Nameplate = {
  name: 'Plausible',
  does: 'Counts pages and acts, where you agreed to it. It tells visitors apart by address and browser, and gets neither of yours, so it cannot tell you from others',
  where: 'Where Plausible keeps it, or where the operator runs it',
  purposes: ['improvement'],
  receives: {
    domain: 'record',
    name: 'action',
    url: 'action',
    referrer: 'visit',
    'props.label': 'action',
    'user-agent (browser and major version)': 'visit',
  },
  basis: 'consent',
  forget: forgetting,
  correct: correcting,
  byChoice: true,
  way: wayOf('plausible'),
}

// Plausible's own names, under which it offers these in its reports.
const names = { link: 'Outbound Link: Click', file: 'File Download', missing: '404' } as const

function nameOf({ kind, label }: OutgoingAction): string {
  if (kind === 'view') return 'pageview'
  return kind === 'action' ? label : names[kind]
}

/** It takes no moment, so what is late would be counted at the wrong hour: it is dropped after one. */
export const plausibleService: AnalyticsService = {
  plate: plausible,
  gets: always,
  together: 1,
  hours: 1,
  message({ url, key }, [action]) {
    if (!action) throw new Error('there is nothing to tell')
    const props = action.kind === 'link' || action.kind === 'file' ? { props: { label: action.label } } : {}
    const fields = filled({ domain: key, name: nameOf(action), url: addressOf(action), referrer: referrerOf(action) })
    return inJson(`${url}/api/event`, { ...fields, ...props }, { 'user-agent': agentOf(action) })
  },
}
