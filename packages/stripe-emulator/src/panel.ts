/** The page that drives the emulator (`/_emu`), and the same as JSON (`/_emu/api/…`). */
import type { Question } from './answer.ts'
import { readForm } from './form.ts'
import type { FaultKind } from './faults.ts'
import type { Manner } from './post.ts'
import { type Page, panelPage } from './pages/panel-page.ts'

export interface State {
  now: string
  counts: Record<string, number>
  manner: Manner
  dropPercent: number
  held: boolean
  down: boolean
  faults: { kind: FaultKind; times: number; path?: string | undefined }[]
  violations: string[]
}

export interface LoggedEvent {
  id: string
  type: string
  created: number
  object: string | null
  deliveries: { destination: string; state: string; tries: number; lastStatus: number | null }[]
}

/** What one can do to an emulator from outside the API. */
export interface Panel {
  state: () => State
  events: (limit?: number) => LoggedEvent[]
  resend: (eventId: string) => void
  reorder: (eventIds?: string[]) => void
  /** Holds back what is told until it is released. */
  hold: (held: boolean) => void
  deliver: (manner: Manner) => void
  /** Loses so many of a hundred events. */
  drop: (percent: number) => void
  fail: (kind: FaultKind, options?: { times?: number; path?: string }) => void
  down: (down: boolean) => void
  /** Moves the clock of all ahead, by seconds or to a date, and does what became due. */
  advance: (by: number | Date) => void
  /** The bank has sent a new card in the place of this one, and Stripe has heard of it. */
  renewCard: (paymentMethod: string) => void
  reset: () => void
  dump: () => object
  /** Does what is due by now; resolves when every event is delivered, or has failed for now. */
  settled: () => Promise<void>
}

type Given = Record<string, string | undefined>

const acts: Record<string, (panel: Panel, given: Given) => void> = {
  resend: (panel, { event = '' }) => panel.resend(event),
  reorder: (panel, { events }) => panel.reorder(events ? events.split(',') : undefined),
  hold: (panel, { held }) => panel.hold(held !== 'false'),
  deliver: (panel, { manner }) => panel.deliver(manner === 'in order' ? 'in order' : 'shuffled and doubled'),
  drop: (panel, { percent }) => panel.drop(Number(percent) || 0),
  fail: (panel, { kind = '500', times, path }) => panel.fail(kindFrom(kind), { times: Number(times) || 1, ...(path ? { path } : {}) }),
  down: (panel, { down }) => panel.down(down !== 'false'),
  clock: (panel, { seconds, days, to }) => panel.advance(to ? new Date(to) : (Number(seconds) || 0) + (Number(days) || 0) * 86_400),
  'renew-card': (panel, { payment_method = '' }) => panel.renewCard(payment_method),
  reset: (panel) => panel.reset(),
}

const kindFrom = (word: string): FaultKind =>
  word === 'timeout' || word === 'lost answer' ? word : word === '429' ? 429 : word === '409' ? 409 : 500

const views: Record<string, (panel: Panel) => unknown> = {
  state: (panel) => panel.state(),
  events: (panel) => panel.events(),
  dump: (panel) => panel.dump(),
}

type Reply = Page | { status: number; json: unknown }

export async function answerPanel(panel: Panel, { method, target, headers, body }: Question): Promise<Reply> {
  const name = new URL(target, 'http://emulator').pathname.replace(/^\/_emu(\/api)?\/?/, '')
  if (method === 'GET' && name === '') return panelPage(panel.state(), panel.events(100))
  if (method === 'GET' && views[name]) return { status: 200, json: views[name](panel) }
  const act = acts[name]
  if (method !== 'POST' || (!act && name !== 'settled')) return { status: 404, json: { error: 'there is nothing here' } }
  const isJson = (headers['content-type'] ?? '').startsWith('application/json')
  const given = isJson ? stringly(JSON.parse(body || '{}') as Record<string, unknown>) : (readForm(body) as Given)
  act?.(panel, given)
  if (name === 'settled') await panel.settled()
  return isJson || target.includes('/api/') ? { status: 200, json: panel.state() } : { status: 303, html: '', location: '/_emu' }
}

const stringly = (given: Record<string, unknown>): Given =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]))
