/** A list of people as CSV, read in steps, so that a million people need no more memory than a thousand. */
import { record } from '../audit/record.ts'
import { desc, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { people } from '../people/tables.ts'
import { csvLine } from '../web/csv.ts'
import { type ListedPerson, nextPeople, type Wanted } from './search.ts'
import { exports } from './tables.ts'

const STEP = 1_000

/** Lists taken out of the console, as the team's page shows them. */
export interface NotedExport {
  readonly name: string
  readonly people: number
  readonly narrowed: boolean
  readonly topic: string | null
  readonly exportedAt: Date
}

/** Some lines of a list, and how many people are on them. */
export interface Lines {
  readonly text: string
  readonly people: number
}

interface Taking {
  readonly staffId: Id
  readonly narrowed: boolean
  /** The topic whose subscribers it lists, where it does. */
  readonly topic?: string
}

/** The people that are wanted, as a stream of CSV; it is noted who took it and how many went out. */
export const exportPeople = (db: Database, wanted: Wanted, staffId: Id): ReadableStream<Uint8Array> =>
  takeOut(db, { staffId, narrowed: isNarrowed(wanted) }, linesOf(db, wanted))

/** Any list of people as a stream, made while it is read; it is noted who took it and how many went out. */
export function takeOut(db: Database, taking: Taking, lines: AsyncIterable<Lines>): ReadableStream<Uint8Array> {
  const noted = notedLines(db, taking, lines)
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await noted.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => void (await noted.return(undefined)),
  })
}

async function* notedLines(db: Database, taking: Taking, lines: AsyncIterable<Lines>): AsyncGenerator<string, void, void> {
  const id = await begun(db, taking)
  let gone = 0
  try {
    for await (const { text, people } of lines) {
      gone += people
      yield text
    }
  } finally {
    await ended(db, id, gone)
  }
}

async function* linesOf(db: Database, wanted: Wanted): AsyncGenerator<Lines, void, void> {
  yield { text: csvLine(['id', 'name', 'email', 'joined']), people: 0 }
  let step: Awaited<ReturnType<typeof nextPeople>> | undefined
  do {
    const place = step?.place
    step = await db.as('support', (tx) => nextPeople(tx, wanted, { most: STEP, place }))
    if (step.people.length > 0) yield { text: step.people.map(lineOf).join(''), people: step.people.length }
  } while (step.people.length === STEP)
}

const lineOf = ({ id, name, email, joinedAt }: ListedPerson): string => csvLine([id, name, email, joinedAt.toISOString()])

const isNarrowed = ({ part, since, until, staffOnly }: Wanted): boolean => Boolean(part || since || until || staffOnly)

// Noted before the first line leaves, so that no crash leaves an export without its note.
async function begun(db: Database, { staffId, narrowed, topic }: Taking): Promise<Id> {
  const id = newId()
  await db.as('support', async (tx) => {
    await tx.insert(exports).values({ id, staffId, people: 0, narrowed, topic, exportedAt: now() })
    await record(tx, { act: 'person.listed', actor: staffId, thing: id })
  })
  log('staff.exporting', { staff: staffId, export: id, narrowed })
  return id
}

async function ended(db: Database, id: Id, gone: number): Promise<void> {
  await db.as('support', (tx) => tx.update(exports).set({ people: gone }).where(eq(exports.id, id)))
  log('staff.exported', { export: id, people: gone })
}

/** The newest exports. */
export async function notedExports(tx: For<'support'>, most = 20): Promise<NotedExport[]> {
  return tx
    .select({ name: people.name, people: exports.people, narrowed: exports.narrowed, topic: exports.topic, exportedAt: exports.exportedAt })
    .from(exports)
    .innerJoin(people, eq(people.id, exports.staffId))
    .orderBy(desc(exports.exportedAt))
    .limit(most)
}
