/** What every store has to do, whatever database its rows are in: the tests of each call this. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY, now, setAhead } from '../src/clock.ts'
import { inventedActions } from '../src/demo-visits.ts'
import type { Action } from '../src/navigation/action.ts'
import type { Backend } from '../src/navigation/backend.ts'
import type { Counts } from '../src/navigation/counting.ts'
import type { Filter } from '../src/navigation/filtering.ts'
import { type Day, dayBefore, dayOf, type Dimension, dimensions, isMany, OTHER, whoDimensions } from '../src/navigation/dimension.ts'
import { foldedBetween, loadDays } from '../src/navigation/folded.ts'
import type { Asked, Store } from '../src/navigation/store.ts'

/** A store that is empty, and its rows. */
export interface Tested {
  readonly store: Store
  readonly backend: Backend
}

const today = dayOf(now())
const yesterday = dayBefore(today)
const before = dayBefore(today, 2)

const actionsOf = (day: Day, visitors: number): Action[] => [
  ...inventedActions({ day: Date.parse(day), visitors, hosts: ['www.example', 'docs.example'], seed: 7 }),
]
const made = new Map([yesterday, before].map((day) => [day, actionsOf(day, 1500)]))

// ---- The same, counted in the plainest way there is ----------------------------------------------

interface Visit {
  readonly day: Day
  readonly visitor: bigint
  readonly actions: Action[]
}

function visitsOf(actions: readonly Action[]): Visit[] {
  const visits: Visit[] = []
  for (const action of actions.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const last = visits.findLast(({ visitor }) => visitor === action.visitor)
    const idle = last ? action.at.getTime() - (last.actions.at(-1)?.at.getTime() ?? 0) : Number.POSITIVE_INFINITY
    if (last && idle <= 30 * 60_000) last.actions.push(action)
    else visits.push({ day: dayOf(action.at), visitor: action.visitor, actions: [action] })
  }
  return visits
}

const pagesIn = ({ actions }: Visit): string[] => actions.filter(({ kind }) => kind === 'view').map(({ page }) => page)

function valuesIn(visit: Visit, dimension: Dimension): readonly string[] {
  const [first] = visit.actions
  if (!first) return []
  if (dimension === 'page') return pagesIn(visit)
  if (dimension === 'property')
    return visit.actions.flatMap(({ label, properties }) => properties.map((property) => `${label}: ${property}`))
  if (isMany(dimension)) return visit.actions.filter(({ kind }) => kind === dimension).map(({ label }) => label)
  if (dimension === 'entry') return [pagesIn(visit)[0] ?? '']
  if (dimension === 'exit') return [pagesIn(visit).at(-1) ?? '']
  if (dimension === 'hour') return [String(first.at.getUTCHours())]
  return [dimension === 'zone' ? String(first.zone) : first[dimension]]
}

function counted(visits: readonly Visit[]): Counts {
  const seconds = ({ actions }: Visit): number => {
    const acts = actions.filter(({ kind }) => kind !== 'time').map(({ at }) => at.getTime())
    const looked = actions.filter(({ kind }) => kind === 'time').reduce((sum, { amount }) => sum + (amount ?? 0), 0)
    return Math.max(Math.round((Math.max(...acts) - Math.min(...acts)) / 1000), looked)
  }
  return {
    visitors: new Set(visits.map(({ day, visitor }) => `${day} ${visitor}`)).size,
    visits: visits.length,
    views: visits.reduce((sum, visit) => sum + pagesIn(visit).length, 0),
    bounces: visits.filter((visit) => pagesIn(visit).length === 1 && visit.actions.every(({ kind }) => kind === 'view' || kind === 'time'))
      .length,
    seconds: visits.reduce((sum, visit) => sum + seconds(visit), 0),
  }
}

const all = [...made.values()].flatMap(visitsOf)

const LEAST = 5
const isFew = (visits: readonly Visit[]): boolean => visits.length > 0 && counted(visits).visitors < LEAST

/** Who has each value of a day. */
const having = new Map<string, Set<bigint>>()
for (const visit of all)
  for (const dimension of dimensions)
    for (const value of valuesIn(visit, dimension)) {
      const key = `${visit.day} ${dimension} ${value}`
      having.set(key, (having.get(key) ?? new Set()).add(visit.visitor))
    }

/** The values of a visit that the day tells by name. */
const namedIn = (visit: Visit, dimension: Dimension): string[] =>
  valuesIn(visit, dimension).map((value) => ((having.get(`${visit.day} ${dimension} ${value}`)?.size ?? 0) < LEAST ? OTHER : value))

const passes = (visit: Visit, { dimension, values, not = false }: Filter): boolean =>
  namedIn(visit, dimension).some((value) => values.includes(value)) !== not

interface Told {
  readonly passing: readonly Visit[]
  /** The visits by the combination of filters that they pass and fail. */
  readonly cells: readonly (readonly Visit[])[]
}

/** Of a day, the visits that pass, by the words of decision 0025. */
function told(day: Day, filters: readonly Filter[]): Told {
  const visits = all.filter((visit) => visit.day === day)
  const kept: Filter[] = []
  for (const filter of filters) {
    if (isFew(visits.filter((visit) => passes(visit, filter)))) return { passing: [], cells: [] }
    if (!isFew(visits.filter((visit) => !passes(visit, filter)))) kept.push(filter)
  }
  const marks = kept.flatMap(({ dimension, values }) => values.map((value) => ({ dimension, values: [value] })))
  const cells = [...Map.groupBy(visits, (visit) => marks.map((mark) => passes(visit, mark)).join()).values()]
  if (cells.some(isFew)) return { passing: [], cells: [] }
  return { passing: visits.filter((visit) => kept.every((filter) => passes(visit, filter))), cells }
}

const byValue = (visits: readonly Visit[], dimension: Dimension): Map<string, Visit[]> => {
  const rows = new Map<string, Visit[]>()
  for (const visit of visits)
    for (const value of new Set(namedIn(visit, dimension))) {
      if (!rows.has(value)) rows.set(value, [])
      rows.get(value)?.push(visit)
    }
  return rows
}

/** Of a day, which visits stand behind each row. */
function rowsOf({ passing, cells }: Told, dimension: Dimension, isFiltered: boolean): Map<string, Visit[]> {
  const rows = byValue(passing, dimension)
  if (!isFiltered) return rows
  const sizes = cells.map((cell) => new Map([...byValue(cell, dimension)].map(([value, visits]) => [value, counted(visits).visitors])))
  const values = [...new Set(sizes.flatMap((cell) => [...cell.keys()]))]
  const few = (visitors: number): boolean => visitors > 0 && visitors < LEAST
  const size = (value: string): number => sizes.reduce((sum, cell) => sum + (cell.get(value) ?? 0), 0)
  const named = values.filter((value) => value !== OTHER && !sizes.some((cell) => few(cell.get(value) ?? 0)))
  named.sort((a, b) => size(b) - size(a) || (a < b ? 1 : -1))
  const unnamed = (cell: ReadonlyMap<string, number>): number =>
    [...cell].reduce((sum, [value, visitors]) => sum + (named.includes(value) ? 0 : visitors), 0)
  while (!isMany(dimension) && named.length > 0 && sizes.some((cell) => few(unnamed(cell)))) named.pop()
  return new Map([...rows].filter(([value]) => named.includes(value)))
}

async function agrees(store: Store, asked: Asked, dimension: Dimension): Promise<void> {
  const days = [before, yesterday].filter((day) => day >= asked.from && day <= asked.until)
  const mine = days.map((day) => told(day, asked.filters))
  assert.deepEqual(await store.totals(asked), counted(mine.flatMap(({ passing }) => passing)))
  const panel = await store.panel(asked, dimension)
  const values = new Map<string, Visit[]>()
  for (const day of mine)
    for (const [value, own] of rowsOf(day, dimension, asked.filters.length > 0)) values.set(value, [...(values.get(value) ?? []), ...own])
  for (const { value, counts } of panel.rows) {
    const { visitors, visits, bounces } = counted(values.get(value) ?? [])
    assert.deepEqual([counts.visitors, counts.visits, counts.bounces], [visitors, visits, bounces], `${dimension} ${value}`)
    assert(counts.visitors >= LEAST && value !== OTHER)
  }
  const named = [...values.keys()].filter((value) => value !== OTHER)
  assert.deepEqual(panel.rows.map(({ value }) => value).sort(), named.sort(), dimension)
}

const whole: Asked = { from: before, until: yesterday, filters: [] }
const filtered: Asked = {
  ...whole,
  filters: [
    { dimension: 'channel', values: ['search', 'direct'] },
    { dimension: 'page', values: ['/services'] },
    { dimension: 'host', values: ['docs.example'], not: true },
  ],
}

/** Tests this store. */
export async function testStore({ store, backend }: Tested): Promise<void> {
  for (const actions of made.values()) await store.record(actions)
  testCounting(store)
  testFolding({ store, backend })
  testFolded({ store, backend })
}

function testCounting(store: Store): void {
  void test('days that are not folded are counted rightly, with filters and without', async () => {
    for (const dimension of ['page', 'entry', 'exit', 'referrer', 'country', 'browser', 'version', 'hour', 'action', 'property'] as const) {
      await agrees(store, whole, dimension)
      await agrees(store, filtered, dimension)
    }
    await agrees(store, { from: before, until: before, filters: [{ dimension: 'country', values: ['DE'] }] }, 'language')
  })

  void test('what comes in later is counted with the rest, once', async () => {
    const first = await store.totals({ from: today, until: today, filters: [] })
    const here = await store.present(5)
    const [one] = made.get(yesterday) ?? []
    assert(one)
    await Promise.all([store.record([{ ...one, at: now() }]), store.record([{ ...one, at: now(), visitor: 1n }])])
    for (let again = 0; again < 2; again++) {
      const later = await store.totals({ from: today, until: today, filters: [] })
      assert.deepEqual([later.visitors - first.visitors, later.views - first.views], [2, 2])
    }
    assert.equal((await store.present(5)).visitors - here.visitors, 2)
  })
}

function testFolding({ store, backend }: Tested): void {
  void test('folding keeps every count that is large enough, and nothing of the day else', async () => {
    const unfolded = { totals: await store.totals(whole), filtered: await store.totals(filtered), days: await store.days(whole) }
    assert.deepEqual(await store.unfolded(), [before, yesterday])
    await Promise.all([store.fold(before), store.fold(before), store.fold(yesterday)])
    assert.deepEqual(await store.unfolded(), [])
    assert.deepEqual(await backend.days(), [today])
    assert.deepEqual(await store.totals(whole), unfolded.totals)
    assert.deepEqual(await store.days(whole), unfolded.days)
    assert.deepEqual(await store.totals(filtered), unfolded.filtered)
    for (const dimension of ['page', 'country', 'referrer', 'version'] as const) {
      const panel = await store.panel(whole, dimension)
      const sum = panel.rows.reduce((visits, { counts }) => visits + counts.visits, panel.other.visits)
      if (!isMany(dimension)) assert.equal(sum, unfolded.totals.visits)
      for (const { value, counts } of panel.rows) {
        const mine = all.filter((visit) => valuesIn(visit, dimension).includes(value))
        assert(counts.visits <= mine.length, `${dimension} ${value}`)
        const enough = new Set([before, yesterday].filter((day) => counted(mine.filter((visit) => visit.day === day)).visitors >= 5))
        assert.equal(counts.visits, mine.filter(({ day }) => enough.has(day)).length, `${dimension} ${value}`)
      }
    }
  })
}

function testFolded({ store, backend }: Tested): void {
  void test('nothing that is kept is about fewer visitors than the threshold', async () => {
    const folded = await foldedBetween(backend.db, before, yesterday)
    for (const one of folded)
      for (const dimension of dimensions) {
        const kept = await backend.tallies({ from: one.day, until: one.day, folded: [one], dimension, by: 'value' })
        assert.deepEqual(
          kept.filter(({ name, visitors }) => visitors < LEAST && name !== OTHER && name !== ''),
          [],
        )
      }
    const days = await loadDays(backend, folded, whoDimensions)
    for (const { base, singles } of days.values()) {
      const crowds = new Map<string, Set<number>>()
      for (let at = 0; at < base.visits; at++) {
        const who = whoDimensions.map((dimension) => singles.get(dimension)?.codes[at]).join(' ')
        crowds.set(who, (crowds.get(who) ?? new Set()).add(base.visitor[at] ?? 0))
      }
      const nothing = whoDimensions.map(() => 0).join(' ')
      for (const [who, visitors] of crowds) assert(visitors.size >= 5 || who === nothing, `${who}: ${visitors.size}`)
      assert(crowds.size > 50)
    }
  })

  void test('the heat map adds up, on both clocks', async () => {
    const { visits } = await store.totals(whole)
    const sum = (hours: readonly number[]): number => hours.reduce((all, one) => all + one, 0)
    assert.equal(sum(await store.heat(whole, 'utc')), visits)
    assert(sum(await store.heat(whole, 'reader')) > visits * 0.8)
    const direct: Asked = { ...whole, filters: [{ dimension: 'channel', values: ['direct'] }] }
    assert.equal(sum(await store.heat(direct, 'utc')), (await store.totals(direct)).visits)
  })

  void test('a day that is folded is not opened again by its past', async () => {
    setAhead(DAY)
    assert.deepEqual(await store.unfolded(), [today])
    setAhead(0)
  })
}
