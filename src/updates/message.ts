/**
 * A letter as it goes over the wire (RFC 5322), made once for an issue and finished for each reader. What
 * is the same for all of them is encoded once: a million letters cost a million addresses, not a million
 * encodings.
 */
import { randomUUID } from 'node:crypto'
import addressparser from 'nodemailer/lib/addressparser'
import { encodeWords, foldLines } from 'nodemailer/lib/mime-funcs'
import { encode, wrap } from 'nodemailer/lib/qp'
import { escaped, filled, type Piece, type Pressed, type Reader } from './rendering.ts'

/** What the letters of an issue have in common besides their words. */
export interface Sender {
  /** Such as `Cloudrun <hello@example.com>`. */
  readonly from: string
  /** The list in words and as a name, such as `News` and `news.example.com`. */
  readonly list: readonly [title: string, id: string]
  /** By which a mailbox provider reports in aggregate: campaign, list, kind, sender. */
  readonly feedbackId: string
  readonly archive: string
}

/** Whom a letter is for. */
export interface Addressee extends Reader {
  readonly to: string
  /** The address that a letter leaves by, where there is a door for it. */
  readonly leaveByLetter?: string | undefined
  /** In its angle brackets. */
  readonly messageId: string
  readonly date: Date
}

/** A letter that is encoded but for what differs from reader to reader. */
export type Stencil = (addressee: Addressee) => Buffer

const BREAK = '\r\n'

/** Makes the stencil of an issue's letters. */
export function stencilOf(pressed: Pressed, sender: Sender): Stencil {
  const boundary = `_${randomUUID()}`
  const head = headOf(sender, boundary)
  const subject = pressed.subject.every((piece) => typeof piece === 'string') ? subjectLine(pressed.subject.join('')) : undefined
  const [text, html] = [linesOf(pressed.text), linesOf(pressed.html)]
  const [plainHead, htmlHead] = (['plain', 'html'] as const).map((kind) => partHead(kind, boundary))
  return (addressee) =>
    Buffer.from(
      [
        `To: ${addressee.to}`,
        subject ?? subjectLine(filled(pressed.subject, addressee)),
        `Message-ID: ${addressee.messageId}`,
        `Date: ${addressee.date.toUTCString().replace('GMT', '+0000')}`,
        // One header, signed, with one address for one click (RFC 8058); the other is for programs that leave by letter.
        `List-Unsubscribe: ${addressee.leaveByLetter ? `<mailto:${addressee.leaveByLetter}?subject=unsubscribe>,${BREAK} ` : ''}<${addressee.leave}>`,
        head,
        plainHead,
        finished(text, addressee, plain),
        htmlHead,
        finished(html, addressee, escaped),
        `--${boundary}--${BREAK}`,
      ].join(BREAK),
    )
}

const plain = (text: string): string => text

// A header is one line, whatever a name or a subject holds.
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim()
const header = (name: string, value: string): string => foldLines(`${name}: ${encodeWords(oneLine(value), 'Q', 52)}`, 76)
const subjectLine = (subject: string): string => header('Subject', subject)

function headOf({ from, list: [title, id], feedbackId, archive }: Sender, boundary: string): string {
  return [
    `From: ${mailbox(from)}`,
    `List-Unsubscribe-Post: List-Unsubscribe=One-Click`,
    `List-Id: ${phrase(title)}<${id}>`,
    `List-Archive: <${archive}>`,
    header('Feedback-ID', feedbackId),
    'Precedence: bulk',
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative;${BREAK} boundary="${boundary}"`,
    '',
  ].join(BREAK)
}

function mailbox(text: string): string {
  const [first] = addressparser(oneLine(text))
  return first?.address ? `${phrase(first.name)}<${first.address}>` : oneLine(text)
}

function phrase(name: string): string {
  const clean = oneLine(name).replace(/["\\]/g, '')
  if (!clean) return ''
  return `${/^[\w .'-]*$/.test(clean) ? `"${clean}"` : encodeWords(clean, 'Q', 52, true)} `
}

const partHead = (kind: 'plain' | 'html', boundary: string): string =>
  [`--${boundary}`, `Content-Type: text/${kind}; charset=utf-8`, 'Content-Transfer-Encoding: quoted-printable', ''].join(BREAK)

/** Lines that are the same for all, encoded; or the pieces of a line that is not. */
type Line = string | readonly Piece[]

const encoded = (line: string): string => wrap(encode(line))

// Quoted-printable is a matter of lines, so that those without an open place can be encoded beforehand.
function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: Piece[][] = [[]]
  for (const piece of pieces) {
    const [first, ...rest] = typeof piece === 'string' ? piece.split('\n') : [piece]
    lines.at(-1)?.push(first ?? '')
    for (const line of rest) lines.push([line])
  }
  return merged(lines.map((line) => (line.every((piece) => typeof piece === 'string') ? encoded(line.join('')) : line)))
}

function merged(lines: readonly Line[]): Line[] {
  const merged: Line[] = []
  for (const line of lines) {
    const last = merged.at(-1)
    if (typeof line === 'string' && typeof last === 'string') merged[merged.length - 1] = `${last}${BREAK}${line}`
    else merged.push(line)
  }
  return merged
}

const finished = (lines: readonly Line[], reader: Reader, as: (text: string) => string): string =>
  lines.map((line) => (typeof line === 'string' ? line : encoded(filled(line, reader, as)))).join(BREAK)
