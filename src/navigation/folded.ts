/** Folded days, read from the database column by column and kept unpacked in memory, up to a limit. */
import type { Database } from '../database/connection.ts'
import { type Base, type DayColumns, type Many, manyOf, type Single } from './columns.ts'
import { type Day, type Dimension, isMany, type ManyDimension, OTHER, type SingleDimension, UNKNOWN } from './dimension.ts'
import { everybody, type Filter, passing, type Told } from './filtering.ts'
import { BASE, unpackBase, unpackMany, unpackSingle } from './packing.ts'

/** A column, or what some filters tell of the day: a page of reports asks for it with each of its panels. */
type Column = Base | Single | Many | Told

/** Bytes of unpacked columns that one process keeps; what was asked for longest ago goes first. */
const MOST_BYTES = 224 * 1024 * 1024

interface Kept {
  /** In the order of the last question. */
  readonly columns: Map<string, Column>
  bytes: number
}

const caches = new WeakMap<Database, Kept>()

function keptOf(db: Database): Kept {
  const kept = caches.get(db) ?? { columns: new Map(), bytes: 0 }
  caches.set(db, kept)
  return kept
}

/** A folded day with the moment of its folding: a day that was folded anew is another. */
export interface FoldedDay {
  readonly day: Day
  readonly foldedAt: string
}

/** Which days between these are folded. */
export const foldedBetween = (db: Database, from: Day, until: Day): Promise<FoldedDay[]> =>
  db.read<FoldedDay & Record<string, unknown>>('improvement', {
    name: 'folded-between',
    text: 'select day::text as day, folded_at::text as "foldedAt" from folded_days where day between $1 and $2 order by day',
    values: [from, until],
  })

/** The days with the columns of these dimensions. Days that a part of was lost are left out. */
export async function loadDays(db: Database, days: readonly FoldedDay[], dimensions: readonly Dimension[]): Promise<Map<Day, DayColumns>> {
  const names = [BASE, ...new Set(dimensions)]
  const kept = keptOf(db)
  const key = ({ day, foldedAt }: FoldedDay, name: string) => `${day} ${foldedAt} ${name}`
  const there = new Map<string, Column>()
  const wanted: Wanted[] = []
  for (const day of days) {
    for (const name of names) {
      const column = kept.columns.get(key(day, name))
      if (column) there.set(`${day.day} ${name}`, touched(kept, key(day, name), column))
      else wanted.push({ day: day.day, name, key: key(day, name) })
    }
  }
  for (const [at, { day, name, packed }] of (await read(db, wanted)).entries()) {
    if (!packed) continue
    const column = unpack(name, packed)
    there.set(`${day} ${name}`, column)
    keep(kept, wanted[at]?.key ?? '', column)
  }
  return new Map(days.map(({ day }) => [day, dayOfColumns(day, dimensions, there)]))
}

/** What some filters tell of a folded day, as it was found once. */
export function toldOf(db: Database, { day, foldedAt }: FoldedDay, { columns, filters, least }: Sought): Told {
  if (filters.length === 0) return everybody
  const kept = keptOf(db)
  const key = `${day} ${foldedAt} ${least} ${JSON.stringify(filters)}`
  const known = kept.columns.get(key)
  if (known && 'combinations' in known) return touched(kept, key, known)
  const told = passing(columns, filters, least)
  keep(kept, key, told)
  return told
}

interface Sought {
  readonly columns: DayColumns
  readonly filters: readonly Filter[]
  readonly least: number
}

interface Wanted {
  readonly day: Day
  readonly name: string
  readonly key: string
}

interface Packed extends Record<string, unknown> {
  readonly day: Day
  readonly name: string
  readonly packed: Buffer | null
}

const READ = `
  select wanted.day::text as day, wanted.name, packed
    from unnest($1::date[], $2::text[]) with ordinality as wanted (day, name, place) left join folded_columns using (day, name)
   order by place`

/** What days lack that were folded before it was counted. */
const LATER: ReadonlySet<string> = new Set<Dimension>(['step'])

async function read(db: Database, wanted: readonly Wanted[]): Promise<Packed[]> {
  if (wanted.length === 0) return []
  const values = [wanted.map(({ day }) => day), wanted.map(({ name }) => name)]
  const rows = await db.read<Packed>('improvement', { name: 'folded-columns', text: READ, values })
  if (rows.some(({ name, packed }) => !packed && !LATER.has(name))) throw new Error('a folded day lacks columns')
  return rows
}

function unpack(name: string, packed: Buffer): Column {
  if (name === BASE) return unpackBase(packed)
  return isMany(name as Dimension) ? unpackMany(packed) : unpackSingle(packed)
}

function dayOfColumns(day: Day, dimensions: readonly Dimension[], there: ReadonlyMap<string, Column>): DayColumns {
  const base = there.get(`${day} ${BASE}`) as Base
  const singles = new Map<SingleDimension, Single>()
  const manys = new Map<ManyDimension, Many>()
  for (const dimension of dimensions) {
    const column = there.get(`${day} ${dimension}`)
    if (isMany(dimension)) manys.set(dimension, (column as Many | undefined) ?? manyOf([OTHER, UNKNOWN], [], base.visits))
    else singles.set(dimension, column as Single)
  }
  return { base, singles, manys }
}

function touched<C extends Column>(kept: Kept, key: string, column: C): C {
  kept.columns.delete(key)
  kept.columns.set(key, column)
  return column
}

function keep(kept: Kept, key: string, column: Column): void {
  if (!kept.columns.has(key)) kept.bytes += sizeOf(column)
  kept.columns.set(key, column)
  for (const [oldest, old] of kept.columns) {
    if (kept.bytes <= MOST_BYTES) break
    kept.columns.delete(oldest)
    kept.bytes -= sizeOf(old)
  }
}

// Texts are counted at about what they take.
function sizeOf(column: Column): number {
  const arrays = Object.values(column).filter((value) => ArrayBuffer.isView(value))
  return arrays.reduce((bytes, array) => bytes + array.byteLength, 0) + ('values' in column ? column.values.length * 60 : 0)
}
