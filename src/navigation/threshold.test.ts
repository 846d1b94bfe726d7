/** Somebody who may ask for reports tries to find out about a few visitors by subtracting answers from each other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { now } from '../clock.ts'
import { inventedActions } from '../demo-visits.ts'
import { type Day, dayBefore, dayOf, type Dimension, isMany, type SingleDimension } from './dimension.ts'
import type { Filter } from './filtering.ts'
import { type Asked, type Panel, storeOf } from './store.ts'

const LEAST = 5
const house = await openTestHouse()
const store = storeOf(house.house)
const yesterday = dayBefore(dayOf(now()))
const before = dayBefore(yesterday)

// A small house: many values have few visitors, and most pairs of them fewer.
for (const day of [before, yesterday])
  await store.record([...inventedActions({ day: Date.parse(day), visitors: 160, hosts: ['www.example', 'docs.example'], seed: 11 })])

const isFew = (count: number): boolean => count > 0 && count < LEAST

const on = (day: Day, ...filters: Filter[]): Asked => ({ from: day, until: day, filters })
const said = ({ filters }: Asked): string =>
  filters.map(({ dimension, values, not }) => `${dimension}${not ? '!' : ''}=${values.join()}`).join(' & ')
const is = (dimension: Dimension, ...values: string[]): Filter => ({ dimension, values })
const not = (dimension: Dimension, ...values: string[]): Filter => ({ dimension, values, not: true })

const asked = ['country', 'device', 'browser', 'language', 'channel', 'host', 'page', 'entry'] as const
const guesses: Partial<Record<Dimension, string[]>> = {
  country: ['IS', 'LI', 'TO', 'AT'],
  page: ['/help*', '/services*', '/help/article-9'],
}

/** Every filter with one value that the day tells, and some that it does not. */
async function filtersOf(day: Day): Promise<Filter[]> {
  const filters: Filter[] = []
  for (const dimension of asked) {
    const { rows } = await store.panel(on(day), dimension)
    const values = [...rows.slice(0, 6).map(({ value }) => value), ...(guesses[dimension] ?? [])]
    filters.push(...values.flatMap((value) => [is(dimension, value), not(dimension, value)]))
  }
  return filters
}

const visitsOf = async (asked: Asked): Promise<number> => (await store.totals(asked)).visits

async function subtract(day: Day): Promise<number> {
  const filters = await filtersOf(day)
  const all = await visitsOf(on(day))
  let told = 0
  for (const [place, one] of filters.entries()) {
    const { visitors, visits } = await store.totals(on(day, one))
    assert(!isFew(visitors) && !isFew(all - visits), `${said(on(day, one))}: ${visits} of ${all}`)
    if (visits === 0) continue
    for (const other of filters.slice(place + 1).filter((_, at) => (at + place) % 5 === 0)) {
      const both = on(day, one, other)
      const { visitors, visits: here } = await store.totals(both)
      if (visitors === 0) continue
      told++
      assert(!isFew(visitors) && !isFew(visits - here), `${said(both)}: ${here} of ${visits}`)
      const there = await visitsOf(on(day, other))
      assert(there === 0 || !isFew(there - here), `${said(both)}: ${here} of ${there}`)
    }
  }
  return told
}

async function unite(day: Day): Promise<void> {
  for (const [a, b] of [
    ['DE', 'US'],
    ['US', 'IN'],
    ['GB', 'DE'],
  ] as const) {
    const search = is('channel', 'search')
    const [one, two] = [await visitsOf(on(day, search, is('country', a))), await visitsOf(on(day, search, is('country', a, b)))]
    if (one > 0 && two > 0) assert(!isFew(two - one), `${a}, ${b}: ${two} - ${one}`)
  }
}

const row = ({ rows }: Panel, value: string): number => rows.find((one) => one.value === value)?.counts.visits ?? 0

async function compareRows(day: Day, dimension: Dimension, filters: readonly Filter[]): Promise<void> {
  const whole = await store.panel(on(day), dimension)
  for (const filter of filters) {
    const asked = on(day, filter)
    const panel = await store.panel(asked, dimension)
    const total = await visitsOf(asked)
    for (const { value, counts } of panel.rows) {
      assert(counts.visitors >= LEAST, `${said(asked)}: ${dimension} ${value} ${counts.visitors}`)
      assert(!isFew(row(whole, value) - counts.visits), `${said(asked)}: ${dimension} ${value} ${counts.visits} of ${row(whole, value)}`)
      const narrowed = await visitsOf(on(day, filter, is(dimension, value)))
      assert([0, counts.visits, total].includes(narrowed), `a row's link leads to its number: ${dimension} ${value}`)
    }
    const named = panel.rows.reduce((sum, { counts }) => sum + counts.visits, 0)
    assert(
      !isFew(panel.other.visitors) && (isMany(dimension) || !isFew(total - named)),
      `${said(asked)}: ${dimension}, others ${panel.other.visitors}`,
    )
  }
}

async function compareHours(day: Day, filters: readonly Filter[]): Promise<void> {
  for (const filter of filters)
    for (const clock of ['utc', 'reader'] as const) {
      const hours = await store.heat(on(day, filter), clock)
      assert(!hours.some(isFew), said(on(day, filter)))
      const told = hours.reduce((sum, visits) => sum + visits, 0)
      assert(!isFew((await visitsOf(on(day, filter))) - told), `${said(on(day, filter))}: ${told}`)
    }
}

async function moveTheEnd(filters: readonly Filter[]): Promise<void> {
  for (const filter of filters) {
    const both = await visitsOf({ from: before, until: yesterday, filters: [filter] })
    assert(!isFew(both - (await visitsOf(on(before, filter)))), said(on(before, filter)))
  }
}

async function everything(dimensions: readonly SingleDimension[]): Promise<void> {
  assert((await subtract(yesterday)) > 50, 'enough is told that there is something to subtract')
  await unite(yesterday)
  const filters = (await filtersOf(yesterday)).filter((_, at) => at % 3 === 0)
  for (const dimension of [...dimensions, 'page'] as const) await compareRows(yesterday, dimension, filters)
  await compareHours(yesterday, filters)
  await moveTheEnd(filters)
}

test('no answer of the day itself, and no difference of two, stands for fewer visitors than the threshold', () =>
  everything(['country', 'device', 'browser', 'language', 'channel', 'entry', 'referrer']))

test('nor does one when the day is folded', async () => {
  await store.fold(before)
  await store.fold(yesterday)
  await everything(['channel', 'entry', 'referrer'])
})
