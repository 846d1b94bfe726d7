/** A list of people as CSV, read in steps, so that a million people need no more memory than a thousand. */
import { desc, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { people } from '../people/tables.ts'
import { csvLine } from './csv.ts'
import { type ListedPerson, nextPeople, type Wanted } from './search.ts'
import { exports } from './tables.ts'

const STEP = 1_000

/** Lists taken out of the console, as the team's page shows them. */
export interface NotedExport {
  readonly name: string
  readonly people: number
  readonly narrowed: boolean
  readonly exportedAt: Date
}

/** The people that are wanted, as a stream of CSV; it is noted who took it and how many went out. */
export function exportPeople(db: Database, wanted: Wanted, staffId: Id): ReadableStream<Uint8Array> {
  const lines = rowsOf(db, wanted, staffId)
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: async () => void (await lines.return(undefined)),
  })
}

async function* rowsOf(db: Database, wanted: Wanted, staffId: Id): AsyncGenerator<string, void, void> {
  const id = await begun(db, staffId, wanted)
  let gone = 0
  try {
    yield csvLine(['id', 'name', 'email', 'joined'])
    let step: Awaited<ReturnType<typeof nextPeople>> | undefined
    do {
      const place = step?.place
      step = await db.as('support', (tx) => nextPeople(tx, wanted, { most: STEP, place }))
      gone += step.people.length
      if (step.people.length > 0) yield step.people.map(lineOf).join('')
    } while (step.people.length === STEP)
  } finally {
    await ended(db, id, gone)
  }
}

const lineOf = ({ id, name, email, joinedAt }: ListedPerson): string => csvLine([id, name, email, joinedAt.toISOString()])

const isNarrowed = ({ part, since, until, staffOnly }: Wanted): boolean => Boolean(part || since || until || staffOnly)

// Noted before the first line leaves, so that no crash leaves an export without its note.
async function begun(db: Database, staffId: Id, wanted: Wanted): Promise<Id> {
  const id = newId()
  const narrowed = isNarrowed(wanted)
  await db.as('support', (tx) => tx.insert(exports).values({ id, staffId, people: 0, narrowed, exportedAt: now() }))
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
    .select({ name: people.name, people: exports.people, narrowed: exports.narrowed, exportedAt: exports.exportedAt })
    .from(exports)
    .innerJoin(people, eq(people.id, exports.staffId))
    .orderBy(desc(exports.exportedAt))
    .limit(most)
}
