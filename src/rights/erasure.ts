/**
 * Erasing a person: one transaction that walks the register. PostgreSQL's foreign keys refuse a wrong
 * order, a crash leaves everything as it was, and a receipt counts what went and names no one.
 */
import { record } from '../audit/record.ts'
import { createHash, randomBytes } from 'node:crypto'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { bidFarewell, livesAtStripe } from '../billing/farewell.ts'
import { now } from '../clock.ts'
import { columnOf, type Held } from '../database/classify.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { SCRUB_TIME } from '../database/scrub.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, logFault } from '../log.ts'
import { post } from '../mail/letter.ts'
import { people } from '../people/tables.ts'
import { hasStripe, StripeTrouble } from '../processors/stripe.ts'
import { tell } from '../programs/webhook.ts'
import { register } from '../register.ts'
import type { House } from '../web/house.ts'
import { guestsToForget } from '../updates/departure.ts'
import { rememberForgotten } from '../updates/forgotten.ts'
import { closeForErased } from '../requests/request.ts'
import { goodbyeLetter } from './emails.ts'
import { markErased } from './mark.ts'
import { strangerAt, type Subject, subjectOf, theirs } from './subject.ts'
import { type Counted, erasuresAsked, receipts } from './tables.ts'

export interface Receipt {
  readonly erased: readonly Counted[]
  readonly kept: readonly string[]
  readonly erasedAt: Date
}

const receiptHash = (token: string): string => createHash('sha256').update(token).digest('base64url')

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
  'The number that stood for you, in the message that tells the programs of our services to forget it, too: 30 days at most.',
  ...(hasStripe(house.config)
    ? [
        'If you paid for something: the invoices, at Stripe, as long as the law makes it keep them.',
        `And a keyed hash of the key that stood for you there, which names nobody, so that you stay deleted: ${house.config.invoicesKeptYears} years.`,
      ]
    : []),
  'This receipt, which counts rows and names nobody: two years.',
  'A keyed hash of the number that stood for you, so that no backup brings you back: ten years.',
]

/** The erasure was noted, and is done as soon as Stripe confirms that it has forgotten the person. */
export class ErasureWaits extends Error {
  override name = 'ErasureWaits'
}

/**
 * Erases everything about a person, first at Stripe, then here.
 * @returns the token of the receipt's address, or undefined when nobody (any more) has this id
 * @throws ErasureWaits while Stripe cannot be reached: nothing is erased yet, and it is tried again by itself
 */
export async function erase(house: House, personId: Id): Promise<string | undefined> {
  try {
    await bidFarewell(house, personId)
  } catch (fault) {
    if (!(fault instanceof StripeTrouble)) throw fault
    return wait(house, personId)
  }
  const token = await house.db.as('rights', async (tx) => {
    const subject = await lockedSubject(tx, personId)
    // Something was bought in another tab since Stripe confirmed: nobody may be gone here and charged there.
    if (subject && (await livesAtStripe(tx, personId))) return 'again' as const
    return subject && eraseSubject(tx, house, subject)
  })
  if (token === 'again') return wait(house, personId)
  log('rights.erased', { done: token !== undefined })
  return token
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
  const subject = strangerAt(email)
  const erased = await eraseEverywhere(tx, subject)
  return receive(tx, house, subject, erased)
}

async function wait({ db }: House, personId: Id): Promise<never> {
  const asked = { personId, waitsFor: 'Stripe', askedAt: now() }
  await db.as('rights', (tx) => tx.insert(erasuresAsked).values(asked).onConflictDoNothing())
  log('rights.erasure-waits', { person: personId }, 'warn')
  throw new ErasureWaits('Stripe has not confirmed yet')
}

export type Waiting = Pick<typeof erasuresAsked.$inferSelect, 'waitsFor' | 'askedAt'>

/** The erasure that this person asked for and that waits. */
export async function waitingErasure(tx: For<'rights'>, personId: Id): Promise<Waiting | undefined> {
  const { waitsFor, askedAt } = erasuresAsked
  return (await tx.select({ waitsFor, askedAt }).from(erasuresAsked).where(eq(erasuresAsked.personId, personId)))[0]
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
    await eraseEverywhere(tx, subject)
    await goneFor(tx, personId)
  })
}

async function forgetGuest(tx: For<'rights'>, personId: Id): Promise<void> {
  const subject = await lockedSubject(tx, personId)
  // They may have come back since they were looked for.
  if (!subject || (await guestsToForget(tx, personId)).length === 0) return
  const erased = await eraseEverywhere(tx, subject)
  await goneFor(tx, subject.personId)
  log('rights.guest-forgotten', { tables: erased.length })
}

// The row is locked first: whoever else changes or erases this person waits, and then finds nobody.
async function lockedSubject(tx: For<'rights'>, personId: Id): Promise<Subject | undefined> {
  await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('update')
  return subjectOf(tx, personId)
}

async function eraseEverywhere(tx: For<'rights'>, subject: Subject): Promise<Counted[]> {
  await closeForErased(tx, subject)
  const erased: Counted[] = []
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

// Neither a backup brings them back, nor do the company's programs keep them.
async function goneFor(tx: For<'rights'>, personId: Id): Promise<void> {
  await markErased(tx, personId)
  await tell(tx, 'person.erased', { person: personId })
}

async function eraseSubject(tx: For<'rights'>, house: House, subject: Subject): Promise<string> {
  const erased = await eraseEverywhere(tx, subject)
  await goneFor(tx, subject.personId)
  return receive(tx, house, subject, erased)
}

/** Writes the receipt, and the letter with it. */
async function receive(tx: For<'rights'>, house: House, subject: Subject, erased: Counted[]): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const kept = whatStays(house)
  const id = newId()
  await tx.insert(receipts).values({ id, tokenHash: receiptHash(token), erased, kept, erasedAt: now() })
  await record(tx, { act: 'person.erased', thing: id })
  for (const to of subject.emails) await post(tx, goodbyeLetter(house, { to, erased: countsInWords(erased), kept, token }))
  return token
}

async function eraseRows(tx: For<'rights'>, held: Held, subject: Subject): Promise<number> {
  const where = theirs(held, subject)
  if (!where) return 0
  if (held.onErasure === 'delete') return (await tx.delete(held.table).where(where)).rowCount ?? 0
  if ('keep' in held.onErasure) return 0
  const blank = Object.fromEntries(held.onErasure.blank.map((key) => [key, null]))
  return (await tx.update(held.table).set(blank).where(where)).rowCount ?? 0
}

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

/** A receipt's counts in the data map's words; a table that is no more kept by the name it had. */
export const countsInWords = (erased: readonly Counted[]): [what: string, count: string][] =>
  erased.map(({ table, rows, emptied }) => {
    const what = register.find(({ name }) => name === table)?.says ?? table
    return [
      what,
      rows === 1
        ? `1 row ${emptied ? 'stays, without you in it' : 'deleted'}`
        : `${rows.toLocaleString('en')} rows ${emptied ? 'stay, without you in them' : 'deleted'}`,
    ]
  })

/** The receipt behind an address. */
export async function receiptBehind(house: House, token: string): Promise<Receipt | undefined> {
  const { erased, kept, erasedAt, tokenHash } = receipts
  const [receipt] = await house.db.as('rights', (tx) =>
    tx
      .select({ erased, kept, erasedAt })
      .from(receipts)
      .where(and(inArray(tokenHash, [receiptHash(token)]))),
  )
  return receipt
}
