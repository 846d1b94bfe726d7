/**
 * Fills every table that is about a person with rows of known values, made from the register and from
 * what the live database says of its columns: a new table is filled on the day on which it is made.
 */
import { getTableColumns } from 'drizzle-orm'
import type pg from 'pg'
import { answersOf, type Held, isSomebodys } from '../src/database/classify.ts'
import { register } from '../src/register.ts'

/** What a column insists on and cannot be told from its type, as SQL; `:word` is the marker and a number, of letters, digits and _. */
const shapes: Readonly<Record<string, string>> = {
  'audit_details.number': 'null',
  'tellings.act': `'restrict'`,
  'customers.stripe_customer': `'cus_' || :word`,
  'customers.stripe_payment_method': `'pm_' || :word`,
  'deposits.stripe_invoice': `'in_' || :word`,
  'qualifications.stripe_setup': `'seti_' || :word`,
  'qualifications.stripe_payment_method': `'pm_' || :word`,
  'stripe_subscriptions.stripe_subscription': `'sub_' || :word`,
  'stripe_subscriptions.status': `'active'`,
  'stripe_subscriptions.currency': `'usd'`,
  'stripe_subscriptions.every': `'month'`,
  'stripe_subscriptions.lookup_key': ':word',
  'stripe_invoices.stripe_invoice': `'in_' || :word`,
  'stripe_invoices.stripe_subscription': `'sub_' || :word`,
  'stripe_invoices.status': `'paid'`,
  'stripe_invoices.currency': `'usd'`,
}

interface Column {
  readonly name: string
  readonly type: string
  readonly required: boolean
  /** The table and the column that it points at. */
  readonly target: { readonly table: string; readonly column: string } | undefined
}

export interface Filling {
  /** The rows of which people: a condition on `people p`. */
  readonly who: string
  /** How many rows of each table for each of them. */
  readonly rows: number
  /** The words that all text begins with. */
  readonly marker: string
  /** The author of rows that have one: the id of somebody else. Without it, nobody is. */
  readonly author?: string
  /** What sealed columns hold; without it, what nothing opens. */
  readonly sealed?: Buffer
  /** These tables alone; without it, every one. */
  readonly only?: readonly string[]
}

/** The tables whose rows belong to somebody. */
export const personal: readonly Held[] = register.filter(isSomebodys)

/** The tables whose rows somebody wrote, about others or about nobody. */
export const written: readonly Held[] = register.filter(({ about }) => about !== 'nobody' && about.authors !== undefined)

/** Fills all of them, parents first, and what they point at. */
export async function fill(client: pg.Client, filling: Filling): Promise<void> {
  const map = await readColumns(client)
  const wanted = new Set(filling.only ?? [...personal, ...(filling.author ? written : [])].map(({ name }) => name))
  for (const name of [...wanted]) addTargets(map, name, wanted)
  for (const held of register.toReversed())
    if (wanted.has(held.name)) await fillTable(client, { map, held, filling, row: isSomebodys(held) ? 'n' : '1' })
}

function addTargets(map: Columns, table: string, wanted: Set<string>): void {
  for (const { target } of map.get(table) ?? []) {
    if (!target || wanted.has(target.table)) continue
    wanted.add(target.table)
    addTargets(map, target.table, wanted)
  }
}

type Columns = ReadonlyMap<string, readonly Column[]>

const COLUMNS = `
  select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type, a.attnotnull as required,
         t.relname as target_table, ta.attname as target_column
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_constraint f on f.conrelid = c.oid and f.contype = 'f' and a.attnum = any(f.conkey)
    left join pg_class t on t.oid = f.confrelid
    left join pg_attribute ta on ta.attrelid = t.oid and ta.attnum = f.confkey[array_position(f.conkey, a.attnum)]
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     and a.attidentity = '' and a.attgenerated = ''
   order by c.relname, a.attnum`

async function readColumns(client: pg.Client): Promise<Columns> {
  const { rows } = await client.query<Record<string, string> & { required: boolean }>(COLUMNS)
  const map = new Map<string, Column[]>()
  for (const { table = '', name = '', type = '', required, target_table, target_column } of rows) {
    const known = map.get(table)?.find((column) => column.name === name)
    const target = target_table && target_column ? { table: target_table, column: target_column } : undefined
    if (known) continue
    map.set(table, [...(map.get(table) ?? []), { name, type, required, target }])
  }
  return map
}

interface Context {
  readonly map: Columns
  readonly held: Held
  readonly filling: Filling
  /** Which of the rows: each, or the first, which is there for certain and which others can point at. */
  readonly row: 'n' | '1'
}

// A row in which every column is filled may be one that a check of the table refuses: then the columns
// that this check is about, and that may be empty, are left empty.
async function fillTable(client: pg.Client, context: Context): Promise<void> {
  if (context.held.name === 'people') return
  const empty = new Set<string>()
  for (;;) {
    const fault = await insert(client, context, empty)
    if (!fault) return
    const more = fault.code === '23514' ? await emptiable(client, context, fault.constraint) : []
    if (more.every((name) => empty.has(name))) throw refused(context.held, fault)
    for (const name of more) empty.add(name)
  }
}

type Fault = Error & { readonly code?: string; readonly constraint?: string; readonly detail?: string }

async function insert(client: pg.Client, context: Context, empty: ReadonlySet<string>): Promise<Fault | undefined> {
  const { map, held, filling } = context
  const columns = map.get(held.name) ?? []
  const values = columns.map((column) => (empty.has(column.name) ? 'null' : valueOf(context, column)))
  const from = !isSomebodys(held) ? '' : `from people p cross join generate_series(1, ${filling.rows}) g(n) where ${filling.who}`
  const into = columns.map(({ name }) => `"${name}"`).join(', ')
  const sealed = filling.sealed && values.some((value) => value.includes('$1')) ? [filling.sealed] : []
  const filled = client.query(`insert into "${held.name}" (${into}) select ${values.join(', ')} ${from} on conflict do nothing`, sealed)
  return filled.then(
    () => undefined,
    (fault: Fault) => fault,
  )
}

async function emptiable(client: pg.Client, { map, held }: Context, constraint = ''): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
      where c.conname = $1 and c.conrelid = $2::regclass and not a.attnotnull`,
    [constraint, held.name],
  )
  const columns = map.get(held.name) ?? []
  return rows.map(({ name }) => name).filter((name) => columns.some((column) => column.name === name))
}

const refused = ({ name }: Held, { message, detail = '' }: Fault): Error =>
  new Error(
    `${name} cannot be filled (${message} ${detail}): tell \`shapes\` in test/canaries.ts what the column wants, or mend the declaration`,
  )

// The same for the same table, column, person and row: so one column can point at another.
function valueOf(context: Context, column: Column): string {
  const { map, held, filling } = context
  const key = answersOf(held).find(({ name }) => name === column.name)?.key ?? ''
  const shape = shapes[`${held.name}.${column.name}`]
  if (shape !== undefined) return shape.replace(':word', `concat('${filling.marker}', '_', right(p.id::text, 12), '_', ${context.row})`)
  const { about } = held
  if (about !== 'nobody') {
    if (about.person === key) return 'p.id'
    if (about.address === key) return 'p.email'
    if (about.authors?.includes(key)) return filling.author ? `'${filling.author}'::uuid` : column.required ? 'p.id' : 'null'
  }
  const { target } = column
  const pointed = target && register.find(({ name }) => name === target.table)
  if (target?.table === held.name) return 'null'
  if (target && pointed)
    return valueOf(
      { ...context, held: pointed, row: '1' },
      (map.get(target.table) ?? []).find(({ name }) => name === target.column) ?? column,
    )
  return plainValue(context, column, key)
}

function plainValue({ held, filling, row }: Context, { name, type, required }: Column, key: string): string {
  const nobodys = !isSomebodys(held)
  const text = nobodys
    ? `'${held.name} ${name}'`
    : `concat_ws(' ', '${filling.marker}', '${held.name}.${name}', right(p.id::text, 12), ${row})`
  const chosen = getTableColumns(held.table)[key]?.enumValues?.[0]
  if (chosen !== undefined && type === 'text') return `'${chosen}'`
  if (held.columns[key]?.[0] === 'sealed' && type === 'bytea') return filling.sealed ? '$1::bytea' : required ? `'\\x00'::bytea` : 'null'
  const until = 'until' in held.keptFor && held.keptFor.until === key
  const values: Readonly<Record<string, string>> = {
    uuid: `md5(${text})::uuid`,
    text,
    'character varying': text,
    'text[]': `array[${text}]`,
    jsonb: `jsonb_build_object('says', ${text})`,
    json: `json_build_object('says', ${text})`,
    bytea: `convert_to(${text}, 'UTF8')`,
    boolean: 'true',
    date: 'current_date',
    'timestamp with time zone': until ? `now() + interval '20 days'` : `now() - ${row} * interval '1 minute'`,
    ...Object.fromEntries(
      ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'].map((kind) => [kind, `${row}::${kind}`]),
    ),
  }
  const value = values[type]
  if (value === undefined) throw new Error(`${held.name}.${name} is of type ${type}: teach test/canaries.ts to fill it`)
  return value
}

/** How many rows of each personal table somebody has. */
export async function rowsOf(client: pg.Client, personId: string, email: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const held of personal) {
    const keys = held.about === 'nobody' ? {} : held.about
    const name = (key: string) => answersOf(held).find((answer) => answer.key === key)?.name ?? key
    const ways = [keys.person && `"${name(keys.person)}" = $1::uuid`, keys.address && `"${name(keys.address)}" = $2::text`].filter(Boolean)
    const both = `select count(*)::int as rows from "${held.name}" where (${ways.join(' or ')}) and $1::uuid is not null and $2::text is not null`
    counts.set(held.name, (await client.query<{ rows: number }>(both, [personId, email])).rows[0]?.rows ?? 0)
  }
  return counts
}
