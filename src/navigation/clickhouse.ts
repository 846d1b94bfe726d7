/**
 * The store's rows on ClickHouse. It has no transactions, so:
 *
 * * Actions are written in batches, each one block: all of it is there, or nothing. A batch has a number, and is written
 *   again when its answer was lost; what is there twice is read once.
 * * What a fold keeps bears the fold's moment, and counts once PostgreSQL's list of folded days says the same moment.
 *   A fold that was cut off leaves rows that nobody reads. Actions go, with their partition, after that.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { MINUTE, SECOND } from '../clock.ts'
import { type Clickhouse, literal, openClickhouse, type Row } from '../database/clickhouse.ts'
import type { Database } from '../database/connection.ts'
import type { Action, Kind } from './action.ts'
import type { Backend, ColumnWanted, Fold, Steps, TalliesWanted } from './backend.ts'
import type { Day } from './dimension.ts'
import type { FoldedDay } from './folded.ts'
import { READER_HOUR } from './folding.ts'
import { texts } from './rows.ts'

// `materialized`, because old servers leave a `default` out of rows that come as JSON, and for clocks of one server alone.
// Partitions are dropped with a day, and what is kept is parted by month, because each costs files.
const TABLES = [
  `actions (day Date, written DateTime materialized now(), batch String, place UInt32, at Int64, visitor Int64,
     amount Nullable(Float32), zone Nullable(Int16), properties Array(String), ${texts.map((name) => `${name} String`).join(', ')})
   engine = MergeTree partition by day order by (written, batch, place)`,
  `tallies (day Date, fold UInt64, dimension String, value String,
     visitors UInt64, visits UInt64, views UInt64, bounces UInt64, seconds UInt64)
   engine = MergeTree partition by toYYYYMM(day) order by (dimension, day, fold)`,
  `folded_columns (day Date, fold UInt64, name String, packed String)
   engine = MergeTree partition by toYYYYMM(day) order by (day, name, fold)`,
  `paces (day Date, fold UInt64, measure String, page String, steps Array(UInt32))
   engine = MergeTree partition by toYYYYMM(day) order by (day, fold)`,
] as const

async function furnished(url: URL): Promise<Clickhouse> {
  const server = await openClickhouse(url)
  for (const table of TABLES) await server.command(`create table if not exists ${table} ${server.durable}`)
  return server
}

/** The backend on this ClickHouse; it is spoken to when it is first needed. */
export function clickhouseBackend(db: Database, url: URL): Backend {
  let opened: Promise<Clickhouse> | undefined
  const open = (): Promise<Clickhouse> => {
    opened ??= furnished(url).catch((fault: unknown) => {
      opened = undefined
      throw fault
    })
    return opened
  }
  const pace = paced(SPACING_MS)
  return {
    db,
    write: async (actions) => {
      await pace()
      for (const rows of batchesOf(actions)) await insist(open, rows)
    },
    days: async () => daysOf(await open()),
    follow: (day) => follow(open, day),
    tallies: async (wanted) => tallies(await open(), wanted),
    hours: async (wanted) => hours(await open(), wanted),
    columns: async (wanted) => columns(await open(), wanted),
    paces: async ({ folded }) => {
      if (folded.length === 0) return []
      return (await open()).rows<Steps & Row>(`select measure, page, steps from paces where ${folds(folded)}`)
    },
    readAll: async (_, day, take) => readActions(await open(), day, '', ({ action }) => take(action)),
    keep: async (_, fold) => keep(await open(), fold),
    letGo: async (_, day, counted) => {
      const [there] = await (await open()).rows<{ n: string }>(
        `select uniqExact(batch, place) as n from actions where day = ${literal(day)}`,
      )
      if (Number(there?.n) !== counted) throw new Error('actions came while their day was folded')
    },
    finish: async (day) => (await open()).command(`alter table actions drop partition ${literal(day)}`),
  }
}

// ---- Writing -------------------------------------------------------------------------------------

/**
 * Each insert becomes a part on disk, which the server puts together with others later; it takes no more than a few in
 * a second. Actions that come meanwhile wait together (`intake.ts`).
 */
const SPACING_MS = 150
const MOST_IN_A_BATCH = 10_000
/** How long after each try that was not answered the next one follows. */
const PAUSES_MS = [200, 1000, 3000, 6000]

function paced(spacing: number): () => Promise<void> {
  let next = 0
  return async () => {
    const at = Math.max(next, performance.now())
    next = at + spacing
    await sleep(Math.max(0, at - performance.now()))
  }
}

function batchesOf(actions: readonly Action[]): Row[][] {
  const byDay = Map.groupBy(actions, ({ at }) => at.toISOString().slice(0, 10))
  return [...byDay].flatMap(([day, all]) =>
    Array.from({ length: Math.ceil(all.length / MOST_IN_A_BATCH) }, (_, at) => {
      const batch = randomUUID()
      const piece = all.slice(at * MOST_IN_A_BATCH, (at + 1) * MOST_IN_A_BATCH)
      return piece.map((action, place) => ({ day, batch, place, ...rowOf(action) }))
    }),
  )
}

function rowOf(action: Action): Row {
  const { at, visitor, amount, zone, properties } = action
  const row: Record<string, unknown> = { at: at.getTime(), visitor: String(visitor), amount, zone, properties }
  for (const name of texts) row[name] = action[name]
  return row
}

// The same batch again, with the same number: whether the first was kept is not known.
async function insist(open: () => Promise<Clickhouse>, rows: readonly Row[]): Promise<void> {
  for (const pause of [...PAUSES_MS, undefined]) {
    try {
      return await (await open()).insert('actions', rows)
    } catch (fault) {
      // The server's own refusals bear its number.
      const refused = /^\d+$/.test(String((fault as { code?: unknown }).code))
      if (pause === undefined || refused) throw fault
      await sleep(pause)
    }
  }
}

// ---- Reading actions -----------------------------------------------------------------------------

const daysOf = async (server: Clickhouse): Promise<Day[]> =>
  (await server.rows<{ day: Day }>('select distinct day from actions order by day')).map(({ day }) => day)

interface Read {
  readonly action: Action
  readonly batch: string
  readonly written: number
}

type Found = Omit<Action, 'at' | 'visitor'> & Row & { at: string; visitor: string; batch: string; wrote: string; kind: Kind }

async function readActions(server: Clickhouse, day: Day, more: string, take: (read: Read) => void): Promise<void> {
  const text = `
    select at, visitor, amount, zone, properties, ${texts.join(', ')}, batch, place, toUInt32(written) as wrote
      from actions where day = ${literal(day)} ${more} order by at, batch, place limit 1 by batch, place`
  await server.each(text, (row) => {
    const { at, visitor, batch, wrote, ...rest } = row as Found
    take({ action: { ...rest, at: new Date(Number(at)), visitor: BigInt(visitor) }, batch, written: Number(wrote) })
  })
}

/** By so much may a batch become visible later than one that was begun after it: an insert does not last longer. */
const OVERLAP_S = (3 * MINUTE) / SECOND

// Batches become visible as a whole: whichever was met needs no second look, and only the others are read.
function follow(open: () => Promise<Clickhouse>, day: Day): (take: (action: Action) => void) => Promise<void> {
  const met = new Map<string, number>()
  let last = 0
  const meet = (batch: string, written: number): void => {
    met.set(batch, Math.max(written, met.get(batch) ?? 0))
    last = Math.max(last, written)
  }
  return async (take) => {
    const server = await open()
    if (last === 0) {
      await readActions(server, day, '', ({ action, batch, written }) => (meet(batch, written), take(action)))
      return
    }
    const fresh = (await batchesSince(server, day, last - OVERLAP_S)).filter(({ batch }) => !met.has(batch))
    if (fresh.length === 0) return
    const which = `and written >= toDateTime(${last - OVERLAP_S}) and batch in (${fresh.map(({ batch }) => literal(batch)).join(', ')})`
    await readActions(server, day, which, ({ action }) => take(action))
    for (const { batch, wrote } of fresh) meet(batch, Number(wrote))
    // A batch that was written again may come up again, so much later.
    for (const [batch, written] of met) if (written < last - 3 * OVERLAP_S) met.delete(batch)
  }
}

const batchesSince = (server: Clickhouse, day: Day, since: number): Promise<{ batch: string; wrote: string }[]> =>
  server.rows(`select batch, max(toUInt32(written)) as wrote from actions
                where day = ${literal(day)} and written >= toDateTime(${since}) group by batch`)

// ---- What is folded ------------------------------------------------------------------------------

const uniqueDays = (wanted: readonly FoldedDay[]): FoldedDay[] => [...new Map(wanted.map((one) => [one.day, one])).values()]

const folds = (days: readonly FoldedDay[]): string =>
  `(day, fold) in (${days.map(({ day, foldedAt }) => `(toDate(${literal(day)}), toUInt64(${Number(foldedAt)}))`).join(', ')})`

const counts = ['visitors', 'visits', 'views', 'bounces', 'seconds'] as const

async function tallies(server: Clickhouse, { folded, dimension, by }: TalliesWanted): ReturnType<Backend['tallies']> {
  if (folded.length === 0) return []
  const sums = counts.map((name) => `sum(${name}) as ${name}_sum`).join(', ')
  const rows = await server.rows<Record<string, string>>(
    `select ${by === 'value' ? 'value' : 'toString(day)'} as name, ${sums} from tallies
      where dimension = ${literal(dimension)} and ${folds(folded)} group by name`,
  )
  return rows.map((row) => {
    const of = (name: (typeof counts)[number]): number => Number(row[`${name}_sum`])
    return {
      name: row['name'] ?? '',
      visitors: of('visitors'),
      visits: of('visits'),
      views: of('views'),
      bounces: of('bounces'),
      seconds: of('seconds'),
    }
  })
}

async function hours(server: Clickhouse, { folded, dimension }: Omit<TalliesWanted, 'by'>): ReturnType<Backend['hours']> {
  if (folded.length === 0) return []
  const place = dimension === READER_HOUR ? 'toUInt32OrZero(value)' : '(toDayOfWeek(day) - 1) * 24 + toUInt32OrZero(value)'
  const rows = await server.rows<{ hour: string; n: string }>(
    `select ${place} as hour, sum(visits) as n from tallies
      where dimension = ${literal(dimension)} and ${folds(folded)} and match(value, '^[0-9]+$') group by hour`,
  )
  return rows.map(({ hour, n }) => ({ hour: Number(hour), visits: Number(n) }))
}

async function columns(server: Clickhouse, wanted: readonly ColumnWanted[]): ReturnType<Backend['columns']> {
  const names = [...new Set(wanted.map(({ name }) => literal(name)))]
  const found = new Map<string, Buffer>()
  if (wanted.length > 0)
    await server.each(
      `select day, name, packed from folded_columns where ${folds(uniqueDays(wanted))} and name in (${names.join(', ')})`,
      ({ day, name, packed }) => found.set(`${String(day)} ${String(name)}`, Buffer.from(String(packed), 'base64')),
    )
  return wanted.map(({ day, name }) => found.get(`${day} ${name}`) ?? null)
}

async function keep(server: Clickhouse, { day, at, tallies, columns, paces }: Fold): Promise<void> {
  const fold = at.getTime()
  await server.insert(
    'tallies',
    tallies.map(([dimension, value, count]) => ({ day, fold, dimension, value, ...count })),
  )
  await server.insert(
    'folded_columns',
    [...columns].map(([name, packed]) => ({ day, fold, name, packed: packed.toString('base64') })),
  )
  if (paces.length > 0)
    await server.insert(
      'paces',
      paces.map((pace) => ({ day, fold, ...pace })),
    )
}
