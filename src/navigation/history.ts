/**
 * What was brought in from other programs, as reports add it to our own counts: only for days that were not
 * counted here, and only without filters, since tallies cannot be narrowed.
 */
import type { Database } from '../database/connection.ts'
import type { Counts } from './counting.ts'
import type { Day } from './dimension.ts'
import type { Counted } from './history-counts.ts'
import type { Origin } from './history-tables.ts'
import type { Asked } from './store.ts'

/** An import of which something lies in a period. */
export interface Brought {
  readonly origin: Origin
  readonly site: string
  readonly from: Day
  readonly until: Day
  readonly dimensions: readonly string[]
}

const BROUGHT = `
  select origin, site, greatest(first_day, $1::date)::text as "from", least(last_day, $2::date)::text as until, dimensions from history_imports
   where finished_at is not null and days_kept > 0 and first_day <= $2 and last_day >= $1 order by origin, site, first_day`

/** The imports that reach into a period. */
export const broughtIn = (db: Database, { from, until }: Pick<Asked, 'from' | 'until'>): Promise<Brought[]> =>
  db.read<Brought & Record<string, unknown>>('improvement', { name: 'history-brought', text: BROUGHT, values: [from, until] })

/** The same as it counts for a question: nothing, where filters narrow it. */
export const broughtInto = async (db: Database, asked: Asked): Promise<readonly Brought[]> =>
  asked.filters.length > 0 ? [] : broughtIn(db, asked)

/** A count under a name, and where it came from. */
export interface BroughtCounts {
  readonly name: string
  readonly origins: readonly Origin[]
  readonly counts: Counts
}

const sumsBy = (name: 'day::text' | 'value'): string => `
  select ${name} as name, array_agg(distinct origin order by origin) as origins, sum(visitors)::float8 as visitors, sum(visits)::float8 as visits,
         sum(views)::float8 as views, sum(bounces)::float8 as bounces, sum(seconds)::float8 as seconds
    from history_tallies t join history_imports i on i.id = t.import_id
   where dimension = $1 and day between $2 and $3 and finished_at is not null
     and not exists (select from folded_days f where f.day = t.day) group by 1`

/** What was brought in of a dimension, by its values or by the days; nothing for a question with filters. */
export async function historyBy(db: Database, by: 'day' | 'value', asked: Asked, dimension: Counted): Promise<BroughtCounts[]> {
  if (asked.filters.length > 0) return []
  const text = sumsBy(by === 'day' ? 'day::text' : 'value')
  const rows = await db.read<Counts & { name: string; origins: Origin[] }>('improvement', {
    name: `history-by-${by}`,
    text,
    values: [dimension, asked.from, asked.until],
  })
  return rows.map(({ name, origins, ...counts }) => ({ name, origins, counts }))
}
