/** What came in, read and heeded: which of our letters it is about, and what follows for its address. */
import { eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { heedFailure } from './failure.ts'
import { fileAway, headOf, type Opened, openIncoming } from './incoming.ts'
import { leavingBehind } from './leaving-address.ts'
import { tokenIn } from './mailboxes.ts'
import { type Report, reportIn } from './report.ts'
import { type Sent, sentBehind, tokensIn } from './return-path.ts'
import type { Severity } from './severity.ts'
import type { Returned } from './suppression.ts'
import { incomingLetters, letters } from './tables.ts'

/** What a letter that came in turned out to be. */
export type Outcome =
  | Exclude<Severity, 'none'>
  | Exclude<Report['kind'], 'failure'>
  | 'not ours'
  | 'other address'
  | 'forgotten'
  | 'leaving'
  | 'reply'

/** Whom the letter that came back went to. */
export type Addressee = Returned & { readonly aboutId: Id }

/**
 * Reads one letter that came in. What is about an issue's letter stays sealed and waits for the room that
 * knows its recipients: it hears of it by a note.
 */
export async function readIncoming(house: House, incomingId: Id): Promise<void> {
  await house.db.as('operations', async (tx) => {
    const letter = await openIncoming(tx, incomingId)
    if (!letter) return
    const report = await reportIn(letter.raw, letter.mailbox)
    if (letter.mailbox === 'leaving') return fileAway(tx, incomingId, await heedLeaving(tx, house, letter, report))
    if (letter.mailbox === 'replies') return fileAway(tx, incomingId, await heedReply(tx, house, letter, report))
    const sent = sentIn(house, letter, report)
    if (sent?.what === 'update') await enqueue(tx, 'updates.bounced', { recipientId: sent.id, incomingId })
    else await fileAway(tx, incomingId, sent ? await heedLetter(tx, report, sent.id) : 'not ours')
  })
}

// Whatever a mail program writes there, the address says what is wanted. What a mail server writes to it is no wish of anybody.
async function heedLeaving(tx: For<'operations'>, house: House, letter: Opened, { kind }: Report): Promise<Outcome> {
  const words = letter.to.flatMap((address) => tokenIn(house, address) ?? [])
  const [leaving] = words.flatMap((word) => leavingBehind(house.db, word) ?? [])
  if (!leaving || kind === 'failure' || kind === 'delay' || kind === 'success') return 'not ours'
  await enqueue(tx, 'updates.leave', { ...leaving })
  return 'leaving'
}

// Counted is what a person wrote, and not what a program answered in their absence.
async function heedReply(tx: For<'operations'>, house: House, letter: Opened, { kind }: Report): Promise<Outcome> {
  if (kind !== 'other') return kind === 'failure' ? 'not ours' : kind
  const answered = answeredBy(house, letter.raw)
  if (!answered) return 'not ours'
  await enqueue(tx, 'updates.replied', { recipientId: answered, incomingId: letter.id })
  return 'reply'
}

/** The letter of an issue that this one answers, by the word in that letter's own number. */
export function answeredBy({ db }: House, raw: Buffer): Id | undefined {
  const head = headOf(raw)
    .toString('latin1')
    .replace(/\r?\n[ \t]+/g, ' ')
  const named = ['references', 'in-reply-to'].map((name) => new RegExp(`^${name}:.*$`, 'im').exec(head)?.[0] ?? '')
  const sent = tokensIn(named.join('\n')).flatMap((token) => sentBehind(db, token) ?? [])
  return sent.findLast(({ what }) => what === 'update')?.id
}

async function heedLetter(tx: For<'operations'>, report: Report, letterId: Id): Promise<Outcome> {
  const to = await addresseeOf(tx, letterId)
  if (!to) return 'forgotten'
  const outcome = await heed(tx, report, to)
  await noteOnLetter(tx, { ...to, code: report.code }, outcome)
  return outcome
}

/**
 * Reads one letter that came in for a room that knows whom it is about; without anybody it is forgotten.
 * Asked again, it says what it said before.
 */
export async function readFor(house: House, incomingId: Id, to: Addressee | undefined): Promise<Outcome> {
  return house.db.as('operations', async (tx) => {
    const letter = await openIncoming(tx, incomingId)
    if (!letter) return (await outcomeOf(tx, incomingId)) ?? 'forgotten'
    const outcome = to ? await heed(tx, await reportIn(letter.raw, letter.mailbox), to) : 'forgotten'
    await fileAway(tx, incomingId, outcome)
    return outcome
  })
}

async function outcomeOf(tx: For<'operations'>, incomingId: Id): Promise<Outcome | undefined> {
  const [row] = await tx.select({ outcome: incomingLetters.outcome }).from(incomingLetters).where(eq(incomingLetters.id, incomingId))
  return (row?.outcome ?? undefined) as Outcome | undefined
}

/**
 * Which of our letters it is about. The return path says so; what did not come by one (a complaint, a mailbox
 * polled by IMAP) must name exactly one of ours, by a word that only we can have written.
 */
function sentIn(house: House, letter: Opened, report: Report): Sent | undefined {
  for (const address of letter.to) {
    const token = tokenIn(house, address)
    const sent = token === undefined ? undefined : sentBehind(house.db, token)
    if (sent) return sent
  }
  const named = report.tokens.flatMap((token) => sentBehind(house.db, token) ?? [])
  return named.length === 1 ? named[0] : undefined
}

async function addresseeOf(tx: For<'operations'>, id: Id): Promise<Addressee | undefined> {
  const [letter] = await tx.select({ email: letters.to, personId: letters.personId }).from(letters).where(eq(letters.id, id))
  return letter && { email: letter.email, personId: letter.personId ?? undefined, aboutId: id }
}

// A report that names another address has no consequence for anybody.
async function heed(tx: For<'operations'>, report: Report, to: Addressee): Promise<Outcome> {
  const { kind, severity, code } = report
  if (kind !== 'failure' && kind !== 'complaint') return kind
  if (!isAbout(report, to.email)) return 'other address'
  const outcome = kind === 'complaint' ? 'complaint' : severity === 'none' ? 'soft' : severity
  await heedFailure(tx, outcome, { ...to, code, evidence: 'report' })
  return outcome
}

// Some providers black out the name before the @ in a complaint; the domain must still be the same.
function isAbout({ kind, names }: Report, email: string): boolean {
  if (names.length === 0 || names.includes(email)) return true
  const domain = email.slice(email.lastIndexOf('@'))
  return kind === 'complaint' && names.every((name) => /^(redacted|x+|\*+|[0-9a-f]{16,})@/.test(name) && name.endsWith(domain))
}

async function noteOnLetter(tx: For<'operations'>, { aboutId, code }: Addressee, outcome: Outcome): Promise<void> {
  if (!['gone', 'refused', 'soft'].includes(outcome)) return
  await tx
    .update(letters)
    .set({ bouncedAt: now(), bounceCode: code ?? null })
    .where(eq(letters.id, aboutId))
}
