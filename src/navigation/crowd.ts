/**
 * What outlives the day is about crowds. A value that fewer than `least` visitors of the day share is
 * counted as "other"; and of each visit only so much is kept of who made it (place, language, browser,
 * device) as at least `least` visitors of the day have in common: what tells least is given up first.
 */
import { randomFillSync } from 'node:crypto'
import { type Base, type DayColumns, type Many, manyOf, narrow, type Numbers, type Single, type Stay } from './columns.ts'
import { type ManyDimension, type SingleDimension, type WhoDimension, whoDimensions } from './dimension.ts'

/** What is given up first, last. */
const GIVEN_UP: readonly WhoDimension[] = ['version', 'zone', 'region', 'language', 'browser', 'device', 'country']

/** The day without the names of what is too rare. */
export function common(day: DayColumns, least: number): DayColumns {
  const { visitor } = day.base
  return {
    base: day.base,
    singles: new Map([...day.singles].map(([dimension, one]) => [dimension, commonSingle(one, visitor, least)])),
    manys: new Map([...day.manys].map(([dimension, many]) => [dimension, commonMany(many, visitor, least)])),
  }
}

/** A day of common values, in crowds: the visitors of each in no order, and nothing of who they are that is not shared. */
export function crowded(day: DayColumns, least: number): DayColumns {
  const { visitor } = day.base
  const who = crowdsOf(day.singles, visitor, least)
  const singles = new Map(day.singles)
  for (const dimension of whoDimensions) {
    const values = day.singles.get(dimension)?.values ?? []
    singles.set(dimension, { values, codes: who.codes(dimension) })
  }
  return arranged({ ...day, singles }, visitor, shuffledByCrowd(visitor, who.crowd))
}

/** For each code, how many visitors have it; the visits of one visitor stand together. */
function sharing(codes: Numbers, visitorAt: Numbers, values: number): Uint32Array {
  const visitors = new Uint32Array(values)
  const last = new Int32Array(values).fill(-1)
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    const visitor = visitorAt[at] ?? 0
    if (last[code] === visitor) continue
    last[code] = visitor
    visitors[code] = (visitors[code] ?? 0) + 1
  }
  return visitors
}

/** New codes without the values that are too rare, and the values without their names. */
function commonCodes(values: readonly string[], visitors: Uint32Array, least: number): { values: string[]; to: Uint16Array } {
  const to = new Uint16Array(values.length)
  const kept = values.slice(0, 2)
  to[1] = 1
  for (let code = 2; code < values.length; code++) if ((visitors[code] ?? 0) >= least) to[code] = kept.push(values[code] ?? '') - 1
  return { values: kept, to }
}

function commonSingle({ values, codes }: Single, visitor: Numbers, least: number): Single {
  const common = commonCodes(values, sharing(codes, visitor, values.length), least)
  return { values: common.values, codes: narrow(Uint16Array.from(codes, (code) => common.to[code] ?? 0)) }
}

function commonMany(many: Many, visitor: Numbers, least: number): Many {
  const owners = Uint32Array.from(many.owners, (visit) => visitor[visit] ?? 0)
  const { values, to } = commonCodes(many.values, sharing(many.codes, owners, many.values.length), least)
  return manyOf(values, merged(staysIn(many).map((stay) => ({ ...stay, code: to[stay.code] ?? 0 }))), visitor.length)
}

const staysIn = ({ owners, codes, counts, seconds }: Many): Stay[] =>
  Array.from(owners, (visit, at) => ({ visit, code: codes[at] ?? 0, count: counts[at] ?? 0, seconds: seconds[at] ?? 0 }))

/** In the order of visits, what a visit has twice of one code put together. */
function merged(stays: Stay[]): Stay[] {
  const sorted = stays.sort((a, b) => a.visit - b.visit || a.code - b.code)
  const kept: Stay[] = []
  for (const stay of sorted) {
    const last = kept.at(-1)
    if (last?.visit !== stay.visit || last.code !== stay.code) kept.push(stay)
    else kept[kept.length - 1] = { ...last, count: last.count + stay.count, seconds: last.seconds + stay.seconds }
  }
  return kept
}

interface Crowds {
  /** A key of each visit's crowd. */
  readonly crowd: readonly string[]
  codes(dimension: WhoDimension): Uint16Array
}

// Round after round, whoever still stands in too small a crowd gives up one thing more. The last who
// have nothing in common with anybody keep nothing.
function crowdsOf(singles: ReadonlyMap<SingleDimension, Single>, visitor: Numbers, least: number): Crowds {
  const codes = new Map(whoDimensions.map((dimension) => [dimension, Uint16Array.from(singles.get(dimension)?.codes ?? [])]))
  const crowd: string[] = Array.from(visitor, () => '')
  let small = Array.from(visitor.keys())
  for (let round = 0; small.length > 0; round++) {
    const kept = GIVEN_UP.slice(round).reverse()
    const members = new Map<string, number[]>()
    for (const at of small) {
      const key = kept.map((dimension) => codes.get(dimension)?.[at] ?? 0).join(' ')
      const group = members.get(key)
      if (group) group.push(at)
      else members.set(key, [at])
    }
    const dropped = GIVEN_UP[round]
    small = []
    for (const [key, group] of members) {
      const settled = dropped === undefined || enough(group, visitor, least)
      for (const at of group) crowd[at] = `${round} ${key}`
      if (settled) continue
      for (const at of group) small.push(at)
    }
    const given = dropped === undefined ? undefined : codes.get(dropped)
    if (given) for (const at of small) given[at] = 0
  }
  return { crowd, codes: (dimension) => codes.get(dimension) ?? new Uint16Array() }
}

// A group is in the order of visits, so one visitor's stand together.
function enough(group: readonly number[], visitor: Numbers, least: number): boolean {
  let count = 0
  let last = -1
  for (const at of group) {
    const one = visitor[at] ?? 0
    if (one !== last && ++count >= least) return true
    last = one
  }
  return false
}

/** The order in which visits are kept: crowd by crowd, the visitors of each in an order drawn by lot. */
function shuffledByCrowd(visitor: Numbers, crowd: readonly string[]): Uint32Array {
  const firstOf = new Map<number, number>()
  for (const [at, one] of visitor.entries()) if (!firstOf.has(one)) firstOf.set(one, at)
  const drawn = randomFillSync(new Uint32Array(firstOf.size))
  const lot = new Map([...firstOf.keys()].map((one, at) => [one, drawn[at] ?? 0]))
  const place = (one: number): string => crowd[firstOf.get(one) ?? 0] ?? ''
  const visitors = [...firstOf.keys()].sort((a, b) => compare(place(a), place(b)) || (lot.get(a) ?? 0) - (lot.get(b) ?? 0))
  const rank = new Map(visitors.map((one, at) => [one, at]))
  return Uint32Array.from(visitor.keys()).sort((a, b) => (rank.get(visitor[a] ?? 0) ?? 0) - (rank.get(visitor[b] ?? 0) ?? 0) || a - b)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The same visits in another order, the visitors counted anew in it, and what a visit has many of by code instead of by time. */
function arranged(day: DayColumns, visitor: Numbers, order: Uint32Array): DayColumns {
  const { base } = day
  const ordered = (numbers: Numbers): Numbers => narrow(Uint32Array.from(order, (at) => numbers[at] ?? 0))
  return {
    base: {
      visits: base.visits,
      visitor: renumbered(order, visitor),
      views: Uint16Array.from(order, (at) => base.views[at] ?? 0),
      seconds: Uint16Array.from(order, (at) => base.seconds[at] ?? 0),
      bounced: Uint8Array.from(order, (at) => base.bounced[at] ?? 0),
    } satisfies Base,
    singles: new Map([...day.singles].map(([dimension, { values, codes }]) => [dimension, { values, codes: ordered(codes) }])),
    manys: new Map<ManyDimension, Many>([...day.manys].map(([dimension, many]) => [dimension, arrangedMany(many, order)])),
  }
}

function renumbered(order: Uint32Array, visitor: Numbers): Uint32Array {
  let one = -1
  return order.map((at, place) => (place > 0 && visitor[order[place - 1] ?? 0] === visitor[at] ? one : ++one))
}

function arrangedMany(many: Many, order: Uint32Array): Many {
  const place = new Uint32Array(order.length)
  for (const [at, visit] of order.entries()) place[visit] = at
  return manyOf(many.values, merged(staysIn(many).map((stay) => ({ ...stay, visit: place[stay.visit] ?? 0 }))), order.length)
}
