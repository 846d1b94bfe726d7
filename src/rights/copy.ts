/**
 * A copy to take away: a ZIP of JSON, with a page that one can read without any program but a browser.
 * It is made while it flows, so that a large one needs no more memory than a small one.
 */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { answersOf, bases } from '../database/classify.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { log } from '../log.ts'
import { keyOf, personOf } from '../people/person.ts'
import { keptForInWords, purposesOf } from '../policy/data-map.ts'
import type { House } from '../web/house.ts'
import { copyPage } from './copy-page.ts'
import { adoptConversations } from '../help/apart.ts'
import { adoptRequests } from '../requests/request.ts'
import { requireNewest } from './newest.ts'
import { type Receiving, recipientsOf } from './recipients.ts'
import { readSteadily, rowsOf } from './rows.ts'
import { type Found, strangerAt, type Subject, subjectOf, tablesAbout } from './subject.ts'

/** All that a copy is made of. */
export interface Contents {
  readonly tx: For<'rights'>
  readonly house: House
  readonly subject: Subject
  readonly key: Buffer
  readonly found: readonly Found[]
  readonly received: readonly Receiving[]
}

/** A copy while it is being read. */
export interface OpenCopy {
  /** How many rows are in it, from the first to the last. */
  readonly rows: number
  /** How many of them have gone out so far. */
  gone(): number
  readonly bytes: AsyncIterable<Buffer>
}

/**
 * Opens a copy of everything about a person, all of it as it is at this moment, for as long as `use`
 * reads it.
 * @returns what `use` returns; undefined when nobody is known by this id
 */
export async function takeCopy<R>(house: House, personId: Id, use: (copy: OpenCopy) => Promise<R>): Promise<R | undefined> {
  await house.db.as('rights', async (tx) => {
    const person = await personOf(tx, personId)
    if (!person) return
    await adoptRequests(tx, person.email)
    await adoptConversations(tx, { personId, email: person.email })
  })
  return house.db.as('rights', async (tx) => {
    await readSteadily(tx)
    const subject = await subjectOf(tx, personId)
    if (!subject) return undefined
    return takeFrom(tx, house, { subject, key: await keyOf(tx, personId) }, use)
  })
}

/** Opens a copy of what is held about an address behind which nobody is known. */
export const takeCopyOfAddress = <R>(house: House, email: string, use: (copy: OpenCopy) => Promise<R>): Promise<R> =>
  house.db.as('rights', async (tx) => {
    await readSteadily(tx)
    // Nothing of a stranger's is sealed under a key of theirs: they have none.
    return takeFrom(tx, house, { subject: strangerAt(email), key: Buffer.alloc(32) }, use)
  })

async function takeFrom<R>(
  tx: For<'rights'>,
  house: House,
  { subject, key }: Pick<Contents, 'subject' | 'key'>,
  use: (copy: OpenCopy) => Promise<R>,
): Promise<R> {
  await requireNewest(tx)
  const found = await tablesAbout(tx, subject)
  const zip = zipped({ tx, house, subject, key, found, received: await recipientsOf(tx, house, subject) })
  try {
    return await use(zip)
  } finally {
    // Whoever reads no further leaves no statement behind on a connection that goes back to the pool.
    await zip.stop()
    log('rights.copied', { person: subject.personId, rows: zip.gone(), of: zip.rows })
  }
}

const rowsIn = (found: readonly Found[]): number => found.reduce((sum, { held, rows }) => sum + (held.repeats ? 0 : rows), 0)

function zipped(contents: Contents): OpenCopy & { stop(): Promise<void> } {
  const file = new ZipFile()
  const bytes = file.outputStream as Readable
  let source: Readable | undefined
  let gone = 0
  const fail = (fault: Error) => bytes.destroy(fault)
  const add = (name: string, text: () => AsyncIterable<string> | Iterable<string>) =>
    file.addReadStreamLazy(name, (read) => {
      if (bytes.destroyed) return
      source = Readable.from(text()).on('error', fail)
      read(null, source)
    })
  file.on('error', fail)
  for (const one of contents.found)
    if (!one.held.repeats) add(`data/${one.held.name}.json`, () => json(contents, one, (rows) => (gone += rows)))
  add('data-map.json', () => [JSON.stringify(contents.found.map(mapped), null, 1)])
  add('received.json', () => [JSON.stringify(contents.received, null, 1)])
  add('index.html', () => copyPage(contents))
  file.end()
  return { bytes, rows: rowsIn(contents.found), gone: () => gone, stop: () => stop(bytes, source) }
}

async function stop(bytes: Readable, source: Readable | undefined): Promise<void> {
  bytes.destroy()
  if (!source || source.closed) return
  source.destroy()
  await once(source, 'close')
}

async function* json({ tx, key }: Contents, { held, where }: Found, count: (rows: number) => void): AsyncGenerator<string, void, void> {
  let between = '[\n'
  for await (const rows of rowsOf(tx, { held, where, key })) {
    if (rows.length > 0) yield `${between}${rows.map((row) => JSON.stringify(row)).join(',\n')}`
    between = ',\n'
    count(rows.length)
  }
  yield '\n]\n'
}

/** What each column of a copied table means, why it is kept, and for how long. */
const mapped = ({ held, rows }: Found) => ({
  table: held.name,
  what: held.says,
  rows,
  basis: bases[held.basis],
  keptFor: keptForInWords(held.keptFor),
  columns: answersOf(held).map(({ key, category, says }) => ({ column: key, what: says, purposes: purposesOf(held, category) })),
})
