/**
 * Gathers the actions of one day into visits. Actions may come in any small disorder; the present day is
 * gathered as it goes, a day that is over is gathered once and folded.
 */
import { MINUTE } from '../clock.ts'
import type { Action, Arrival } from './action.ts'
import { type Base, type DayColumns, Dictionary, manyOf, narrow, type Single, type Stay } from './columns.ts'
import {
  IDLE_MINUTES,
  type ManyDimension,
  manyDimensions,
  type SingleDimension,
  UNKNOWN,
  visitDimensions,
  whoDimensions,
} from './dimension.ts'
import { isStep, type Route, stepName } from './goal.ts'

const IDLE = IDLE_MINUTES * MINUTE
/** A background tab may send its time late; what is longer is no looking at a page. */
const MOST_SECONDS = 4 * 3600
/** Of one visit so many different things are told apart; a program that pretends to be a reader does more. */
const MOST_STAYS = 200
const WIDEST = 65_535

interface Spent {
  readonly dimension: ManyDimension
  readonly code: number
  count: number
  seconds: number
}

interface Visit {
  readonly first: number
  /** The last sign of life, and the last page or act. */
  last: number
  acted: number
  views: number
  acts: number
  seconds: number
  /** Codes of `visitDimensions`, in their order. */
  readonly codes: number[]
  readonly stays: Spent[]
  /** How many steps of each goal were taken. */
  readonly taken: number[]
}

interface Visitor {
  /** Codes of `whoDimensions`, in their order. */
  readonly who: number[]
  readonly visits: Visit[]
}

/** How fast a page was, of one measurement. */
export interface Pace {
  readonly measure: string
  readonly page: string
  readonly amount: number
  readonly visitor: bigint
}

const hostAt = visitDimensions.indexOf('host')
const entryAt = visitDimensions.indexOf('entry')
const exitAt = visitDimensions.indexOf('exit')

export class Gathering {
  readonly paces: Pace[] = []
  actions = 0
  readonly #visitors = new Map<bigint, Visitor>()
  readonly #dictionaries = new Map<string, Dictionary>()
  readonly #routes: readonly Route[]

  constructor(routes: readonly Route[] = []) {
    this.#routes = routes
  }

  /** Takes in one action. */
  add(action: Action): void {
    this.actions++
    if (action.kind === 'pace') {
      this.paces.push({ measure: action.label, page: action.page, amount: action.amount ?? 0, visitor: action.visitor })
      return
    }
    const visitor = this.#visitor(action)
    const visit = this.#visit(visitor, action)
    if (visit) this.#count(visit, action)
  }

  #code(dimension: string, value: string): number {
    let dictionary = this.#dictionaries.get(dimension)
    if (!dictionary) this.#dictionaries.set(dimension, (dictionary = new Dictionary()))
    return dictionary.code(value)
  }

  // All actions of a visitor tell the same of who they are: the first that tells it.
  #visitor(action: Action): Visitor {
    let visitor = this.#visitors.get(action.visitor)
    if (!visitor) this.#visitors.set(action.visitor, (visitor = { who: whoDimensions.map(() => 1), visits: [] }))
    for (let at = 0; at < whoDimensions.length; at++) {
      const dimension = whoDimensions[at]
      if (visitor.who[at] !== 1 || dimension === undefined) continue
      visitor.who[at] = this.#code(dimension, dimension === 'zone' ? zoneText(action.zone) : action[dimension])
    }
    return visitor
  }

  // A visit is to one website: who goes on to another begins one there. Time spent belongs to a visit
  // that there is; it begins none.
  #visit({ visits }: Visitor, action: Action): Visit | undefined {
    const at = action.at.getTime()
    const host = this.#code('host', action.host)
    const visit = visits.findLast(({ first, last, codes }) => codes[hostAt] === host && at >= first - IDLE && at <= last + IDLE)
    if (visit || action.kind === 'time') return visit
    const values: Record<string, string> = { ...arrivalOf(action), host: action.host, hour: String(action.at.getUTCHours()) }
    const codes = visitDimensions.map((dimension) => this.#code(dimension, values[dimension] ?? UNKNOWN))
    const fresh: Visit = {
      first: at,
      last: at,
      acted: at,
      views: 0,
      acts: 0,
      seconds: 0,
      codes,
      stays: [],
      taken: this.#routes.map(() => 0),
    }
    visits.push(fresh)
    return fresh
  }

  #count(visit: Visit, action: Action): void {
    const at = action.at.getTime()
    visit.last = Math.max(visit.last, at)
    if (action.kind === 'time') {
      const seconds = Math.min(MOST_SECONDS, Math.max(0, Math.round(action.amount ?? 0)))
      visit.seconds += seconds
      this.#stay(visit, 'page', action.page).seconds += seconds
      return
    }
    visit.acted = Math.max(visit.acted, at)
    if (action.kind === 'view') this.#view(visit, action.page)
    else this.#act(visit, action)
    for (const [at, route] of this.#routes.entries()) this.#advance(visit, at, { route, action })
  }

  // A step counts once those before it were taken.
  #advance(visit: Visit, at: number, { route: { id, steps }, action }: { route: Route; action: Action }): void {
    const taken = visit.taken[at] ?? 0
    const next = steps[taken]
    if (next === undefined || !isStep(next, action)) return
    visit.taken[at] = taken + 1
    this.#stay(visit, 'step', stepName(id, taken + 1)).count++
  }

  #view(visit: Visit, page: string): void {
    if (visit.views++ === 0) visit.codes[entryAt] = this.#code('entry', page)
    visit.codes[exitAt] = this.#code('exit', page)
    this.#stay(visit, 'page', page).count++
  }

  #act(visit: Visit, { kind, label, properties, page }: Action): void {
    if (kind === 'missing') return void this.#stay(visit, 'missing', page).count++
    visit.acts++
    this.#stay(visit, kind as ManyDimension, label).count++
    for (const property of properties) this.#stay(visit, 'property', `${label}: ${property}`).count++
  }

  #stay(visit: Visit, dimension: ManyDimension, value: string): Spent {
    const code = visit.stays.length < MOST_STAYS ? this.#code(dimension, value) : 0
    const known = visit.stays.find((stay) => stay.code === code && stay.dimension === dimension)
    if (known) return known
    const fresh = { dimension, code, count: 0, seconds: 0 }
    visit.stays.push(fresh)
    return fresh
  }

  /** Who did something since this moment, and which page each saw last. */
  present(since: number): { visitors: number; pages: { page: string; visitors: number }[] } {
    const exits = this.#dictionaries.get('exit')?.values ?? []
    const pages = new Map<string, number>()
    let visitors = 0
    for (const { visits } of this.#visitors.values()) {
      const visit = visits.at(-1)
      if (!visit || visit.last < since) continue
      visitors++
      const page = exits[visit.codes[exitAt] ?? 1] ?? UNKNOWN
      pages.set(page, (pages.get(page) ?? 0) + 1)
    }
    const counted = [...pages].map(([page, count]) => ({ page, visitors: count }))
    return { visitors, pages: counted.sort((a, b) => b.visitors - a.visitors) }
  }

  /** What was gathered so far, as columns. */
  columns(): DayColumns {
    const rows = [...this.#visitors.values()].flatMap((visitor, ordinal) => visitor.visits.map((visit) => ({ visitor, ordinal, visit })))
    const values = (dimension: string): readonly string[] => [...(this.#dictionaries.get(dimension)?.values ?? new Dictionary().values)]
    const singles = new Map<SingleDimension, Single>()
    for (const [at, dimension] of whoDimensions.entries())
      singles.set(dimension, { values: values(dimension), codes: narrow(rows.map(({ visitor }) => visitor.who[at] ?? 1)) })
    for (const [at, dimension] of visitDimensions.entries())
      singles.set(dimension, { values: values(dimension), codes: narrow(rows.map(({ visit }) => visit.codes[at] ?? 1)) })
    const visits = rows.map(({ visit }) => visit)
    return {
      base: baseOf(
        visits,
        rows.map(({ ordinal }) => ordinal),
      ),
      singles,
      manys: new Map(manyDimensions.map((dimension) => [dimension, manyOf(values(dimension), staysOf(visits, dimension), visits.length)])),
    }
  }
}

const zoneText = (zone: number | null): string => (zone === null ? UNKNOWN : String(zone))

const arrivalOf = ({ channel, referrer, source, medium, campaign, term, content }: Arrival): Arrival => ({
  channel,
  referrer,
  source,
  medium,
  campaign,
  term,
  content,
})

// How long a visit lasted: from its first action to its last, or as long as its pages were looked at.
const baseOf = (visits: readonly Visit[], ordinals: readonly number[]): Base => ({
  visits: visits.length,
  visitor: Uint32Array.from(ordinals),
  views: Uint16Array.from(visits, ({ views }) => Math.min(views, WIDEST)),
  seconds: Uint16Array.from(visits, ({ first, acted, seconds }) => Math.min(Math.max(Math.round((acted - first) / 1000), seconds), WIDEST)),
  bounced: Uint8Array.from(visits, ({ views, acts }) => (views === 1 && acts === 0 ? 1 : 0)),
})

const staysOf = (visits: readonly Visit[], wanted: ManyDimension): Stay[] =>
  visits.flatMap(({ stays }, visit) =>
    stays.filter(({ dimension }) => dimension === wanted).map(({ code, count, seconds }) => ({ visit, code, count, seconds })),
  )
