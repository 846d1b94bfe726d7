/** Actions as rows of the database: written many at a time, read a piece at a time. */
import type { Database, For } from '../database/connection.ts'
import type { Action, Kind } from './action.ts'
import { type Day, dayOf } from './dimension.ts'

const texts = [
  ...['kind', 'host', 'page', 'label', 'referrer', 'channel', 'source', 'medium', 'campaign', 'term', 'content'],
  ...['browser', 'version', 'language', 'device', 'country', 'region'],
] as const satisfies readonly (keyof Action)[]

// One array of texts for each column, so that the statement is the same however many rows there are.
// The properties of an action are one text, because PostgreSQL has no arrays of arrays of different lengths.
const INSERT = `
  insert into actions (day, at, visitor, ${texts.join(', ')}, amount, zone, properties)
  select day, at, visitor, ${texts.join(', ')}, amount, zone, case when properties <> '' then string_to_array(properties, e'\\n') end
    from unnest($1::date[], $2::timestamptz[], $3::bigint[], ${texts.map((_, at) => `$${at + 4}::text[]`).join(', ')},
                $${texts.length + 4}::real[], $${texts.length + 5}::smallint[], $${texts.length + 6}::text[])
      as row (day, at, visitor, ${texts.join(', ')}, amount, zone, properties)`

/** Days whose partition is known to be there, for each database. */
const opened = new WeakMap<Database, Set<Day>>()

/** Makes sure that the day's partition is there. */
export async function openDay(db: Database, day: Day): Promise<void> {
  const known = opened.get(db) ?? new Set()
  if (known.has(day)) return
  await db.read('improvement', { name: 'open-actions-day', text: 'select open_actions_day($1)', values: [day] })
  opened.set(db, known.add(day))
}

/** Writes actions, all or none; they are durable when it resolves. */
export async function writeActions(db: Database, actions: readonly Action[]): Promise<void> {
  const days = actions.map(({ at }) => dayOf(at))
  for (const day of new Set(days)) await openDay(db, day)
  const values = [
    days,
    actions.map(({ at }) => at.toISOString()),
    actions.map(({ visitor }) => String(visitor)),
    ...texts.map((name) => actions.map((action) => action[name])),
    actions.map(({ amount }) => amount),
    actions.map(({ zone }) => zone),
    actions.map(({ properties }) => properties.join('\n')),
  ]
  await db.read('improvement', { name: 'write-actions', text: INSERT, values })
}

const PIECE = 20_000
const READ = `select extract(epoch from at)::float8, visitor::text, ${texts.join(', ')}, amount, zone, properties from actions where day = $1`

type Row = readonly [at: number, visitor: string, ...rest: (string | number | null | string[])[]]

/**
 * Reads the actions of a day that became visible after the snapshot `seen`; hands each to `take` and
 * returns the transaction's snapshot. Who goes on from there makes the transaction a repeatable reading,
 * so that the snapshot is that of the rows.
 */
export async function readActions(
  tx: For<'improvement'>,
  { day, seen }: { day: Day; seen: string | undefined },
  take: (action: Action) => void,
): Promise<string> {
  const { $client: client } = tx
  const { rows } = await client.query<{ now: string }>('select pg_current_snapshot()::text as now')
  const unseen = seen ? ' and written >= pg_snapshot_xmin($2)::text::bigint and not pg_visible_in_snapshot(written::text::xid8, $2)' : ''
  await client.query(`declare day_actions no scroll cursor for ${READ}${unseen} order by at, written`, seen ? [day, seen] : [day])
  for (;;) {
    const piece = await client.query<Row & unknown[]>({ text: `fetch ${PIECE} from day_actions`, rowMode: 'array' })
    for (const row of piece.rows) take(actionOf(row))
    if (piece.rows.length < PIECE) break
  }
  await client.query('close day_actions')
  return rows[0]?.now ?? ''
}

function actionOf(row: Row): Action {
  const named = Object.fromEntries(texts.map((name, at) => [name, row[at + 2]])) as Pick<Action, (typeof texts)[number]> & { kind: Kind }
  const [amount, zone, properties] = row.slice(texts.length + 2)
  return {
    ...named,
    at: new Date(row[0] * 1000),
    visitor: BigInt(row[1]),
    amount: amount as number | null,
    zone: zone as number | null,
    properties: (properties as string[] | null) ?? [],
  }
}
