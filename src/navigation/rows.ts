/** Actions in the database: written in batches, read one by one. */
import type { Database, For } from '../database/connection.ts'
import type { Action, Kind } from './action.ts'
import { type Day, dayNow } from './dimension.ts'

/** What of an action is text. */
export const texts = [
  ...['kind', 'host', 'page', 'label', 'referrer', 'channel', 'source', 'medium', 'campaign', 'term', 'content'],
  ...['browser', 'version', 'language', 'device', 'country', 'region'],
] as const satisfies readonly (keyof Action)[]

/** What parts actions, their fields, and the properties in one field: signs that `tidy` takes out of every text. */
const [LINE, FIELD, PROPERTY] = ['\u001e', '\u001f', '\n']

/** Days whose partition is known to be there, for each database. */
const opened = new WeakMap<Database, Set<Day>>()

/** The days that are not folded yet, from the names of the partitions. */
export const UNFOLDED = `
  select distinct to_date(right(c.relname, 8), 'YYYYMMDD')::text as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent in ('actions'::regclass, 'action_batches'::regclass)`

/** Makes sure that the day's partition is there. */
async function openDay(db: Database, day: Day): Promise<void> {
  const known = opened.get(db) ?? new Set()
  if (known.has(day)) return
  await db.read('improvement', { name: 'open-actions-day', text: 'select open_actions_day($1)', values: [day] })
  opened.set(db, known.add(day))
}

const WRITE = 'insert into action_batches (day, count, lines) select * from unnest($1::date[], $2::int[], $3::text[])'

/** Writes actions, all or none, as a batch for each day; they are durable when it resolves. */
export async function writeActions(db: Database, actions: readonly Action[]): Promise<void> {
  if (actions.length === 0) return
  const days = [...Map.groupBy(actions, ({ at }) => dayNow(at))]
  for (const [day] of days) await openDay(db, day)
  const values = [days.map(([day]) => day), days.map(([, of]) => of.length), days.map(([, of]) => of.map(lineOf).join(LINE))]
  await db.write('improvement', { name: 'write-actions', text: WRITE, values })
}

let last = { moment: 0, text: '' }

// Many actions share a millisecond.
function momentOf(at: Date): string {
  if (at.getTime() !== last.moment) last = { moment: at.getTime(), text: at.toISOString() }
  return last.text
}

/** An action as a line of a batch; the SQL function `recorded_actions()` takes it apart again. */
function lineOf(action: Action): string {
  const { at, visitor, amount, zone, properties } = action
  let line = momentOf(at) + FIELD + visitor + FIELD + (amount ?? '') + FIELD + (zone ?? '') + FIELD + properties.join(PROPERTY)
  for (const name of texts) line += FIELD + action[name]
  return line
}

const PIECE = 20_000
const READ = `select extract(epoch from at)::float8, visitor::text, ${texts.join(', ')}, amount, zone, properties from recorded_actions() where day = $1`

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
