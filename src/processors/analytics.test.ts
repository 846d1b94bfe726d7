import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen } from '../../test/endpoint.ts'
import { settings } from '../../test/harness.ts'
import type { AnalyticsName } from '../config-analytics.ts'
import { type OutgoingAction, tell } from './analytics.ts'
import { askedOf } from './analytics-question.ts'
import { analyticsServices, destinationOf } from './analytics-services.ts'

const view: OutgoingAction = {
  id: '5f0c3f1e-94a8-4d4b-8f0a-3f5a3b5f7c11',
  at: Date.UTC(2026, 4, 1, 12, 30, 15),
  client: '00000002ffffffff',
  kind: 'view',
  host: 'www.example.com',
  page: '/help/signing in',
  label: '',
  referrer: 'duckduckgo.com',
  source: 'letter',
  medium: 'email',
  campaign: 'may & june',
  term: '',
  content: '',
  browser: 'Firefox',
  version: 'Firefox 140',
  language: 'de',
  device: 'telephone',
  country: 'DE',
}
const act: OutgoingAction = { ...view, kind: 'action', label: 'Error', referrer: '', source: '', medium: '', campaign: '', country: '' }
const link: OutgoingAction = { ...act, kind: 'link', label: 'shop.example.org' }
const file: OutgoingAction = { ...act, kind: 'file', label: '/price list.pdf' }
const missing: OutgoingAction = { ...act, kind: 'missing', label: '/gone', page: '/gone' }

const form: Readonly<Record<AnalyticsName, [setting: string, key: string, path: string]>> = {
  posthog: ['POSTHOG', 'phc_Key1', ''],
  plausible: ['PLAUSIBLE', 'example.com', ''],
  matomo: ['MATOMO', '7', '/stats'],
  google: ['GOOGLE_ANALYTICS', 'G-ABC123:se_cret', ''],
  umami: ['UMAMI', 'b59e9c65-ae32-47f1-8400-119fcf4861c4', ''],
}

/** Tells a local service of these actions as the settings say; returns what it heard. */
async function told(service: AnalyticsName, ...actions: OutgoingAction[]) {
  const here = await listen()
  const [setting, key, path] = form[service]
  const config = settings({ [setting]: here.url.replace('http://', `http://${key}@`).replace('/hooks', path) })
  const destination = destinationOf(config, service)
  assert(destination)
  assert.deepEqual(await tell(config, analyticsServices[service].plate, analyticsServices[service].message(destination, actions)), {
    status: 204,
    text: '',
  })
  const [heard] = here.heard
  assert(heard)
  // Nothing of ours stands in the head of the request, but what the service needs.
  const usual = new Set(['host', 'connection', 'content-length', 'content-type'])
  const more = Object.entries(heard.headers).filter(([name]) => !usual.has(name))
  return { path: heard.path, text: heard.text, more: Object.fromEntries(more) }
}

const address = 'https://www.example.com/help/signing%20in?utm_source=letter&utm_medium=email&utm_campaign=may+%26+june'

test('PostHog gets these bytes', async () => {
  const { path, text, more } = await told('posthog', view, link)
  assert.equal(path, '/batch/')
  assert.deepEqual(more, {})
  assert.equal(
    text,
    `{"api_key":"phc_Key1","batch":[{"event":"$pageview","uuid":"${view.id}","timestamp":"2026-05-01T12:30:15.000Z","properties":{"distinct_id":"00000002ffffffff","$current_url":"${address}","$host":"www.example.com","$pathname":"/help/signing in","$referring_domain":"duckduckgo.com","utm_source":"letter","utm_medium":"email","utm_campaign":"may & june","$browser":"Firefox","$browser_version":"140","$browser_language":"de","$device_type":"Mobile","$geoip_country_code":"DE","$process_person_profile":false,"$geoip_disable":true}},{"event":"outbound link","uuid":"${view.id}","timestamp":"2026-05-01T12:30:15.000Z","properties":{"distinct_id":"00000002ffffffff","$current_url":"https://www.example.com/help/signing%20in","$host":"www.example.com","$pathname":"/help/signing in","$browser":"Firefox","$browser_version":"140","$browser_language":"de","$device_type":"Mobile","label":"shop.example.org","$process_person_profile":false,"$geoip_disable":true}}]}`,
  )
})

test('Plausible gets these bytes', async () => {
  const { path, text, more } = await told('plausible', view)
  assert.equal(path, '/api/event')
  assert.deepEqual(more, { 'user-agent': 'Mozilla/5.0 Firefox/140.0' })
  assert.equal(text, `{"domain":"example.com","name":"pageview","url":"${address}","referrer":"https://duckduckgo.com/"}`)
  const plain = '"url":"https://www.example.com/help/signing%20in"'
  assert.equal((await told('plausible', act)).text, `{"domain":"example.com","name":"Error",${plain}}`)
  const download = '"props":{"label":"/price list.pdf"}'
  assert.equal((await told('plausible', file)).text, `{"domain":"example.com","name":"File Download",${plain},${download}}`)
})

test('Matomo gets these bytes', async () => {
  const { path, text, more } = await told('matomo', view, act, link, file, missing)
  assert.equal(path, '/stats/matomo.php')
  assert.deepEqual(more, {})
  const site = '?idsite=7&rec=1&apiv=1&send_image=0&_id=00000002ffffffff&cdt=1777638615'
  const whole = encodeURIComponent(address)
  const here = encodeURIComponent('https://www.example.com/help/signing%20in')
  const reader = 'lang=de&ua=Mozilla%2F5.0+Firefox%2F140.0'
  assert.equal(
    text,
    JSON.stringify({
      requests: [
        `${site}&url=${whole}&urlref=https%3A%2F%2Fduckduckgo.com%2F&${reader}`,
        `${site}&url=${here}&e_c=action&e_a=Error&${reader}`,
        `${site}&url=${here}&link=https%3A%2F%2Fshop.example.org%2F&${reader}`,
        `${site}&url=${here}&download=https%3A%2F%2Fwww.example.com%2Fprice%2520list.pdf&${reader}`,
        `${site}&url=https%3A%2F%2Fwww.example.com%2Fgone&action_name=404%2FURL+%3D+%2Fgone&${reader}`,
      ],
    }),
  )
})

test('Google Analytics gets these bytes', async () => {
  const { path, text, more } = await told('google', view)
  assert.equal(path, '/mp/collect?measurement_id=G-ABC123&api_secret=se_cret')
  assert.deepEqual(more, {})
  const denied = '"consent":{"ad_user_data":"DENIED","ad_personalization":"DENIED"}'
  const device = '"device":{"category":"mobile","language":"de","browser":"Firefox","browser_version":"140"}'
  const who = `{"client_id":"2.4294967295","timestamp_micros":1777638615000000,${denied}`
  assert.equal(
    text,
    `${who},"user_location":{"country_id":"DE"},${device},"events":[{"name":"page_view","params":{"page_location":"${address}","page_referrer":"https://duckduckgo.com/","session_id":"2","engagement_time_msec":1}}]}`,
  )
  const params = '"page_location":"https://www.example.com/help/signing%20in"'
  assert.equal(
    (await told('google', act)).text,
    `${who},${device},"events":[{"name":"site_error","params":{${params},"session_id":"2","engagement_time_msec":1}}]}`,
  )
})

test('Umami gets these bytes', async () => {
  const { path, text, more } = await told('umami', view)
  assert.equal(path, '/api/send')
  assert.deepEqual(more, { 'user-agent': 'Mozilla/5.0 Firefox/140.0' })
  const website = '{"type":"event","payload":{"website":"b59e9c65-ae32-47f1-8400-119fcf4861c4","hostname":"www.example.com"'
  const query = '?utm_source=letter&utm_medium=email&utm_campaign=may+%26+june'
  assert.equal(
    text,
    `${website},"url":"/help/signing%20in${query}","referrer":"https://duckduckgo.com/","language":"de","id":"00000002ffffffff","timestamp":1777638615}}`,
  )
  assert.equal(
    (await told('umami', link)).text,
    `${website},"url":"/help/signing%20in","language":"de","name":"outbound link","data":{"label":"shop.example.org"},"id":"00000002ffffffff","timestamp":1777638615}}`,
  )
})

/** The names of everything that a body holds at its leaves, and the path to each. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  const inside = Array.isArray(value) ? value.flatMap((one) => leaves(one, path)) : undefined
  return inside ?? Object.entries(value).flatMap(([name, one]) => leaves(one, [...path, name]))
}

test('no field is sent that the nameplate does not declare', async () => {
  for (const service of Object.keys(form) as AnalyticsName[]) {
    const { plate, together } = analyticsServices[service]
    for (const action of [view, act, link, file, missing]) {
      const { text } = await told(service, ...Array.from({ length: Math.min(together, 2) }, () => action))
      const body = JSON.parse(text) as { requests?: string[] }
      const names = body.requests
        ? body.requests.flatMap((request) =>
            [...new URLSearchParams(request).keys()].map((name) => [name === 'ua' ? 'ua (browser and major version)' : name]),
          )
        : leaves(body).filter(([first]) => first !== 'api_key')
      for (const path of names)
        assert(
          path.some((_, at) => path.slice(at).join('.') in plate.receives),
          `${service}: ${path.join('.')}`,
        )
    }
  }
})

test('what an operator sets wrong stops the start, and no key is repeated', () => {
  const wrong: [string, string][] = [
    ['POSTHOG', 'phc_SecretKey'],
    ['POSTHOG', 'https://eu.i.posthog.com'],
    ['POSTHOG', 'https://phx_SecretKey@eu.i.posthog.com'],
    ['PLAUSIBLE', 'https://plausible.io'],
    ['MATOMO', 'https://SecretKey@matomo.example.com'],
    ['MATOMO', 'https://1@matomo.example.com/?idsite=1'],
    ['GOOGLE_ANALYTICS', 'https://G-ABC@www.google-analytics.com'],
    ['UMAMI', 'https://SecretKey@cloud.umami.is'],
  ]
  for (const [name, text] of wrong)
    assert.throws(
      () => settings({ [name]: text }),
      ({ message }: Error) => message.startsWith(`${name} must look like https://`) && !message.includes('SecretKey'),
      text,
    )
})

test('a service on another host, or one that is told more, is asked for anew', () => {
  const [one] = askedOf(settings({ POSTHOG: 'https://phc_a@eu.i.posthog.com' }))
  const [same] = askedOf(settings({ POSTHOG: 'https://phc_b@eu.i.posthog.com' }))
  const [other] = askedOf(settings({ POSTHOG: 'https://phc_a@us.i.posthog.com' }))
  assert.equal(one?.mark, same?.mark)
  assert.notEqual(one?.mark, other?.mark)
  assert.match(one?.words ?? '', /PostHog \(eu\.i\.posthog\.com\)/)
})
