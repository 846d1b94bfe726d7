/** Folded days, read column by column and kept unpacked in memory, up to a limit. */
import type { Database } from '../database/connection.ts'
import type { Backend, ColumnWanted } from './backend.ts'
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

const caches = new WeakMap<Backend, Kept>()

function keptOf(backend: Backend): Kept {
  const kept = caches.get(backend) ?? { columns: new Map(), bytes: 0 }
  caches.set(backend, kept)
  return kept
}

/** A folded day with the moment of its folding, in milliseconds: a day that was folded anew is another. */
export interface FoldedDay {
  readonly day: Day
  readonly foldedAt: string
}

/** Which days between these are folded. */
export const foldedBetween = (db: Database, from: Day, until: Day): Promise<FoldedDay[]> =>
  db.read<FoldedDay & Record<string, unknown>>('improvement', {
    name: 'folded-between',
    text: `select day::text as day, (extract(epoch from folded_at) * 1000)::bigint::text as "foldedAt"
             from folded_days where day between $1 and $2 order by day`,
    values: [from, until],
  })

/** The days with the columns of these dimensions. Days that a part of was lost are left out. */
export async function loadDays(
  backend: Backend,
  days: readonly FoldedDay[],
  dimensions: readonly Dimension[],
): Promise<Map<Day, DayColumns>> {
  const names = [BASE, ...new Set(dimensions)]
  const kept = keptOf(backend)
  const key = ({ day, foldedAt }: FoldedDay, name: string) => `${day} ${foldedAt} ${name}`
  const there = new Map<string, Column>()
  const wanted: Wanted[] = []
  for (const day of days) {
    for (const name of names) {
      const column = kept.columns.get(key(day, name))
      if (column) there.set(`${day.day} ${name}`, touched(kept, key(day, name), column))
      else wanted.push({ ...day, name, key: key(day, name) })
    }
  }
  const found = await read(backend, wanted)
  for (const [at, { day, name, key }] of wanted.entries()) {
    const packed = found[at]
    if (!packed) continue
    const column = unpack(name, packed)
    there.set(`${day} ${name}`, column)
    keep(kept, key, column)
  }
  return new Map(days.map(({ day }) => [day, dayOfColumns(day, dimensions, there)]))
}

/** What some filters tell of a folded day, as it was found once. */
export function toldOf(backend: Backend, { day, foldedAt }: FoldedDay, { columns, filters, least }: Sought): Told {
  if (filters.length === 0) return everybody
  const kept = keptOf(backend)
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

interface Wanted extends ColumnWanted {
  readonly key: string
}

/** What days lack that were folded before it was counted. */
const LATER: ReadonlySet<string> = new Set<Dimension>(['step'])

async function read(backend: Backend, wanted: readonly Wanted[]): Promise<(Buffer | null)[]> {
  if (wanted.length === 0) return []
  const found = await backend.columns(wanted)
  if (wanted.some(({ name }, at) => !found[at] && !LATER.has(name))) throw new Error('a folded day lacks columns')
  return found
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
