/** What the public page counts, by year of receipt. Where the law lets us publish ranges alone, it is a range. */
import { sql } from 'drizzle-orm'
import type { For } from '../database/connection.ts'

/** A year's counts. */
export interface Year {
  readonly year: string
  readonly demands: number
  readonly emergencies: number
  readonly preservations: number
  readonly refusals: number
  readonly releases: number
  readonly people: number
  readonly notices: number
  readonly bars: number
  /** Demands of which ranges alone may be published, as one. */
  readonly range: string
}

/** How wide a range is (50 U.S.C. 1874(a)(3)): the first begins at none, so that it tells nobody whether there was one. */
const BAND = 250

/** The range in which a number lies. */
export function rangeOf(count: number): string {
  const from = Math.floor(count / BAND) * BAND
  return `${from}–${from + BAND - 1}`
}

// Of each demand the newest scope and the newest finding count; nobody is counted twice for one that was narrowed.
const COUNTS = sql`
  with newest_scope as (select distinct on (demand_id) demand_id, id from legal_demand_scopes order by demand_id, id desc),
    newest_finding as (select distinct on (demand_id) demand_id, ending from legal_demand_findings order by demand_id, id desc),
    released as (select distinct on (demand_id) demand_id, people from legal_demand_releases order by demand_id, id desc),
    told as (select p.demand_id, count(*) as many from legal_demand_people p join newest_scope s on s.id = p.scope_id
              where p.told_at is not null group by p.demand_id)
  select extract(year from d.received_on)::int::text as year,
    count(*) filter (where not d.in_ranges and d.kind = 'demand')::int as demands,
    count(*) filter (where not d.in_ranges and d.kind = 'emergency')::int as emergencies,
    count(*) filter (where not d.in_ranges and d.kind = 'preservation')::int as preservations,
    count(*) filter (where not d.in_ranges and f.ending = 'refused')::int as refusals,
    count(r.demand_id) filter (where not d.in_ranges)::int as releases,
    coalesce(sum(r.people) filter (where not d.in_ranges), 0)::int as people,
    coalesce(sum(t.many) filter (where not d.in_ranges), 0)::int as notices,
    count(*) filter (where not d.in_ranges and exists (select from legal_demand_bars b where b.demand_id = d.id))::int as bars,
    count(*) filter (where d.in_ranges)::int as ranged
  from legal_demands d
    left join newest_finding f on f.demand_id = d.id left join released r on r.demand_id = d.id left join told t on t.demand_id = d.id
  group by 1 order by 1 desc`

/** The counts of each year, the newest first; this year stands there in any case. */
export async function countsOf(tx: For<'legal'>, thisYear: string): Promise<Year[]> {
  const { rows } = await tx.execute<Omit<Year, 'range'> & { ranged: number } & Record<string, unknown>>(COUNTS)
  const years = rows.map(({ ranged, ...counts }): Year => ({ ...counts, range: rangeOf(ranged) }))
  const none = { demands: 0, emergencies: 0, preservations: 0, refusals: 0, releases: 0, people: 0, notices: 0, bars: 0 }
  return years.some(({ year }) => year === thisYear) ? years : [{ year: thisYear, ...none, range: rangeOf(0) }, ...years]
}
