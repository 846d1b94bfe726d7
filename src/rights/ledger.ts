/**
 * The ledger of erasures: keyed hashes of the numbers of those who were erased, in the database and in a file that is kept
 * apart from it and from every backup. Whatever brings back an older database brings back people; the file tells
 * whom, and they are erased again before anything is served. It names nobody.
 */
import { readFile } from 'node:fs/promises'
import { asc, gt, inArray, isNull } from 'drizzle-orm'
import { addTo } from '../audit/outside.ts'
import { now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { people } from '../people/tables.ts'
import type { House } from '../web/house.ts'
import { eraseAgain } from './erasure.ts'
import { markOf } from './mark.ts'
import { erasureMarks } from './tables.ts'

const STEP = 1_000

/** Writes marks into the file that are not in it, durably. One that a crash leaves there twice does no harm. */
export async function noteErasures({ db, config }: House): Promise<void> {
  const { mark, notedAt, erasedAt } = erasureMarks
  await db.as('rights', async (tx) => {
    const fresh = await tx
      .select({ mark, erasedAt })
      .from(erasureMarks)
      .where(isNull(notedAt))
      .orderBy(asc(erasedAt))
      .limit(STEP)
      .for('update')
    if (fresh.length === 0) return
    await addTo(config.erasureLedger, () => fresh.map((one) => `${one.erasedAt.toISOString()} ${one.mark}\n`).join(''))
    await tx
      .update(erasureMarks)
      .set({ notedAt: now() })
      .where(
        inArray(
          mark,
          fresh.map((one) => one.mark),
        ),
      )
    log('rights.erasures-noted', { marks: fresh.length })
  })
}

const LINE = /^\S+ ([\w-]{43})$/gm

async function marksIn(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return ''
    throw fault
  })
  return [...text.matchAll(LINE)].flatMap(([, mark]) => mark ?? [])
}

/**
 * Erases again whoever the file says was erased and who is there all the same, because an older database was brought
 * back. Where the newest marks are known, as at nearly every start, nothing else is looked at.
 * @returns how many people it was
 */
export async function repeatErasures(house: House): Promise<number> {
  const marks = await marksIn(house.config.erasureLedger)
  // Not the last one alone: two who were erased at once may be noted the other way round than a backup saw them.
  if (marks.length === 0 || (await areKnown(house.db, marks.slice(-STEP)))) return 0
  const gone = new Set(marks)
  let erased = 0
  for await (const id of everybody(house.db))
    if (gone.has(markOf(house.db, id))) {
      await eraseAgain(house, id)
      erased++
    }
  await bringMarks(house.db, marks)
  log('rights.erasures-repeated', { people: erased, marks: marks.length }, 'warn')
  return erased
}

async function areKnown(db: Database, marks: readonly string[]): Promise<boolean> {
  const { mark } = erasureMarks
  const known = await db.as('rights', (tx) =>
    tx
      .select({ mark })
      .from(erasureMarks)
      .where(inArray(mark, [...marks])),
  )
  return known.length === new Set(marks).size
}

async function* everybody(db: Database): AsyncGenerator<Id, void, void> {
  let last: Id | undefined
  for (;;) {
    const after = last
    const step = await db.as('rights', (tx) =>
      tx
        .select({ id: people.id })
        .from(people)
        .where(after && gt(people.id, after))
        .orderBy(asc(people.id))
        .limit(STEP),
    )
    yield* step.map(({ id }) => id)
    last = step.at(-1)?.id
    if (step.length < STEP) return
  }
}

async function bringMarks(db: Database, marks: readonly string[]): Promise<void> {
  for (let at = 0; at < marks.length; at += STEP) {
    const rows = marks.slice(at, at + STEP).map((mark) => ({ mark, erasedAt: now(), notedAt: now() }))
    await db.as('rights', (tx) => tx.insert(erasureMarks).values(rows).onConflictDoNothing())
  }
}
