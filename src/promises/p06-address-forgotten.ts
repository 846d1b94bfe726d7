/** P6: of an IP address nothing personal remains. */
import { DAY, HOUR, now } from '../clock.ts'
import { dimensions, OTHER } from '../navigation/dimension.ts'
import { storeOf } from '../navigation/store.ts'
import { literal } from '../database/clickhouse.ts'
import { columnsOf } from './catalog.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'
import { visitsElsewhere } from './visits-elsewhere.ts'

export const p6: Promised = {
  name: 'P6',
  says: 'An IP address is used to learn, in aggregate, from which region and at what time of day the websites are used, to make them better and faster; nothing personal remains of it.',
  keptBy: [
    { job: 'navigation.fold', says: 'destroys the salt of a day that is over, and drops its actions' },
    { file: 'src/navigation/salt.ts', says: 'the salt of the day, without which nobody can work out who a number was' },
    { file: 'src/navigation/crowd.ts', says: 'counts nobody apart whom fewer than the threshold resemble' },
    { file: 'src/web/throttle.ts', says: 'limits by networks keep a keyed hash of them, for an hour at most' },
  ],
  looksAt:
    'Every column, for one that could hold an address; salts and actions that outlived their day; counts of fewer visitors than the threshold; and the newest actions, sessions and counters, for anything that looks like an address.',
  async check(look) {
    await lookAtColumns(look)
    await lookAtSalts(look)
    await lookAtCounts(look)
    await lookAtRows(look)
    await lookElsewhere(look)
  },
}

async function lookAtColumns(look: Look): Promise<void> {
  const holds = /(^|_)(ip|ip_?address|remote_?addr(ess)?|client_?address|network)(_|$)/
  const wrong = (await columnsOf(look)).filter(({ name, type }) => holds.test(name) || /^(inet|cidr|macaddr8?)(\[\])?$|IPv[46]/.test(type))
  look.find(...wrong.map(({ table, name }) => `a column for an address: ${table}.${name}`))
}

/** The clock folds every ten minutes; an hour later nothing of the day before may be left. */
const GRACE = HOUR

async function lookAtSalts(look: Look): Promise<void> {
  const last = new Date(now().getTime() - GRACE).toISOString().slice(0, 10)
  const salts = await look.rows<{ day: string }>('improvement', 'select day::text as day from salts')
  look.count('salts', salts.length)
  look.find(...salts.filter(({ day }) => day < last).map(({ day }) => `a salt outlived its day: ${day}`))
  const days = await storeOf(look.house).unfolded()
  look.count('days', days.length + 1)
  look.find(...days.filter((day) => day < last).map((day) => `actions outlived their day: ${day}`))
}

// What was too small for a line of its own stands together as "other". By dimension and day, because that is how they lie.
const RECENT = 40

async function lookAtCounts(look: Look): Promise<void> {
  const { navigationThreshold: least } = look.house.config
  const [row] = await look.rows<{ all: number; small: number }>(
    'improvement',
    `select count(*)::int as all, count(*) filter (where visitors < $2 and value <> $3)::int as small
       from tallies where dimension = any($4) and day > $1`,
    [new Date(now().getTime() - RECENT * DAY), least, OTHER, dimensions],
  )
  look.count('counts', row?.all ?? 0)
  look.find(...(row?.small ? [`counts of fewer than ${least} visitors: ${row.small}`] : []))
}

const ADDRESS = String.raw`(^|[^0-9.])([0-9]{1,3}\.){3}[0-9]{1,3}($|[^0-9.])|([0-9a-f]{1,4}:){4,}`

// To take a whole day's lines apart takes seconds: the newest hundred batches hold enough.
const NEWEST = `(select * from recorded_actions()
  where written >= coalesce((select written from action_batches order by written desc offset 100 limit 1), 0))`

const PLACES = [
  { purpose: 'improvement', table: 'actions', from: NEWEST, columns: ['page', 'label', 'referrer', 'properties'], order: 'written desc' },
  { purpose: 'security', table: 'throttles', from: 'throttles', columns: ['key_hash'], order: 'resets_at desc' },
  { purpose: 'service', table: 'sessions', from: 'sessions', columns: ['browser', 'means'], order: 'expires_at desc' },
] as const

async function lookAtRows(look: Look): Promise<void> {
  for (const { purpose, table, from, columns, order } of PLACES) {
    const text = columns.map((column) => `coalesce(${column}::text, '')`).join(` || ' ' || `)
    const [row] = await look.rows<{ all: number; wrong: number }>(
      purpose,
      `select count(*)::int as all, count(*) filter (where text ~ $1)::int as wrong from (select ${text} as text from ${from} as newest order by ${order} limit 1000) t`,
      [ADDRESS],
    )
    look.count('rows', row?.all ?? 0)
    look.find(...(row?.wrong ? [`something that looks like an address in ${table}: ${row.wrong}`] : []))
  }
}

/** The same counts and rows, where visits are kept on ClickHouse. */
async function lookElsewhere(look: Look): Promise<void> {
  const server = await visitsElsewhere(look)
  if (!server) return
  const { navigationThreshold: least } = look.house.config
  const since = literal(new Date(now().getTime() - RECENT * DAY).toISOString().slice(0, 10))
  const [counts] = await server.rows<{ all: string; small: string }>(
    `select count() as all, countIf(visitors < ${least} and value <> ${literal(OTHER)}) as small from tallies
      where dimension in (${dimensions.map(literal).join(', ')}) and day > ${since}`,
  )
  look.count('counts', Number(counts?.all ?? 0))
  look.find(...(Number(counts?.small) ? [`counts of fewer than ${least} visitors, on ClickHouse: ${counts?.small}`] : []))
  const [rows] = await server.rows<{ all: string; wrong: string }>(
    `select count() as all, countIf(match(text, ${literal(ADDRESS)})) as wrong from (
       select concat(page, ' ', label, ' ', referrer, ' ', arrayStringConcat(properties, ' ')) as text from actions order by written desc limit 1000)`,
  )
  look.count('rows', Number(rows?.all ?? 0))
  look.find(...(Number(rows?.wrong) ? [`something that looks like an address in actions, on ClickHouse: ${rows?.wrong}`] : []))
}
