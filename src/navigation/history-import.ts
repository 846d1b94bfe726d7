/**
 * An export of another analytics program that somebody of the team brings in. It is read as it comes, counted,
 * shown, and on their word put beside our own days; the file is kept at no moment. It can be undone as a whole.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { and, desc, eq, getTableColumns, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { DAY, fromNow, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log } from '../log.ts'
import type { House } from '../web/house.ts'
import type { Day } from './dimension.ts'
import { type Unpacked, unpacked, UploadFlaw } from './history-archive.ts'
import { type DayCounts, HistoryCounts } from './history-counts.ts'
import { type HistorySheet, sheetsIn } from './history-sheets.ts'
import { historyImports, historyTallies, type Origin } from './history-tables.ts'
import { UNFOLDED } from './rows.ts'

type Tx = For<'improvement'>
type Row = typeof historyImports.$inferSelect

/** An import as the console shows it. */
export type HistoryImport = Omit<Row, 'packed'>
export type Stage = 'read' | 'under way' | 'done'

/** How an import stands. */
export const stageOf = ({ confirmedAt, finishedAt }: HistoryImport): Stage => (finishedAt ? 'done' : confirmedAt ? 'under way' : 'read')

const { packed: _, ...listed } = getTableColumns(historyImports)

// ---- Reading an upload ---------------------------------------------------------------------------

const readers: Record<Origin, () => Promise<(table: ReturnType<HistoryCounts['table']>, sheet: HistorySheet) => Promise<void>>> = {
  Plausible: async () => (await import('./history-plausible.ts')).readPlausible,
  Umami: async () => (await import('./history-umami.ts')).readUmami,
  'Google Analytics 4': async () => (await import('./history-google.ts')).readGoogle,
}

/**
 * Reads an upload and keeps its counts for a day, until it is confirmed.
 * @throws UploadFlaw with a sentence for whoever sent it
 */
export async function takeUpload(house: House, { files, site, by }: { files: readonly File[]; site: string; by: Id }): Promise<Id> {
  const counts = new HistoryCounts()
  const origin = await readInto(counts, files)
  const days = counts.days(house.config.navigationThreshold)
  const [first, last] = [days[0], days.at(-1)]
  if (!origin || !first || !last) throw new UploadFlaw(`Nothing in it can be brought in. ${reasonsIn(counts)}`)
  const id = newId()
  const values = {
    ...{ id, origin, site, tables: counts.read(), flaws: counts.flaws, flawed: counts.flawed, firstDay: first.day, lastDay: last.day },
    ...{ dimensions: [...new Set(days.map(({ dimension }) => dimension))], days: new Set(days.map(({ day }) => day)).size },
    ...{ packed: deflateRawSync(JSON.stringify(days)), uploadedAt: now(), expiresAt: fromNow(DAY) },
  }
  await house.db.as('improvement', (tx) => tx.insert(historyImports).values(values))
  log('navigation.history-uploaded', { import: id, staff: by })
  return id
}

async function readInto(counts: HistoryCounts, files: readonly File[]): Promise<Origin | undefined> {
  let origin: Origin | undefined
  for await (const file of unpacked(files)) {
    const sheets = [...sheetsOf(file)]
    if (sheets.length === 0) counts.table(file.name).remark = 'It is no CSV file, or there is nothing in it.'
    for (const sheet of sheets) {
      const table = counts.table(file.name)
      if (!sheet.origin) table.remark = 'It is none of the tables that are known.'
      if (origin && sheet.origin && sheet.origin !== origin)
        throw new UploadFlaw(`There are files of ${origin} and of ${sheet.origin} in it. Please bring them in one after the other.`)
      origin = sheet.origin ?? origin
      if (sheet.origin) await (await readers[sheet.origin]())(table, sheet)
    }
  }
  return origin
}

const sheetsOf = (file: Unpacked): Iterable<HistorySheet> => sheetsIn(file)

/** Why nothing could be read: what is said of the first tables and of the first line. */
function reasonsIn({ tables, flaws }: HistoryCounts): string {
  const remarks = tables.flatMap(({ file, remark }) => (remark ? [`${file}: ${remark}`] : [])).slice(0, 3)
  const [flaw] = flaws
  return [...remarks, ...(flaw ? [`${flaw.file}, line ${flaw.line}: ${flaw.flaw}`] : [])].join(' ')
}

// ---- Looking at it -------------------------------------------------------------------------------

/** The newest imports. */
export const newestHistory = (tx: Tx): Promise<HistoryImport[]> =>
  tx.select(listed).from(historyImports).orderBy(desc(historyImports.uploadedAt)).limit(100)

export const historyImportOf = async (tx: Tx, id: Id): Promise<HistoryImport | undefined> =>
  (await tx.select(listed).from(historyImports).where(eq(historyImports.id, id)))[0]

/** What would become of the days of an import. */
export interface Planned {
  /** Days of which something is new. */
  readonly fresh: number
  /** Days that were counted here: they are never brought in. */
  readonly counted: number
  /** Days of which everything was brought in before. */
  readonly taken: number
}

/** What would become of them now; undefined once it is confirmed. */
export async function planOf(tx: Tx, id: Id): Promise<Planned | undefined> {
  const [row] = await tx.select().from(historyImports).where(eq(historyImports.id, id))
  if (!row?.packed || row.confirmedAt) return undefined
  const known = await knownOf(tx, row)
  const days = [...daysOf(row.packed)]
  const isFresh = ([, counts]: DayOf): boolean => counts.some((one) => isNew(known, one))
  const counted = days.filter(([day]) => known.counted.has(day)).length
  const fresh = days.filter(isFresh).length
  return { fresh, counted, taken: days.length - fresh - counted }
}

type DayOf = readonly [day: Day, counts: readonly DayCounts[]]

function daysOf(packed: Buffer): Map<Day, DayCounts[]> {
  const days = new Map<Day, DayCounts[]>()
  for (const counts of JSON.parse(inflateRawSync(packed).toString()) as DayCounts[])
    days.set(counts.day, [...(days.get(counts.day) ?? []), counts])
  return days
}

interface Known {
  readonly counted: ReadonlySet<Day>
  /** Dimension and day. */
  readonly taken: ReadonlySet<string>
}

const COUNTED = sql`select day::text as day from folded_days union ${sql.raw(UNFOLDED)}`

// What is known already: days that were counted here, and what another import of the same website told of its days.
async function knownOf(tx: Tx, { id, site, firstDay, lastDay }: Row): Promise<Known> {
  const counted = await tx.execute<{ day: Day }>(COUNTED)
  const taken = await tx.execute<{ name: string }>(sql`
    select distinct dimension || ' ' || day::text as name from history_tallies t join history_imports i on i.id = t.import_id
     where i.site = ${site} and i.id <> ${id} and day between ${firstDay} and ${lastDay}`)
  return { counted: new Set(counted.rows.map(({ day }) => day)), taken: new Set(taken.rows.map(({ name }) => name)) }
}

const isNew = ({ counted, taken }: Known, { dimension, day }: DayCounts): boolean => !counted.has(day) && !taken.has(`${dimension} ${day}`)

// ---- Bringing it in, and undoing that ------------------------------------------------------------

/** Confirms an import, so that it is brought in; false where it stands otherwise by now. */
export async function confirmHistory(tx: Tx, id: Id, by: Id): Promise<boolean> {
  const open = and(eq(historyImports.id, id), isNull(historyImports.confirmedAt), gt(historyImports.expiresAt, now()))
  const confirmed = await tx
    .update(historyImports)
    .set({ confirmedAt: now(), expiresAt: null })
    .where(open)
    .returning({ id: historyImports.id })
  if (confirmed.length === 0) return false
  await enqueue(tx, 'navigation.import', { importId: id })
  await record(tx, { act: 'history.brought-in', actor: by, thing: id })
  return true
}

/** Takes an import away, with everything that came with it. */
export async function undoHistory(tx: Tx, id: Id, by: Id): Promise<boolean> {
  await tx.execute(LOCK)
  const known = await historyImportOf(tx, id)
  if (!known) return false
  await tx.delete(historyTallies).where(eq(historyTallies.importId, id))
  await tx.delete(historyImports).where(eq(historyImports.id, id))
  if (known.confirmedAt) await record(tx, { act: 'history.undone', actor: by, thing: id })
  log('navigation.history-undone', { import: id, staff: by })
  return true
}

// One at a time: two imports of one website must not both tell the same day.
const LOCK = sql`select pg_advisory_xact_lock(7201931)`
/** Days of one transaction. */
const STEP = 30

/** Brings a confirmed import in, some days at a time; it goes on where it was stopped. */
export async function bringHistoryIn(house: House, id: Id): Promise<void> {
  while (await house.db.as('improvement', (tx) => bringStep(tx, id)));
}

async function bringStep(tx: Tx, id: Id): Promise<boolean> {
  await tx.execute(LOCK)
  const open = and(eq(historyImports.id, id), isNotNull(historyImports.confirmedAt), isNull(historyImports.finishedAt))
  const [row] = await tx.select().from(historyImports).where(open)
  if (!row?.packed) return false
  const step = [...daysOf(row.packed)].slice(row.daysDone, row.daysDone + STEP)
  const known = await knownOf(tx, row)
  const fresh = step.flatMap(([, counts]) => counts.filter((one) => isNew(known, one)))
  await insert(tx, id, fresh)
  const [daysDone, daysKept] = [row.daysDone + step.length, row.daysKept + new Set(fresh.map(({ day }) => day)).size]
  await tx.update(historyImports).set({ daysDone, daysKept }).where(eq(historyImports.id, id))
  if (daysDone < row.days) return true
  await finish(tx, id)
  return false
}

async function insert(tx: Tx, id: Id, days: readonly DayCounts[]): Promise<void> {
  const rows = days.flatMap(({ dimension, day, rows }) => rows.map((row) => [dimension, day, ...row]))
  await tx.execute(sql`
    insert into history_tallies (import_id, dimension, day, value, visitors, visits, views, bounces, seconds)
    select ${id}, r ->> 0, (r ->> 1)::date, r ->> 2, (r ->> 3)::int, (r ->> 4)::int, (r ->> 5)::int, (r ->> 6)::int, (r ->> 7)::bigint
      from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) as r on conflict do nothing`)
}

// From here on reports show it, all at once.
async function finish(tx: Tx, id: Id): Promise<void> {
  await tx.execute(sql`
    update history_imports set finished_at = ${now().toISOString()}, packed = null,
           first_day = coalesce(k.first, first_day), last_day = coalesce(k.last, last_day), dimensions = coalesce(k.dimensions, '{}')
      from (select min(day) as first, max(day) as last, array_agg(distinct dimension) as dimensions from history_tallies where import_id = ${id}) as k
     where id = ${id}`)
  log('navigation.history-brought-in', { import: id })
}
