/**
 * Delivering a letter. The row is locked while the server takes it, so two workers never send the same
 * one; a temporary refusal throws and the queue tries again, a permanent one is noted and final.
 */
import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import { type Id, log } from '../log.ts'
import type { For } from '../database/connection.ts'
import { enter } from '../egress/ledger.ts'
import { type Envelope, sendBySmtp, smtp, type SigningKey, type Verdict } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
import { heedFailure } from './failure.ts'
import { supportAddress } from './mailboxes.ts'
import { messageId, returnPath } from './return-path.ts'
import { keysThatSign } from './signing.ts'
import { severityOf, statusIn } from './severity.ts'
import { holdsBack, suppressionOf } from './suppression.ts'
import { letters } from './tables.ts'

/** A letter as `/dev/mail` shows it. */
export interface SentLetter {
  readonly id: Id
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
  readonly sentAt: string
}

/**
 * Delivers one letter, unless that was done or is over.
 * @throws when the server could not be reached or asks to try later
 */
export async function deliver(house: House, letterId: Id): Promise<void> {
  const keys = await keysThatSign(house)
  await house.db.as('operations', async (tx) => {
    const [letter] = await tx
      .select()
      .from(letters)
      .where(and(eq(letters.id, letterId), isNull(letters.sentAt), isNull(letters.refusedAt), isNull(letters.heldAt)))
      .for('update')
    if (!letter) return
    const outcome = (await isHeldBack(tx, letter)) ? 'held' : await hand(tx, house, letter, keys)
    if (outcome !== 'held' && !outcome.taken) await noteRefusal(tx, letter, outcome)
    // Whoever is erased gets one last letter; once it is out, not even its address stays.
    if (letter.kind === 'goodbye' && house.config.smtpUrl) await tx.delete(letters).where(eq(letters.id, letterId))
    else await tx.update(letters).set(afterwards(house, outcome)).where(eq(letters.id, letterId))
    log('mail.delivered', { letter: letterId, taken: outcome !== 'held' && outcome.taken, held: outcome === 'held' })
  })
}

type Outcome = Verdict | 'held'
type Kept = typeof letters.$inferSelect

/** Letters of these kinds are answered to where what they answer arrives. */
const answersGoTo: Readonly<Record<string, (house: House) => string>> = {
  'privacy request': ({ config }) => config.privacyAddress,
  question: supportAddress,
}

/** Headers that letters bear by convention: who they are, that no machine should answer, how providers may count complaints. */
const headersOf = (house: House, { id, kind, headers }: Pick<Kept, 'id' | 'kind' | 'headers'>): Record<string, string> => ({
  'Message-ID': messageId(house, { what: 'letter', id }),
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'OOF, AutoReply',
  ...(answersGoTo[kind] ? { 'Reply-To': answersGoTo[kind](house) } : {}),
  'Feedback-ID': `${kind}::letter:${senderName(house)}`,
  // What it answers.
  ...headers,
})

// A sender's name in `Feedback-ID` has 5 to 15 signs.
const senderName = ({ config }: House): string =>
  new URL(config.origin).hostname
    .replace(/[^a-z0-9]/gi, '')
    .padEnd(5, 'x')
    .slice(0, 15)

// The letter that asks whether a mailbox works again is the one that must be tried.
const isHeldBack = async (tx: For<'operations'>, { to, kind }: Kept): Promise<boolean> =>
  kind !== 'mailbox' && holdsBack(await suppressionOf(tx, to))

async function hand(tx: For<'operations'>, house: House, letter: Kept, keys: readonly SigningKey[]): Promise<Verdict> {
  if (!house.config.smtpUrl) return { taken: true }
  const envelope: Envelope = { to: letter.to, subject: letter.subject, text: letter.text, html: letter.html }
  // Were this undone by a crash after the server took it, the letter would go once more, and be entered then.
  await enter(tx, { plate: smtp, fields: [...Object.keys(envelope), 'returnPath'], personId: letter.personId, id: letter.id })
  return sendBySmtp(house.config, envelope, {
    headers: headersOf(house, letter),
    at: now(),
    returnPath: returnPath(house, { what: 'letter', id: letter.id }),
    keys,
  })
}

async function noteRefusal(tx: For<'operations'>, letter: Kept, { code, says }: Verdict & { taken: false }): Promise<void> {
  await heedFailure(tx, severityOf({ reply: code, words: says }), {
    email: letter.to,
    personId: letter.personId ?? undefined,
    aboutId: letter.id,
    code: statusIn(says) ?? String(code),
    evidence: 'server',
  })
}

// Once it is delivered its words are not ours to keep. In development there is no server that took
// them: they stay readable at /dev/mail until the row is swept.
function afterwards(house: House, outcome: Outcome) {
  const emptied = house.config.smtpUrl ? { text: '', html: '', headers: null } : {}
  if (outcome === 'held') return { heldAt: now(), ...emptied }
  const verdict = outcome.taken ? { sentAt: now() } : { refusedAt: now(), refusedCode: outcome.code }
  return { ...verdict, ...emptied, tries: sql`${letters.tries} + 1` }
}

/** The newest letters that were sent, for `/dev/mail`. */
export async function sentLetters(house: House, most = 500): Promise<SentLetter[]> {
  const rows = await house.db.as('operations', (tx) =>
    tx.select().from(letters).where(isNotNull(letters.sentAt)).orderBy(desc(letters.writtenAt), desc(letters.id)).limit(most),
  )
  return rows.map((row) => ({
    id: row.id,
    to: row.to,
    from: house.config.mailFrom,
    subject: row.subject,
    text: row.text,
    html: row.html,
    headers: row.headers && !('In-Reply-To' in row.headers) ? row.headers : headersOf(house, row),
    sentAt: row.sentAt?.toISOString() ?? '',
  }))
}
