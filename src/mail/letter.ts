/**
 * A letter: plain words with an HTML twin of the same words. It is written into the outbox in the
 * transaction of the act that it tells of, and delivered by a job that was enqueued with it.
 */
import { desc, eq, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Purpose } from '../database/purposes.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { letters } from './tables.ts'

/** A paragraph, a link that is offered as a button, a code to type, or facts under each other. */
export type Part =
  | string
  | { readonly button: string; readonly href: string }
  | { readonly code: string }
  | { readonly facts: readonly (readonly [string, string])[] }

export interface Letter {
  readonly to: string
  /** The person, if they are known; a letter to a stranger has none. */
  readonly personId?: Id | undefined
  /** What the letter is about, in a word that the person sees in the list of their letters. */
  readonly kind: string
  readonly subject: string
  readonly parts: readonly Part[]
  /** Headers that name the letters that it answers. */
  readonly answers?: { readonly 'In-Reply-To': string; readonly References: string } | undefined
  /** Who signs, such as the company's name. */
  readonly from: string
}

/** A letter as the list of a person's letters shows it: never its words. */
export interface ListedLetter {
  readonly kind: string
  readonly writtenAt: Date
  readonly sentAt: Date | null
  readonly refusedAt: Date | null
  readonly heldAt: Date | null
  readonly bouncedAt: Date | null
  readonly tries: number
}

/** The letters to a person, newest first; those to their address from before they were known, too. */
export async function lettersTo(
  tx: For<'support' | 'rights'>,
  { personId, email }: { personId: Id; email: string },
): Promise<ListedLetter[]> {
  const { kind, writtenAt, sentAt, refusedAt, heldAt, bouncedAt, tries } = letters
  return tx
    .select({ kind, writtenAt, sentAt, refusedAt, heldAt, bouncedAt, tries })
    .from(letters)
    .where(or(eq(letters.personId, personId), eq(letters.to, email)))
    .orderBy(desc(writtenAt))
    .limit(200)
}

/** What became of the letter with the number in a column, as far as it is kept: for one statement over many; null while it waits. */
export const fateOfLetter = (letterId: PgColumn): SQL =>
  sql`(select case when ${letters.bouncedAt} is not null then 'bounced' when ${letters.refusedAt} is not null then 'refused'
    when ${letters.heldAt} is not null then 'held' when ${letters.sentAt} is not null then 'sent' end from ${letters} where ${letters.id} = ${letterId})`

/** When that became of it: it came back, was refused, held back or sent; null while it waits. Or when it was written. */
export const momentOfFate = (letterId: PgColumn, of: 'fate' | 'written' = 'fate'): SQL =>
  of === 'written'
    ? sql`(select ${letters.writtenAt} from ${letters} where ${letters.id} = ${letterId})`
    : sql`(select coalesce(${letters.sentAt}, ${letters.refusedAt}, ${letters.heldAt}, ${letters.bouncedAt}) from ${letters} where ${letters.id} = ${letterId})`

/** Posts a letter: it goes if and only if the transaction commits. */
export async function post(tx: For<Purpose>, letter: Letter): Promise<Id> {
  const id = newId()
  await tx.insert(letters).values({
    id,
    personId: letter.personId ?? null,
    to: letter.to,
    kind: letter.kind,
    subject: letter.subject,
    ...written(letter),
    headers: letter.answers ?? null,
    writtenAt: now(),
  })
  await enqueue(tx, 'mail.deliver', { letterId: id })
  return id
}

/** A letter that another room has written and sent by itself, whole. */
export interface Finished {
  readonly to: string
  readonly personId: Id
  readonly kind: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

/** Keeps letters as sent, for `/dev/mail`: in development, where there is no server to take them. */
export async function keepAsSent(tx: For<Purpose>, finished: readonly Finished[]): Promise<void> {
  if (finished.length === 0) return
  await tx.insert(letters).values(finished.map((letter) => ({ id: newId(), ...letter, writtenAt: now(), sentAt: now() })))
}

/** The letter's words, plain and as a page. */
export const written = (letter: Letter): { text: string; html: string } => ({ text: plainText(letter), html: htmlText(letter) })

function plainText(letter: Letter): string {
  const part = (part: Part): string => {
    if (typeof part === 'string') return wrap(part)
    if ('code' in part) return `    ${part.code}`
    if ('facts' in part) return part.facts.map(([name, value]) => `    ${name}: ${value}`).join('\n')
    return `${part.button}:\n${part.href}`
  }
  return `${letter.parts.map(part).join('\n\n')}\n\n-- \n${letter.from}\n`
}

const wrap = (paragraph: string): string => paragraph.replace(/(?![^\n]{1,72}$)([^\n]{1,72})\s/g, '$1\n')

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)

// Mail programs read no stylesheets of ours, so the few rules stand in the letter itself. Colours are
// left to the reader's program, which knows whether it is dark.
function htmlText(letter: Letter): string {
  const part = (part: Part): string => {
    if (typeof part === 'string') return `<p>${escaped(part)}</p>`
    if ('code' in part) return `<p style="font-size:28px;letter-spacing:4px;font-weight:600;margin:24px 0">${escaped(part.code)}</p>`
    if ('facts' in part)
      return `<table role="presentation">${part.facts.map(([name, value]) => `<tr><td style="padding:2px 16px 2px 0">${escaped(name)}</td><td>${escaped(value)}</td></tr>`).join('')}</table>`
    return `<p style="margin:24px 0"><a href="${escaped(part.href)}" style="display:inline-block;padding:10px 18px;border:1px solid;border-radius:6px;text-decoration:none">${escaped(part.button)}</a></p>`
  }
  const body = letter.parts.map(part).join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escaped(letter.subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif"><div style="max-width:560px;margin:0 auto">
${body}
<p style="margin-top:32px">${escaped(letter.from)}</p>
</div></body></html>
`
}
