/** Umami, by `POST /api/send` (umami.is/docs/api/sending-stats): one action a request. */
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

export const umami: Nameplate = {
  name: 'Umami',
  does: 'Shows us how the websites are used, where you agreed to it: pages and acts of one visitor’s day, without knowing whose',
  where: 'Where Umami keeps it, or where the operator runs it',
  purposes: ['improvement'],
  receives: {
    type: 'record',
    'payload.website': 'record',
    'payload.hostname': 'action',
    'payload.url': 'action',
    'payload.referrer': 'visit',
    'payload.language': 'visit',
    'payload.name': 'action',
    'payload.data.label': 'action',
    'payload.id': 'visit',
    'payload.timestamp': 'record',
    'user-agent (browser and major version)': 'visit',
  },
  basis: 'consent',
  forget: forgetting,
  correct: correcting,
  byChoice: true,
  way: wayOf('umami'),
}

const names = { view: '', action: '', link: 'outbound link', file: 'download', missing: 'page not found' } as const

/** Its visits come from address and browser; with an `id` it tells visitors apart by that, too, which is the random one of the day. */
export const umamiService: AnalyticsService = {
  plate: umami,
  gets: `${always}, its language, and a random number for your day here`,
  together: 1,
  hours: 12,
  message({ url, key }, [action]) {
    if (!action) throw new Error('there is nothing to tell')
    return inJson(`${url}/api/send`, { type: 'event', payload: payloadOf(key, action) }, { 'user-agent': agentOf(action) })
  },
}

function payloadOf(website: string, action: OutgoingAction) {
  const { kind, label, host, language, client, at } = action
  const address = new URL(addressOf(action))
  return {
    ...filled({
      website,
      hostname: host,
      url: address.pathname + address.search,
      referrer: referrerOf(action),
      language,
      name: kind === 'action' ? label : names[kind],
    }),
    ...(kind === 'link' || kind === 'file' ? { data: { label } } : {}),
    id: client,
    timestamp: Math.floor(at / 1000),
  }
}
