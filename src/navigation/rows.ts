/** Actions as rows of the database: written many at a time, read a piece at a time. */
import type { Database, For } from '../database/connection.ts'
import type { Action, Kind } from './action.ts'
import { type Day, dayNow } from './dimension.ts'

/** The columns that are texts. */
export const texts = [
  ...['kind', 'host', 'page', 'label', 'referrer', 'channel', 'source', 'medium', 'campaign', 'term', 'content'],
  ...['browser', 'version', 'language', 'device', 'country', 'region'],
] as const satisfies readonly (keyof Action)[]

const fields = ['day', 'at', 'visitor', 'amount', 'zone', 'properties', ...texts] as const
const types: Partial<Record<(typeof fields)[number], string>> = {
  ...{ day: 'date', at: 'timestamptz', visitor: 'bigint', amount: 'real', zone: 'smallint' },
}

/** What parts rows and fields: signs that `tidy` takes out of every text. */
const [ROW, FIELD] = ['\u001e', '\u001f']

// All rows are one text: to part it costs the database less than to put as many arrays together as there
// are columns, and the program less than to write them. The properties of an action are lines of one field.
const INSERT = `
  insert into actions (${fields.join(', ')})
  select ${fields.map((name, at) => (name === 'properties' ? `string_to_array(nullif(f[${at + 1}], ''), e'\\n')` : cast(name, at))).join(', ')}
    from (select string_to_array(line, e'\\x1f') as f from string_to_table($1, e'\\x1e') as line offset 0) as lines`

function cast(name: (typeof fields)[number], at: number): string {
  const type = types[name]
  return type ? `nullif(f[${at + 1}], '')::${type}` : `f[${at + 1}]`
}

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
  let [text, day] = ['', '']
  for (const action of actions) {
    const today = dayNow(action.at)
    if (today !== day) await openDay(db, (day = today))
    text += (text && ROW) + lineOf(action, day)
  }
  if (text) await db.write('improvement', { name: 'write-actions', text: INSERT, values: [text] })
}

let last = { moment: 0, text: '' }

// Many actions share a millisecond.
function momentOf(at: Date): string {
  if (at.getTime() !== last.moment) last = { moment: at.getTime(), text: at.toISOString() }
  return last.text
}

function lineOf(action: Action, day: Day): string {
  const { at, visitor, amount, zone, properties } = action
  let line = day + FIELD + momentOf(at) + FIELD + visitor + FIELD + (amount ?? '') + FIELD + (zone ?? '') + FIELD + properties.join('\n')
  for (const name of texts) line += FIELD + action[name]
  return line
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
