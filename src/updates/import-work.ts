/**
 * The later work on a list: it is read, and once it is signed it is carried out, in batches of their own
 * transaction. What a batch did and how far the list is are one commit, so the program can end at any
 * moment and go on where it was.
 */
import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import { dayInWords, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { notSuppressed } from '../mail/suppression.ts'
import { welcomeGuests } from '../people/person.ts'
import { people } from '../people/tables.ts'
import type { House } from '../web/house.ts'
import { wasForgotten } from './forgotten.ts'
import { fileOf, type Import } from './import.ts'
import { headed, rowsOf } from '../web/sheet.ts'
import { type ReadRow, readRow } from './import-row.ts'
import { type Fate, type Fates, importRows, imports } from './import-tables.ts'
import { type AgreedAt, subscribeMany } from './subscription.ts'
import { departures, subscriptions } from './tables.ts'

/** People of one transaction. */
const BATCH = 2_000

/** Does what is next for a list. Repeating it does no harm. */
export async function workOnList({ db }: Pick<House, 'db'>, id: Id): Promise<void> {
  await db.as('updates', (tx) => readList(tx, id))
  while (await db.as('updates', (tx) => carryOutSome(tx, id)));
}

// Whoever holds the row works on the list; another worker waits, and then finds it done.
async function held(tx: For<'updates'>, id: Id, which: SQL): Promise<Import | undefined> {
  return (
    await tx
      .select()
      .from(imports)
      .where(and(eq(imports.id, id), which))
      .for('no key update')
  )[0]
}

// ---- Reading -----------------------------------------------------------------------------------

/** Reads the file, as it was described, and foretells what would become of its rows. */
async function readList(tx: For<'updates'>, id: Id): Promise<void> {
  const list = await held(tx, id, sql`${imports.describedAt} is not null and ${imports.readAt} is null`)
  const text = list && (await fileOf(tx, id))
  const sheet = text === undefined ? undefined : headed(text)
  if (!list?.mapping || !list.proof || !list.expiresAt || !sheet || typeof sheet === 'string') return
  await tx.delete(importRows).where(eq(importRows.importId, id))
  const reading = { columns: list.columns, mapping: list.mapping, proof: list.proof }
  for (const step of rowsOf(sheet))
    await keep(
      tx,
      list,
      step.map((row) => readRow(row, reading)),
    )
  const dropped = await dropOthers(tx, id)
  const expected = { ...(await foretold(tx, list)), ...dropped }
  await tx.update(imports).set({ readAt: now(), expected }).where(eq(imports.id, id))
  log('updates.list-read', { import: id })
}

async function keep(tx: For<'updates'>, { id, expiresAt }: Import, rows: readonly ReadRow[]): Promise<void> {
  await tx.execute(sql`
    insert into ${importRows} (import_id, line, last_line, state, email, name, language, agreed_at, source, wording, flaw_column, flaw, expires_at)
    select ${id}::uuid, line, last, state, email, name, language, agreed, source, wording, "column", flaw, ${expiresAt?.toISOString()}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(line int, last int, state text, email text, name text, language text,
           agreed timestamptz, source text, wording text, "column" text, flaw text)`)
}

/** Of who is unsubscribed, and of whom a list has twice, nothing is kept but how many there are. */
async function dropOthers(tx: For<'updates'>, id: Id): Promise<Fates> {
  const { rows: twice } = await tx.execute<{ line: number }>(sql`
    select line from (
      select line, row_number() over (partition by email order by state = 'unsubscribed' desc, line) as at
        from ${importRows} where import_id = ${id} and state <> 'flawed') numbered
     where at > 1`)
  // The lines are named: the database knows nothing yet of how many rows there are, and would compare each with each.
  const lines = sql`${importRows.line} = any(${sql.param(twice.map(({ line }) => line))}::int[])`
  await tx.delete(importRows).where(and(eq(importRows.importId, id), lines))
  const unsubscribed = await tx.delete(importRows).where(and(eq(importRows.importId, id), eq(importRows.state, 'unsubscribed')))
  const flawed = await tx.$count(importRows, and(eq(importRows.importId, id), eq(importRows.state, 'flawed')))
  return { twice: twice.length, unsubscribed: unsubscribed.rowCount ?? 0, flawed }
}

async function foretold(tx: For<'updates'>, list: Import): Promise<Fates> {
  const { rows } = await tx.execute<{ fate: Fate; count: number }>(
    sql`select fate, count(*)::int as count from (${judged(tx, list)}) judged group by fate`,
  )
  return Object.fromEntries(rows.map(({ fate, count }) => [fate, count]))
}

// ---- What becomes of each ----------------------------------------------------------------------

/** The rows that wait, or the first `most`, each with what becomes of it: whom we must not, or need not, subscribe is passed over. */
const judged = (tx: For<'updates'>, { id, topics }: Import, most?: number): SQL => sql`
  select r.line, r.email, r.name, r.language, r.agreed_at as "agreedAt", r.source, r.wording,
         case when not (${notSuppressed(tx, sql`r.email`)}) then 'stopped'
              when p.id is null then case when ${wasForgotten(tx, sql`r.email`)} then 'forgotten' else 'added' end
              else (
                select case when bool_or(s.id is null and not gone.before) then 'added' when bool_or(gone.before and s.id is null) then 'left' else 'has' end
                  from unnest(${sql.param(topics)}::text[]) as chosen(topic)
                  left join ${subscriptions} s on s.person_id = p.id and s.topic = chosen.topic
                 cross join lateral (select exists (select from ${departures} d where d.person_id = p.id and d.topic = chosen.topic) as before) gone)
         end as fate
    from (select * from ${importRows} where import_id = ${id} and state = 'waiting' order by line limit ${most ?? null}::int) r
    left join ${people} p on p.email = r.email`

interface Judged extends Record<string, unknown> {
  readonly line: number
  readonly email: string
  readonly name: string
  readonly language: string | null
  readonly agreedAt: string | null
  readonly source: string | null
  readonly wording: string | null
  readonly fate: Fate
}

// ---- Carrying out ------------------------------------------------------------------------------

/** Carries out the next rows of a signed list; false once none is left. */
async function carryOutSome(tx: For<'updates'>, id: Id): Promise<boolean> {
  const list = await held(tx, id, sql`${imports.startedAt} is not null and ${imports.finishedAt} is null`)
  if (!list) return false
  const { rows } = await tx.execute<Judged>(judged(tx, list, BATCH))
  if (rows.length === 0) {
    await finish(tx, list)
    return false
  }
  const added = rows.filter(({ fate }) => fate === 'added')
  await welcomeGuests(tx, added)
  await subscribeMany(
    tx,
    list.topics,
    added.map((row) => agreedBy(list, row)),
  )
  await tx.delete(importRows).where(
    and(
      eq(importRows.importId, id),
      inArray(
        importRows.line,
        rows.map(({ line }) => line),
      ),
    ),
  )
  await tx
    .update(imports)
    .set({ became: sum(list.became, rows) })
    .where(eq(imports.id, id))
  return true
}

function sum(before: Fates | null, rows: readonly Judged[]): Fates {
  const after: Partial<Record<Fate, number>> = { ...before }
  for (const { fate } of rows) after[fate] = (after[fate] ?? 0) + 1
  return after
}

async function finish(tx: For<'updates'>, { id, expected, became }: Import): Promise<void> {
  const { twice = 0, unsubscribed = 0, flawed = 0 } = expected ?? {}
  await tx
    .update(imports)
    .set({ became: { ...became, twice, unsubscribed, flawed }, finishedAt: now() })
    .where(and(eq(imports.id, id), isNull(imports.finishedAt)))
  log('updates.list-carried-out', { import: id, added: became?.added ?? 0 })
}

/** The proof of one person's consent: their row's own words, and where it has none those that stand for all. */
function agreedBy(list: Import, { email, language, agreedAt, source, wording }: Judged): AgreedAt {
  const at = agreedAt === null ? (list.agreedAt ?? list.uploadedAt) : new Date(agreedAt)
  const from = list.origin === 'other' ? 'a list' : `a list of ${list.origin}`
  return {
    email,
    language,
    wording: wording ?? list.wording ?? '',
    source: `${source ?? list.source ?? ''}; brought in from ${from} on ${dayInWords(list.startedAt ?? now())} (number ${list.id})`,
    at: at.toISOString(),
  }
}
