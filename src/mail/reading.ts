/**
 * A letter that came in, taken apart: who says that they wrote it, their own words without what
 * they quote, documents, and whether a machine wrote it. However broken it is, it is read without a fault.
 */
import type { Attachment, ParsedMail } from 'mailparser'
import type { Opened } from './incoming.ts'
import { MOST_PAPER, type Paper, plainName, typeOf } from './paper.ts'

export interface LetterIn {
  /** The one address in `From`, in lower case; undefined where there is none, or more than one. */
  readonly from: string | undefined
  readonly subject: string
  /** What the writer wrote themself. */
  readonly text: string
  /** Sent on from somebody else. */
  readonly forwarded: boolean
  /** Nobody here can read it. */
  readonly encrypted: boolean
  /** What a machine wrote: an answer that nobody may answer, or something for many. */
  readonly machine: 'answer' | 'bulk' | undefined
  readonly messageId: string
  /** The letters that it says it answers. */
  readonly references: readonly string[]
  readonly papers: readonly Paper[]
  /** Documents that are not kept: too large, too many, or of a type that we do not take. */
  readonly leftOut: number
}

const MOST_PAPERS = 5
const MOST_TEXT = 20_000

const nothing: LetterIn = {
  from: undefined,
  subject: '',
  text: '',
  forwarded: false,
  encrypted: false,
  machine: undefined,
  messageId: '',
  references: [],
  papers: [],
  leftOut: 0,
}

const options = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true, maxHtmlLengthToParse: 1_000_000 }

/** Takes a letter apart that came in. One that was fetched by IMAP has no envelope: its return path is what the server noted. */
export const readIncoming = ({ raw, bringer, from }: Opened): Promise<LetterIn> => readLetter(raw, bringer ? from : undefined)

/** Takes a letter apart. `envelope` is where it says to send back what cannot be delivered. */
export async function readLetter(raw: Buffer, envelope: string | undefined): Promise<LetterIn> {
  const { simpleParser } = await import('mailparser')
  const mail = await simpleParser(raw, options).catch(() => undefined)
  if (!mail) return { ...nothing, text: raw.toString('latin1', 0, MOST_TEXT) }
  const whole = (mail.text || plain(mail.html || '')).normalize('NFC').replace(/\r\n?/g, '\n').replaceAll('\0', '').slice(0, 200_000)
  const subject = (mail.subject ?? '').normalize('NFC').replace(/\s+/g, ' ').slice(0, 500)
  const papers = papersIn(mail.attachments)
  return {
    from: fromIn(mail),
    subject,
    text: ownWords(whole).slice(0, MOST_TEXT),
    forwarded: isForwarded(subject, whole, mail),
    encrypted: isEncrypted(mail, whole),
    machine: machineIn(mail, envelope),
    messageId: mail.messageId?.slice(0, 500) ?? '',
    references: referencesIn(mail),
    papers,
    leftOut: mail.attachments.filter(({ related }) => !related).length - papers.length,
  }
}

function fromIn({ from }: ParsedMail): string | undefined {
  const [one, ...more] = from?.value ?? []
  const address = one?.address?.toLowerCase() ?? ''
  return more.length === 0 && /^[^\s<>"(),;:\\[\]]{1,64}@[a-z0-9.-]{1,253}$/.test(address) && address.length <= 254 ? address : undefined
}

const headerOf = ({ headerLines }: ParsedMail, name: string): string =>
  headerLines
    .filter(({ key }) => key === name)
    .map(({ line }) => line.slice(line.indexOf(':') + 1).trim())
    .join(' ')

const referencesIn = (mail: ParsedMail): string[] => {
  const named = `${headerOf(mail, 'in-reply-to')} ${headerOf(mail, 'references')}`.slice(0, 20_000)
  return [...new Set(named.match(/<[^<>\s]{1,400}>/g) ?? [])].slice(-50)
}

const plain = (html: string): string =>
  html
    .slice(0, 1_000_000)
    .replace(/<(script|style|head)\b[\s\S]{0,200000}?<\/\1>/gi, ' ')
    .replace(/<blockquote\b[\s\S]{0,200000}?<\/blockquote>/gi, '\n')
    .replace(/<(br|\/p|\/div|\/tr|\/li|\/h\d)\b[^>]{0,200}>/gi, '\n')
    .replace(/<[^>]{0,1000}>/g, ' ')
    .replace(/&nbsp;|&#160;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#(\d{2,6});/g, (_, code: string) => character(Number(code)))
    .replace(/&([aeiou])(acute|grave|uml|circ);/gi, (_, letter: string, mark: string) => `${letter}${MARKS[mark.toLowerCase()] ?? ''}`)
    .replace(/&(n)tilde;/gi, 'ñ')
    .replace(/&szlig;/g, 'ß')
    .replace(/&amp;/g, '&')
    .replace(/[ \t]+/g, ' ')
    .normalize('NFC')

const MARKS: Readonly<Record<string, string>> = { acute: '\u0301', grave: '\u0300', uml: '\u0308', circ: '\u0302' }
const character = (code: number): string => (code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ')

// Where a mail program begins to quote: all that follows was written by somebody else, or earlier.
const QUOTES =
  /^\s*(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d['’]origine|message transféré|mensaje (original|reenviado))|begin forwarded message|(on|am|le|el) .{5,200}(wrote|schrieb|a écrit|escribió).{0,120}:\s*$|(from|von|de)\s*:\s.{1,200}@.{1,200}$|_{20,}\s*$)/im

/** The words that the writer wrote, without quotes and without what stands below their name. */
export function ownWords(text: string): string {
  const begins = QUOTES.exec(text)
  const own = begins ? text.slice(0, begins.index) : text
  const [words = ''] = own.split(/^-- ?$/m, 1)
  return words
    .split('\n')
    .filter((line) => !/^\s*>/.test(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const isForwarded = (subject: string, text: string, { attachments }: ParsedMail): boolean =>
  /^\s*(fwd?|wg|tr|rv|enc)\s*:/i.test(subject) ||
  /^\s*(-{2,}\s*(forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado)|begin forwarded message)/im.test(text) ||
  attachments.some(({ contentType }) => contentType === 'message/rfc822')

const isEncrypted = (mail: ParsedMail, text: string): boolean =>
  /multipart\/encrypted|application\/(x-)?pkcs7-mime/i.test(headerOf(mail, 'content-type')) ||
  mail.attachments.some(({ contentType }) => /application\/(pgp-encrypted|(x-)?pkcs7-mime)/i.test(contentType)) ||
  text.includes('-----BEGIN PGP MESSAGE-----')

const AWAY =
  /^\s*(re:\s*)?(out of (the )?office|automatic reply|auto-?reply|auto:|abwesend|abwesenheit|automatische antwort|réponse automatique|absent du bureau|respuesta automática|fuera de la oficina)/i
const ROBOT = /^(mailer-?daemon|post-?master|no-?reply|do-?not-?reply|bounces?)(\+|$)/i

/** RFC 3834: what must not be answered. */
function machineIn(mail: ParsedMail, envelope: string | undefined): LetterIn['machine'] {
  const auto = headerOf(mail, 'auto-submitted').toLowerCase()
  const local = mail.from?.value[0]?.address?.split('@')[0] ?? ''
  const answers = /auto-(replied|notified)/.test(auto) || /auto_?reply/i.test(headerOf(mail, 'precedence'))
  const marked = ['x-autoreply', 'x-autorespond', 'x-vacation'].some((name) => headerOf(mail, name) !== '')
  const reports = /multipart\/report/i.test(headerOf(mail, 'content-type'))
  if (answers || marked || reports || envelope === '' || AWAY.test(mail.subject ?? '') || ROBOT.test(local)) return 'answer'
  const listed = ['list-id', 'list-post', 'list-unsubscribe', 'mailing-list'].some((name) => headerOf(mail, name) !== '')
  return listed || /\b(bulk|list|junk)\b/i.test(headerOf(mail, 'precedence')) || (auto !== '' && !/^no\b/.test(auto)) ? 'bulk' : undefined
}

function papersIn(attachments: readonly Attachment[]): Paper[] {
  const papers = attachments.flatMap(({ content, filename, related }): Paper[] => {
    const type = related || content.length > MOST_PAPER ? undefined : typeOf(content)
    return type ? [{ what: 'attachment', type, name: plainName(filename ?? ''), bytes: content }] : []
  })
  return papers.slice(0, MOST_PAPERS)
}
