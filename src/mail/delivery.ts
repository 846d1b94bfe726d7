/**
 * Delivering a letter. The row is locked while the server takes it, so two workers never send the same
 * one; a temporary refusal throws and the queue tries again, a permanent one is noted and final.
 */
import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { Id } from '../log.ts'
import { log } from '../log.ts'
import { type Envelope, sendBySmtp } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
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

/** What a server does with a letter: takes it, or refuses it for good with a code. */
export type Verdict = { readonly taken: true } | { readonly taken: false; readonly code: number }

/**
 * Delivers one letter, unless that was done or is over.
 * @throws when the server could not be reached or asks to try later
 */
export async function deliver(house: House, letterId: Id): Promise<void> {
  await house.db.as('operations', async (tx) => {
    const [letter] = await tx
      .select()
      .from(letters)
      .where(and(eq(letters.id, letterId), isNull(letters.sentAt), isNull(letters.refusedAt)))
      .for('update')
    if (!letter) return
    const verdict = await hand(house, letter)
    // Whoever is erased gets one last letter; once it is out, not even its address stays.
    if (letter.kind === 'goodbye' && house.config.smtpUrl) await tx.delete(letters).where(eq(letters.id, letterId))
    else await tx.update(letters).set(afterwards(house, verdict)).where(eq(letters.id, letterId))
    log('mail.delivered', { letter: letterId, taken: verdict.taken })
  })
}

const headersOf = (house: House, letterId: Id): Record<string, string> => ({
  'Message-ID': `<${letterId}@${new URL(house.config.origin).hostname}>`,
  'Auto-Submitted': 'auto-generated',
})

async function hand(house: House, letter: typeof letters.$inferSelect): Promise<Verdict> {
  if (!house.config.smtpUrl) return { taken: true }
  const envelope: Envelope = { to: letter.to, subject: letter.subject, text: letter.text, html: letter.html }
  return sendBySmtp(house.config, envelope, headersOf(house, letter.id))
}

// Once it is delivered its words are not ours to keep. In development there is no server that took
// them: they stay readable at /dev/mail until the row is swept.
function afterwards(house: House, verdict: Verdict) {
  const emptied = house.config.smtpUrl ? { text: '', html: '' } : {}
  const outcome = verdict.taken ? { sentAt: now() } : { refusedAt: now(), refusedCode: verdict.code }
  return { ...outcome, ...emptied, tries: sql`${letters.tries} + 1` }
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
    headers: headersOf(house, row.id),
    sentAt: row.sentAt?.toISOString() ?? '',
  }))
}
