/**
 * Finding people among very many. No search may cost much, whatever is asked: first the list is walked
 * in its order, for as far as is cheap, which finds what is frequent; what is rare comes from the index
 * over parts of names and addresses. Nothing counts a million rows.
 *
 * The planner knows nothing about names and addresses (their statistics are off, because they would
 * keep samples), so it is told which way to go.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'

/** What is looked for, in which order, and from where on. */
export interface Wanted {
  /** Any part of a name or an address; empty for everybody. */
  readonly part: string
  readonly since?: Date | undefined
  /** Before this moment. */
  readonly until?: Date | undefined
  readonly staffOnly: boolean
  readonly order: 'joined' | 'name'
  readonly descending: boolean
  /** The person after whom, or before whom, the page begins. */
  readonly after?: Id | undefined
  readonly before?: Id | undefined
}

export interface ListedPerson {
  readonly id: Id
  readonly name: string
  readonly email: string
  readonly joinedAt: Date
}

export interface Page {
  readonly people: readonly ListedPerson[]
  readonly previous: boolean
  readonly next: boolean
  /** How many there are on all pages; with `more`, there are more than that. */
  readonly count: number
  readonly more: boolean
  /** So many match, and so far into the list, that only some of them were looked at. */
  readonly scattered: boolean
}

export const PAGE = 50
/** The most that is counted. */
export const MOST = 1_000
// Walking so far costs a few milliseconds; fetching and sorting so many, some dozens.
const NEAR = 5_000
const MANY = 20_000

/** A page of people, in less than 100 ms among a million. */
export async function findPeople(tx: For<'support'>, wanted: Wanted): Promise<Page> {
  const way = await wayOf(tx, wanted)
  if (wanted.staffOnly) return pageOf(wanted, await gather(tx, way))
  const near = await walk(tx, way)
  if (near.whole) return pageOf(wanted, { ...(await countNear(tx, way)), rows: near.rows })
  const gathered = await gather(tx, way)
  return { ...pageOf(wanted, gathered), scattered: gathered.count > MANY }
}

/** A place between two people in a list; it outlives the person who stood there. */
export interface Place {
  readonly key: string
  readonly id: Id
}

/** Up to `most` people after a place, in order, however long it takes: for an export, which reads all. */
export async function nextPeople(
  tx: For<'support'>,
  wanted: Wanted,
  { most, place }: { most: number; place?: Place | undefined },
): Promise<{ people: ListedPerson[]; place: Place | undefined }> {
  const way = await wayOf(tx, { ...wanted, after: undefined, before: undefined })
  const by = key[wanted.order]
  const staff = wanted.staffOnly ? [sql`exists (select from staff s where s.person_id = p.id)`] : []
  const ahead = place ? [sql`(${by}, p.id) ${wanted.descending ? sql`<` : sql`>`} (${typed(wanted.order, place.key)}, ${place.id})`] : []
  const { rows } = await tx.execute<Row & { key: string }>(
    sql`select ${SHOWN}, (${by})::text as key from people p where ${all([...way.inner, ...way.outer, ...staff, ...ahead])} order by ${way.order} limit ${most}`,
  )
  const last = rows.at(-1)
  return { people: rows.map(listed), place: last && { key: last.key, id: last.id } }
}

const typed = (order: Wanted['order'], value: string): SQL => (order === 'name' ? sql`${value}` : sql`${value}::timestamptz`)

/** How many people there are: exactly while they are few, otherwise about. */
export async function howMany(tx: For<'support'>): Promise<{ count: number; about: boolean }> {
  const { rows } = await tx.execute<{ count: number; about: number }>(sql`
    select (select count(*)::int from (select 1 from people limit ${10 * MOST + 1}) p) as count,
           (select reltuples::int from pg_class where oid = 'people'::regclass) as about`)
  const { count = 0, about = 0 } = rows[0] ?? {}
  return count > 10 * MOST ? { count: Math.max(count - 1, about), about: true } : { count, about: false }
}

/** How the list is walked: what narrows its index, what is looked at row by row, where it begins. */
interface Way {
  readonly inner: readonly SQL[]
  readonly outer: readonly SQL[]
  readonly cursor: readonly SQL[]
  readonly order: SQL
  readonly start: SQL
  readonly from: SQL
}

const SHOWN = sql`p.id, p.name, p.email, p.joined_at`
const key = { joined: sql`p.joined_at`, name: sql`p.name collate "und-x-icu"` }

async function wayOf(tx: For<'support'>, wanted: Wanted): Promise<Way> {
  const { part, start } = await prepare(tx, wanted)
  const backwards = wanted.before !== undefined && start !== undefined
  const down = wanted.descending !== backwards
  const by = key[wanted.order]
  const range = rangeOf(wanted)
  const ranged = wanted.order === 'joined'
  const matching = part ? [sql`strpos(lower(p.name || ' ' || p.email), ${part}) > 0`] : []
  return {
    inner: ranged ? range : [],
    outer: ranged ? matching : [...range, ...matching],
    cursor: start ? [sql`(${by}, p.id) ${down ? sql`<` : sql`>`} (${start}, ${wanted.after ?? wanted.before})`] : [],
    order: down ? sql`${by} desc, p.id desc` : sql`${by}, p.id`,
    start: wanted.descending ? sql`${by} desc, p.id desc` : sql`${by}, p.id`,
    from: wanted.staffOnly
      ? sql`staff s join people p on p.id = s.person_id where ${all([...range, ...matching])}`
      : sql`people p where ${all([...range, ...matching, ...indexed(part)])}`,
  }
}

interface Prepared {
  readonly part: string
  readonly start: SQL | undefined
}

// One round trip: ways that the planner must not take, what is looked for as the database writes it in
// small letters, and the cursor's place. A person who is gone is no place: then the list begins anew.
async function prepare(tx: For<'support'>, { part, order, after, before }: Wanted): Promise<Prepared> {
  const { rows } = await tx.execute<{ part: string; name: string | null; joined: string | null }>(sql`
    select lower(${part}) as part, p.name, p.joined_at::text as joined, set_config('enable_seqscan', 'off', true),
           set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)
      from (select 1) one left join people p on p.id = ${after ?? before ?? null}`)
  const [row] = rows
  const start = order === 'name' ? row?.name : row?.joined
  return { part: row?.part ?? '', start: start == null ? undefined : typed(order, start) }
}

const rangeOf = ({ since, until }: Wanted): SQL[] => [
  ...(since ? [sql`p.joined_at >= ${since.toISOString()}::timestamptz`] : []),
  ...(until ? [sql`p.joined_at < ${until.toISOString()}::timestamptz`] : []),
]

// Each third run of three signs, and the last, cover the part; the text itself is compared afterwards.
function indexed(part: string): SQL[] {
  if (!part) return []
  const signs = Array.from(part)
  const last = Math.max(0, signs.length - 3)
  const starts = new Set([...Array.from({ length: Math.ceil(last / 3) }, (_, at) => at * 3), last])
  const parts = [...starts].map((at) => sql`${signs.slice(at, at + 3).join('')}`)
  return [sql`search_parts(p.name || ' ' || p.email) @> array[${sql.join(parts, sql`, `)}]::text[]`]
}

const all = (conditions: readonly SQL[]): SQL => (conditions.length > 0 ? sql.join([...conditions], sql` and `) : sql`true`)

type Row = { id: Id; name: string; email: string; joined_at: Date | string }

const listed = (row: Row): ListedPerson => ({ id: row.id, name: row.name, email: row.email, joinedAt: new Date(row.joined_at) })

interface Walked {
  readonly rows: readonly ListedPerson[]
  /** The page is full, or the list is at its end: no more work would add to it. */
  readonly whole: boolean
}

// The limit inside bounds the work; rows keep the order of the index on their way out.
async function walk(tx: For<'support'>, way: Way): Promise<Walked> {
  const ahead = sql`from people p where ${all([...way.inner, ...way.cursor])} order by ${way.order}`
  const inside = sql`select ${SHOWN} ${ahead} limit ${NEAR}`
  const { rows } = await tx.execute<Row>(sql`select ${SHOWN} from (${inside}) p where ${all(way.outer)} limit ${PAGE + 1}`)
  const full = rows.length > PAGE || way.outer.length === 0
  const whole = full || (await tx.execute(sql`select 1 ${ahead} offset ${NEAR} limit 1`)).rows.length === 0
  return { rows: rows.map(listed), whole }
}

interface Gathered {
  readonly rows: readonly ListedPerson[]
  readonly count: number
  /** There are more than `count`. */
  readonly more?: boolean
}

/** All that match, as long as they are not too many, sorted. */
async function gather(tx: For<'support'>, way: Way): Promise<Gathered> {
  const { rows } = await tx.execute<Row & { count: number }>(sql`
    with found as materialized (select ${SHOWN} from ${way.from} limit ${MANY + 1})
    select page.*, counted.count from (select count(*)::int as count from found) counted
      left join lateral (select ${SHOWN} from found p where ${all(way.cursor)} order by ${way.order} limit ${PAGE + 1}) page on true`)
  return { rows: rows.filter((row) => row.id !== null).map(listed), count: rows[0]?.count ?? 0 }
}

/** Counts from the start of the list as far as is cheap. */
async function countNear(tx: For<'support'>, way: Way): Promise<{ count: number; more: boolean }> {
  const inside = sql`select ${SHOWN} from people p where ${all(way.inner)} order by ${way.start} limit ${NEAR}`
  const matched = sql`select 1 from (${inside}) p where ${all(way.outer)} limit ${MOST + 1}`
  const walked = sql`select 1 from people p where ${all(way.inner)} limit ${NEAR}`
  const { rows } = await tx.execute<{ matched: number; walked: number }>(
    sql`select (select count(*)::int from (${matched}) m) as matched, (select count(*)::int from (${walked}) w) as walked`,
  )
  const { matched: count, walked: seen } = rows[0] ?? { matched: 0, walked: 0 }
  return { count, more: count > MOST || seen === NEAR }
}

function pageOf(wanted: Wanted, { rows, count, more = false }: Gathered): Page {
  const backwards = wanted.before !== undefined
  const overfull = rows.length > PAGE
  const shown = rows.slice(0, PAGE)
  return {
    people: backwards ? shown.reverse() : shown,
    previous: backwards ? overfull : wanted.after !== undefined,
    next: backwards || overfull,
    count: Math.min(count, MOST),
    more: more || count > MOST,
    scattered: false,
  }
}
