/**
 * Erasing a person: one transaction that walks the register. PostgreSQL's foreign keys refuse a wrong
 * order, a crash leaves everything as it was, and a receipt counts what went and names no one.
 */
import { asc, count, eq, type SQL } from 'drizzle-orm'
import { livesAtStripe } from '../billing/farewell.ts'
import { now } from '../clock.ts'
import { columnOf, type Held } from '../database/classify.ts'
import type { For } from '../database/connection.ts'
import { SCRUB_TIME } from '../database/scrub.ts'
import { forgetApart } from '../help/apart.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, logFault } from '../log.ts'
import { people } from '../people/tables.ts'
import { hasStripe } from '../processors/stripe.ts'
import { inform, listeners } from '../programs/informing.ts'
import { register } from '../register.ts'
import type { House } from '../web/house.ts'
import { guestsToForget } from '../updates/departure.ts'
import { rememberForgotten } from '../updates/forgotten.ts'
import { closeForErased } from '../requests/request.ts'
import { markErased } from './mark.ts'
import { requireNewest } from './newest.ts'
import { inReceipt, waitingIn, writeReceipt } from './receipt.ts'
import { shownTo, strangerAt, type Subject, subjectOf, theirs } from './subject.ts'
import { type Counted, erasuresAsked, type Told } from './tables.ts'
import { forgetting, type Line, mustForgetAgain, mustTell, tellNow } from './telling.ts'

/** What stays after every erasure, and until when. */
export const whatStays = (house: House): string[] => [
  house.config.smtpUrl
    ? 'The letter with the receipt, to your address: deleted as soon as your e-mail server took it.'
    : 'The letter with the receipt, to your address: this is a development server, which keeps letters for 30 days.',
  ...(house.config.backupDir
    ? [
        `Encrypted backups from before: deleted after ${house.config.backupDays} days. None brings you back, and what was sealed for you is unreadable in them at once.`,
      ]
    : []),
  `The bytes of deleted rows in the database's own files: overwritten by the nightly compaction at ${SCRUB_TIME} UTC.`,
  'A keyed hash of your address, which names nobody, so that no list brings it back: two years.',
  'The number that stood for you, in the message that tells the programs of our services to forget it, too: until they took it, and 30 days at most.',
  ...(hasStripe(house.config)
    ? [
        'If you paid for something: the invoices, at Stripe, as long as the law makes it keep them.',
        `And a keyed hash of the key that stood for you there, which names nobody, so that you stay deleted: ${house.config.invoicesKeptYears} years.`,
      ]
    : []),
  'This receipt, which counts rows and names nobody: two years.',
  'A keyed hash of the number that stood for you, so that no backup brings you back: ten years.',
]

/** The erasure was noted, and is done as soon as these recipients have confirmed that they forgot the person. */
export class ErasureWaits extends Error {
  override name = 'ErasureWaits'
  readonly recipients: readonly string[]

  constructor(recipients: readonly string[]) {
    super('not every recipient has confirmed yet')
    this.recipients = recipients
  }
}

/**
 * Erases everything about a person: first where others have it, then here.
 * @returns the token of the receipt's address, or undefined when nobody (any more) has this id
 * @throws ErasureWaits while a recipient has not confirmed that it forgot them: nothing is erased yet, and it is tried again by itself
 */
export async function erase(house: House, personId: Id): Promise<string | undefined> {
  await house.db.as('rights', async (tx) => {
    if (await lockedSubject(tx, personId)) await mustTell(tx, { personId, act: 'forget' })
  })
  await tellNow(house, personId, 'forget')
  const token = await house.db.as('rights', (tx) => eraseForgotten(tx, house, personId))
  if (token === 'waits') throw await wait(house, personId)
  log('rights.erased', { done: token !== undefined })
  return token
}

// Here they go last, so that what is gone here is gone everywhere.
async function eraseForgotten(tx: For<'rights'>, house: House, personId: Id): Promise<string | undefined> {
  const subject = await lockedSubject(tx, personId)
  if (!subject) return undefined
  // Something was bought in another tab since Stripe confirmed: nobody may be gone here and charged there.
  if (await livesAtStripe(tx, personId)) await mustForgetAgain(tx, personId, 'stripe')
  const told = await forgetting(tx, personId)
  return told.every(({ confirmedAt }) => confirmedAt) ? eraseSubject(tx, house, subject, told) : 'waits'
}

/**
 * Erases what is held about an address behind which nobody is known: what waits for a confirmation, letters
 * to it, what was asked for it.
 * @returns the token of the receipt's address
 */
export async function eraseAddress(house: House, email: string): Promise<string> {
  const token = await house.db.as('rights', (tx) => eraseStranger(tx, house, email))
  log('rights.address-erased')
  return token
}

async function eraseStranger(tx: For<'rights'>, house: House, email: string): Promise<string> {
  await requireNewest(tx)
  const subject = strangerAt(email)
  await closeForErased(tx, subject)
  const erased = await eraseEverywhere(tx, subject)
  return writeReceipt(tx, house, { subject, erased, told: [], requests: [], kept: whatStays(house) })
}

async function wait({ db }: House, personId: Id): Promise<ErasureWaits> {
  const names = await db.as('rights', async (tx) => {
    await tx.insert(erasuresAsked).values({ personId, askedAt: now() }).onConflictDoNothing()
    return (await forgetting(tx, personId)).filter(({ confirmedAt }) => !confirmedAt).map(({ name }) => name)
  })
  log('rights.erasure-waits', { person: personId, recipients: names.length }, 'warn')
  return new ErasureWaits(names)
}

/** An erasure that was asked for and waits: since when, and how each recipient stands. */
export interface Waiting {
  readonly askedAt: Date
  readonly recipients: readonly Line[]
}

/** The erasure that this person asked for and that waits. */
export async function waitingErasure(tx: For<'rights'>, personId: Id): Promise<Waiting | undefined> {
  const { askedAt } = erasuresAsked
  const [asked] = await tx.select({ askedAt }).from(erasuresAsked).where(eq(erasuresAsked.personId, personId))
  return asked && { ...asked, recipients: await forgetting(tx, personId) }
}

/** Tries the erasures that wait once more. One that fails does not hold up the others. */
export async function eraseWaiting(house: House): Promise<void> {
  const waiting = await house.db.as('rights', (tx) =>
    tx.select({ personId: erasuresAsked.personId }).from(erasuresAsked).orderBy(asc(erasuresAsked.askedAt)),
  )
  for (const { personId } of waiting)
    await erase(house, personId).catch((fault: unknown) => {
      if (!(fault instanceof ErasureWaits)) logFault('rights.erasure-failed', fault, { person: personId })
    })
}

/**
 * Erases guests who left all updates, once they can undo it no more: nothing is left for which we know
 * them. They were told of the day when they left, so this writes them no letter.
 */
export async function forgetGuests({ db }: House): Promise<void> {
  for (let ids = await db.as('rights', guestsToForget); ids.length > 0; ids = await db.as('rights', guestsToForget))
    for (const id of ids) await db.as('rights', (tx) => forgetGuest(tx, id))
}

/** Erases somebody whom an older database brought back. They had their letter and their receipt; at Stripe they are gone. */
export async function eraseAgain({ db }: House, personId: Id): Promise<void> {
  await db.as('rights', async (tx) => {
    const subject = await lockedSubject(tx, personId)
    if (!subject) return
    await closeForErased(tx, subject)
    await eraseEverywhere(tx, subject)
    await goneFor(tx, personId)
  })
}

async function forgetGuest(tx: For<'rights'>, personId: Id): Promise<void> {
  const subject = await lockedSubject(tx, personId)
  // They may have come back since they were looked for.
  if (!subject || (await guestsToForget(tx, personId)).length === 0) return
  await closeForErased(tx, subject)
  const erased = await eraseEverywhere(tx, subject)
  await goneFor(tx, subject.personId)
  log('rights.guest-forgotten', { tables: erased.length })
}

// The row is locked first: whoever else changes or erases this person waits, and then finds nobody.
async function lockedSubject(tx: For<'rights'>, personId: Id): Promise<Subject | undefined> {
  await requireNewest(tx)
  await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('update')
  return subjectOf(tx, personId)
}

async function eraseEverywhere(tx: For<'rights'>, subject: Subject): Promise<Counted[]> {
  const erased: Counted[] = []
  await forgetApart(tx, subject.emails)
  for (const held of register) {
    const emptied = await forgetAuthor(tx, held, subject)
    if (emptied > 0) erased.push({ table: held.name, rows: emptied, emptied: true })
    const rows = await eraseRows(tx, held, subject)
    if (rows > 0) erased.push({ table: held.name, rows, ...(held.onErasure === 'delete' ? {} : { emptied: true }) })
  }
  for (const email of subject.emails) await rememberForgotten(tx, email)
  await enqueue(tx, 'backups.renew-keys', {})
  return erased
}

// Neither a backup brings them back, nor do the company's programs keep them. Returns those that must confirm it.
async function goneFor(tx: For<'rights'>, personId: Id): Promise<Told[]> {
  await markErased(tx, personId)
  const programs = await listeners(tx)
  const message = await inform(tx, 'person.erased', { data: { person: personId }, to: programs.map(({ id }) => id) })
  return programs.map(({ id, host }) => ({ to: host, since: now().toISOString(), at: null, how: null, message, program: id }))
}

async function eraseSubject(tx: For<'rights'>, house: House, subject: Subject, forgotten: readonly Line[]): Promise<string> {
  const told = [...forgotten.map(inReceipt), ...(await goneFor(tx, subject.personId))]
  const requests = await closeForErased(tx, subject, waitingIn(told))
  const erased = await eraseEverywhere(tx, subject)
  return writeReceipt(tx, house, { subject, erased, told, requests, kept: whatStays(house) })
}

async function eraseRows(tx: For<'rights'>, held: Held, subject: Subject): Promise<number> {
  const where = theirs(held, subject)
  if (!where) return 0
  if (held.onErasure === 'delete') return (await tx.delete(held.table).where(where)).rowCount ?? 0
  if ('keep' in held.onErasure) return 0
  const blank = Object.fromEntries(held.onErasure.blank.map((key) => [key, null]))
  // The receipt, too, may not tell of what nobody may tell yet.
  const shown = held.shownFrom ? await rowsWhere(tx, held, shownTo(held, subject)) : undefined
  const { rowCount } = await tx.update(held.table).set(blank).where(where)
  return shown ?? rowCount ?? 0
}

const rowsWhere = async (tx: For<'rights'>, held: Held, where: SQL | undefined): Promise<number> =>
  (await tx.select({ rows: count() }).from(held.table).where(where))[0]?.rows ?? 0

// Rows about others that this person wrote stay with those others, without the author.
async function forgetAuthor(tx: For<'rights'>, held: Held, subject: Subject): Promise<number> {
  const authors = held.about === 'nobody' ? [] : (held.about.authors ?? [])
  let rows = 0
  for (const key of authors) {
    const theirs = eq(columnOf(held, key), subject.personId)
    rows +=
      (
        await tx
          .update(held.table)
          .set({ [key]: null })
          .where(theirs)
      ).rowCount ?? 0
  }
  return rows
}
