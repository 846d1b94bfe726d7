/** The store's rows on PostgreSQL. */
import type { Database, For } from '../database/connection.ts'
import type { Backend, ColumnWanted, Steps, TalliesWanted, Tally } from './backend.ts'
import { storeOn } from './counted-store.ts'
import type { Counts } from './counting.ts'
import type { Day } from './dimension.ts'
import { READER_HOUR } from './folding.ts'
import { readActions, UNFOLDED, writeActions } from './rows.ts'
import type { Store } from './store.ts'

/** The store in this database; `least` is the smallest number of visitors that is told apart. */
export const postgresStore = (db: Database, least: number): Store => storeOn(postgresBackend(db), least)

const backends = new WeakMap<Database, Backend>()

/** The backend in this database: one for all who ask, so that what was read is read once. */
export function postgresBackend(db: Database): Backend {
  const known = backends.get(db)
  if (known) return known
  const backend = made(db)
  backends.set(db, backend)
  return backend
}

const made = (db: Database): Backend => ({
  db,
  write: (actions) => writeActions(db, actions),
  days: () => daysOf(db),
  follow: (day) => follow(db, day),
  tallies: (wanted) => tallies(db, wanted),
  hours: (wanted) => hours(db, wanted),
  columns: (wanted) => columns(db, wanted),
  paces: ({ from, until }) => {
    const text = 'select measure, page, steps from paces where day between $1 and $2'
    return db.read<Steps & Record<string, unknown>>('improvement', { name: 'paces', text, values: [from, until] })
  },
  readAll: async (tx, day, take) => void (await readActions(tx, { day, seen: undefined }, take)),
  keep: async (tx, { day, tallies, columns, paces }) => {
    await keepTallies(tx, day, tallies)
    await keepColumns(tx, day, columns)
    await keepPaces(tx, day, paces)
  },
  letGo: async (tx, day, counted) => void (await tx.$client.query('select drop_actions_day($1, $2)', [day, counted])),
  finish: () => Promise.resolve(),
})

async function daysOf(db: Database): Promise<Day[]> {
  const rows = await db.read<{ day: Day }>('improvement', { name: 'unfolded-days', text: `${UNFOLDED} order by 1`, values: [] })
  return rows.map(({ day }) => day)
}

function follow(db: Database, day: Day): ReturnType<Backend['follow']> {
  let seen: string | undefined
  return (take) =>
    db.as('improvement', async (tx) => {
      await tx.$client.query('set transaction isolation level repeatable read')
      seen = await readActions(tx, { day, seen }, take)
    })
}

async function tallies(db: Database, { from, until, dimension, by }: TalliesWanted): ReturnType<Backend['tallies']> {
  const text = `
    select ${by === 'value' ? 'value' : 'day::text'} as name, sum(visitors)::float8 as visitors, sum(visits)::float8 as visits,
           sum(views)::float8 as views, sum(bounces)::float8 as bounces, sum(seconds)::float8 as seconds
      from tallies where dimension = $1 and day between $2 and $3 group by 1`
  return db.read<Counts & { name: string }>('improvement', { name: `tallies-${by}`, text, values: [dimension, from, until] })
}

async function hours(db: Database, { from, until, dimension }: Omit<TalliesWanted, 'by'>): ReturnType<Backend['hours']> {
  const place = dimension === READER_HOUR ? 'value::int' : '(extract(isodow from day)::int - 1) * 24 + value::int'
  const text = `select ${place} as hour, sum(visits)::float8 as visits from tallies
                 where dimension = $1 and day between $2 and $3 and value ~ '^[0-9]+$' group by 1`
  const name = `tallies-hours-${dimension === READER_HOUR ? 'reader' : 'utc'}`
  return db.read<{ hour: number; visits: number }>('improvement', { name, text, values: [dimension, from, until] })
}

const READ = `
  select packed
    from unnest($1::date[], $2::text[]) with ordinality as wanted (day, name, place) left join folded_columns using (day, name)
   order by place`

async function columns(db: Database, wanted: readonly ColumnWanted[]): ReturnType<Backend['columns']> {
  const values = [wanted.map(({ day }) => day), wanted.map(({ name }) => name)]
  const rows = await db.read<{ packed: Buffer | null }>('improvement', { name: 'folded-columns', text: READ, values })
  return rows.map(({ packed }) => packed)
}

// ---- Folding -------------------------------------------------------------------------------------

async function keepTallies({ $client: client }: For<'improvement'>, day: Day, rows: readonly Tally[]): Promise<void> {
  const of = (measure: keyof Counts): number[] => rows.map(([, , counts]) => counts[measure])
  await client.query(
    `insert into tallies (day, dimension, value, visitors, visits, views, bounces, seconds)
     select $1::date, * from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::bigint[])`,
    [
      day,
      rows.map(([dimension]) => dimension),
      rows.map(([, value]) => value),
      of('visitors'),
      of('visits'),
      of('views'),
      of('bounces'),
      of('seconds'),
    ],
  )
}

async function keepColumns({ $client: client }: For<'improvement'>, day: Day, packed: ReadonlyMap<string, Buffer>): Promise<void> {
  await client.query('insert into folded_columns (day, name, packed) select $1::date, * from unnest($2::text[], $3::bytea[])', [
    day,
    [...packed.keys()],
    [...packed.values()],
  ])
}

async function keepPaces({ $client: client }: For<'improvement'>, day: Day, rows: readonly Steps[]): Promise<void> {
  for (const { measure, page, steps } of rows)
    await client.query('insert into paces (day, measure, page, steps) values ($1, $2, $3, $4)', [day, measure, page, steps])
}
