/** The clocks against the vectors that were written down, and against PostgreSQL, which counts by itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { superuser } from '../../test/harness.ts'
import { type Clocks, clocksOf, dayIn, daysLeft, lastDay, regimes, warningDue } from './deadline.ts'
import { addDays, type Calendar, easterSunday, holidaysIn, isOff } from './holidays.ts'

const vectors = [
  ['2026-01-31', '2026-03-02', '2026-04-30', '2026-02-13', '2026-03-17', '2026-05-01', '2026-02-20', '2026-04-01'],
  ['2026-03-31', '2026-04-30', '2026-06-30', '2026-04-14', '2026-05-15', '2026-06-29', '2026-04-21', '2026-05-30'],
  ['2027-12-31', '2028-01-31', '2028-03-31', '2028-01-14', '2028-02-14', '2028-03-30', '2028-01-21', '2028-02-29'],
] as const

for (const [on, month, months, acknowledge, fortyFive, ninety, optOut, sixty] of vectors) {
  test(`the terms of what came on ${on}`, () => {
    const given = { on, objects: false, calendar: 'none' } as const
    for (const regime of ['gdpr', 'uk-gdpr'] as const) {
      const { answerBy, extendableTo, acknowledgeBy } = clocksOf({ ...given, regime })
      assert.deepEqual([answerBy, extendableTo, acknowledgeBy], [month, months, undefined])
    }
    const california = clocksOf({ ...given, regime: 'ccpa' })
    assert.deepEqual([california.acknowledgeBy, california.answerBy, california.extendableTo], [acknowledge, fortyFive, ninety])
    const objection = clocksOf({ ...given, regime: 'ccpa', objects: true })
    assert.deepEqual([objection.answerBy, objection.extendableTo], [optOut, undefined])
    const florida = clocksOf({ ...given, regime: 'florida' })
    assert.deepEqual([florida.answerBy, florida.extendableTo], [fortyFive, sixty])
    const strictest = clocksOf({ ...given, regime: 'strictest' })
    assert.deepEqual(strictest, { acknowledgeBy: acknowledge, target: addDays(on, 28), answerBy: month, extendableTo: sixty })
  })
}

test('holidays move what is counted in working days, and what ends on one', () => {
  assert.deepEqual(holidaysIn('US', 2026), [
    ...['2026-01-01', '2026-01-19', '2026-02-16', '2026-05-25', '2026-06-19', '2026-07-03', '2026-09-07', '2026-10-12'],
    ...['2026-11-11', '2026-11-26', '2026-12-25'],
  ])
  assert.deepEqual(holidaysIn('GB', 2027).slice(-2), ['2027-12-27', '2027-12-28'])
  assert.deepEqual(holidaysIn('GB', 2022).slice(-2), ['2022-12-26', '2022-12-27'])
  assert.deepEqual(holidaysIn('DE', 2026), [
    ...['2026-01-01', '2026-04-03', '2026-04-06', '2026-05-01', '2026-05-14', '2026-05-25', '2026-10-03', '2026-12-25', '2026-12-26'],
  ])
  assert(holidaysIn('FR', 2026).includes('2026-07-14') && holidaysIn('ES', 2026).includes('2026-12-08'))
  assert.equal(lastDay({ working: 15 }, '2026-01-31', 'US'), '2026-02-23', 'Presidents’ Day is no working day')
  assert.equal(lastDay({ working: 10 }, '2026-11-24', 'US'), '2026-12-09', 'nor is Thanksgiving')
  assert.equal(lastDay({ months: 1 }, '2026-11-25', 'DE'), '2026-12-28', 'Christmas, its second day and a Sunday')
  assert.equal(lastDay({ months: 1 }, '2026-03-03', 'ES'), '2026-04-06', 'Good Friday; Spain works on Easter Monday')
  assert(isOff('US', '2027-12-31'), 'New Year’s Day of 2028 is a Saturday, and is kept the day before')
  assert(!isOff('none', '2027-12-31'))
})

test('Easter is where the almanacs have it', () => {
  const known =
    '2019-04-21 2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2038-04-25 2285-03-22'
  for (const day of known.split(' ')) assert.equal(easterSunday(Number(day.slice(0, 4))), day)
})

// PostgreSQL's own months, weekdays and series; holidays looked for among all days of a year, not computed.
const INDEPENDENT = `
with asked as (select d::date as d from unnest($1::text[]) d),
days as (select t::date as t from generate_series((select min(d) from asked), (select max(d) + 220 from asked), interval '1 day') t),
numbered as (
  select t, extract(month from t)::int as m, extract(day from t)::int as n, extract(isodow from t)::int as w,
         count(*) over (partition by date_trunc('month', t), extract(isodow from t) order by t) as nth,
         extract(month from t + 7) <> extract(month from t) as last
    from (select (date_trunc('year', (select min(d) from asked)))::date + i as t
            from generate_series(0, 400 + (select max(d) - min(d) from asked) + 366) i) x),
fixed(m, n) as (values (1, 1), (6, 19), (7, 4), (11, 11), (12, 25)),
observed as (
  select case w when 6 then t - 1 when 7 then t + 1 else t end as t from numbered join fixed using (m, n)
  union select t from numbered where (m = 1 and w = 1 and nth = 3) or (m = 2 and w = 1 and nth = 3) or (m = 5 and w = 1 and last)
    or (m = 9 and w = 1 and nth = 1) or (m = 10 and w = 1 and nth = 2) or (m = 11 and w = 4 and nth = 4)),
counted as (select t, sum(works::int) over (order by t) as done, works
  from (select t, extract(isodow from t) < 6 and ($2 = 'none' or t not in (select t from observed)) as works from days) x),
ranked as (select t, done as rank from counted where works),
next as (select c.t, r.t as work from counted c join ranked r on r.rank = case when c.works then c.done else c.done + 1 end)
select d::text as on, one.work::text as month, three.work::text as months, ten.t::text as ten, fifteen.t::text as fifteen,
  (d + 45)::text as fortyfive, (d + 60)::text as sixty, (d + 90)::text as ninety
from asked join counted c on c.t = d
  join next one on one.t = (d + interval '1 month')::date join next three on three.t = (d + interval '3 month')::date
  join ranked ten on ten.rank = c.done + 10 join ranked fifteen on fifteen.rank = c.done + 15`

type Counted = Record<'on' | 'month' | 'months' | 'ten' | 'fifteen' | 'fortyfive' | 'sixty' | 'ninety', string>

test('1,000 generated days agree with PostgreSQL, which counts by itself', async () => {
  const client = await superuser()
  const days = fc.sample(fc.integer({ min: 0, max: 30 * 365 }), { numRuns: 1_000, seed: 1182 }).map((more) => addDays('2020-01-01', more))
  for (const calendar of ['none', 'US'] as const) {
    const { rows } = await client.query<Counted>(INDEPENDENT, [days, calendar])
    assert.equal(rows.length, 1_000)
    for (const row of rows) agree(row, calendar)
  }
  await client.end()
})

function agree(row: Counted, calendar: Calendar): void {
  const of = (regime: (typeof regimes)[number], objects = false): Clocks => clocksOf({ on: row.on, regime, objects, calendar })
  const [gdpr, ccpa, florida] = [of('gdpr'), of('ccpa'), of('florida')]
  assert.deepEqual([gdpr.answerBy, gdpr.extendableTo], [row.month, row.months], row.on)
  assert.deepEqual([ccpa.acknowledgeBy, ccpa.answerBy, ccpa.extendableTo], [row.ten, row.fortyfive, row.ninety], row.on)
  assert.deepEqual([florida.answerBy, florida.extendableTo], [row.fortyfive, row.sixty], row.on)
  assert.equal(of('ccpa', true).answerBy, row.fifteen, row.on)
  const strictest = of('strictest')
  for (const law of [gdpr, ccpa, florida]) {
    assert(strictest.answerBy <= law.answerBy && (strictest.extendableTo ?? '') <= (law.extendableTo ?? ''), row.on)
  }
}

test('warnings come ten days, three days and no day before the end, and then every day', () => {
  const at = (left: number) => warningDue(addDays('2026-03-02', -left), '2026-03-02')
  assert.deepEqual([11, 10, 4, 3, 1, 0, -1].map(at), [undefined, 10, 10, 3, 3, 0, 'overdue'])
  assert.equal(daysLeft('2026-02-27', '2026-03-02'), 3)
})

test('a day is the day of the place where the operator is', () => {
  const night = new Date('2026-01-31T03:30:00Z')
  assert.deepEqual([dayIn('America/New_York', night), dayIn('UTC', night)], ['2026-01-30', '2026-01-31'])
})
