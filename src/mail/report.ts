/**
 * What a letter that came in reports: a failure (RFC 3464, or in the words of those who follow no standard),
 * a complaint (RFC 5965), or nothing that counts: a delay, an answering machine, a challenge. Whatever comes
 * in, however broken, is read without a fault.
 */
import type { Attachment, ParsedMail } from 'mailparser'
import { addressesIn, failingWords, speaksOfDelay } from './plain-report.ts'
import { tokensIn } from './return-path.ts'
import { type Severity, severityOf, statusIn } from './severity.ts'

export interface Report {
  readonly kind: 'failure' | 'delay' | 'success' | 'complaint' | 'machine' | 'other'
  /** How grave a failure is; `none` for everything else. */
  readonly severity: Severity
  readonly code?: string | undefined
  /** The addresses that it is about, in lower case; none when it does not say. */
  readonly names: readonly string[]
  /** Words in it that may stand for something that we sent. */
  readonly tokens: readonly string[]
}

type Read = Omit<Report, 'tokens'>
const nothing = (kind: Report['kind']): Read => ({ kind, severity: 'none', names: [] })

/** Reads what came in; to the mailbox for complaints, a letter of ours that is handed back is one. Never throws. */
export async function reportIn(raw: Buffer, mailbox: string): Promise<Report> {
  const mail = await parsed(raw)
  if (!mail) return { ...nothing('other'), tokens: tokensIn(raw.toString('latin1')) }
  const tokens = tokensIn([raw.toString('latin1'), mail.text ?? '', ...mail.attachments.map(contentOf)].join('\n'))
  return { ...(mailbox === 'complaints' ? (handedBack(mail) ?? read(mail)) : read(mail)), tokens }
}

const options = { keepDeliveryStatus: true, skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true }

async function parsed(raw: Buffer): Promise<ParsedMail | undefined> {
  const { simpleParser } = await import('mailparser')
  return simpleParser(raw, options).catch(() => undefined)
}

const contentOf = ({ content }: Attachment): string => content.subarray(0, 200_000).toString('utf8')
const partOf = (mail: ParsedMail, type: RegExp): string | undefined => {
  const part = mail.attachments.find(({ contentType }) => type.test(contentType))
  return part && contentOf(part)
}

function read(mail: ParsedMail): Read {
  const feedback = partOf(mail, /^message\/feedback-report$/i)
  if (feedback !== undefined) return complaint(fieldsIn(feedback)[0] ?? new Map<string, string>())
  const status = partOf(mail, /^message\/(global-)?delivery-status$/i)
  if (status !== undefined) return deliveryStatus(status, wordsOf(mail))
  return readWords(mail)
}

/** Groups of `Name: value`, lines that begin with a blank belonging to the line before. */
export function fieldsIn(text: string): Map<string, string>[] {
  const groups = text
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]+(?=\S)/g, ' ')
    .split(/\n[ \t]*\n/)
  const fields = groups.map((group) => {
    const lines = [...group.matchAll(/^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)$/gm)]
    return new Map(lines.map(([, name = '', value = '']) => [name.toLowerCase(), value.trim()]))
  })
  return fields.filter((group) => group.size > 0)
}

// What counts as somebody not wanting a letter. "Not spam", and reports on broken signatures, do not.
const UNWANTED = new Set(['abuse', 'fraud', 'virus', 'opt-out', 'opt-out-list', 'complaint', 'miscategorized'])

function complaint(fields: Map<string, string>): Read {
  const type = (fields.get('feedback-type') ?? '').toLowerCase()
  if (!UNWANTED.has(type)) return nothing('other')
  const name = addressIn(fields.get('original-rcpt-to') ?? '')
  return { kind: 'complaint', severity: 'none', names: name ? [name] : [] }
}

// Some providers forward the letter that was reported, and write no report.
const handedBack = (mail: ParsedMail): Read | undefined =>
  mail.attachments.every(({ contentType }) => /^(message\/rfc822|text\/rfc822-headers)$/i.test(contentType)) && mail.attachments.length > 0
    ? { ...nothing('complaint') }
    : undefined

const ACTIONS: Readonly<Record<string, Report['kind']>> = {
  failed: 'failure',
  delayed: 'delay',
  delivered: 'success',
  relayed: 'success',
  expanded: 'success',
}

function deliveryStatus(text: string, words: string): Read {
  const groups = fieldsIn(text).filter((group) => group.has('final-recipient') || group.has('original-recipient') || group.has('action'))
  const kinds = groups.map((group) => kindOf(group))
  const failed = groups.filter((_, at) => kinds[at] === 'failure')
  const [first] = failed
  if (!first) return nothing(kinds[0] ?? 'other')
  const status = statusIn(first.get('status') ?? '')
  const said = diagnosis(first.get('diagnostic-code'))
  const names = failed.flatMap((group) => [addressIn(group.get('final-recipient') ?? ''), addressIn(group.get('original-recipient') ?? '')])
  return {
    kind: 'failure',
    // The prose of the report is asked only when the fields say nothing exact.
    severity: severityOf({ status, words: said || (isExact(status) ? '' : words) }),
    code: moreExact(status, said),
    names: [...new Set(names.filter((name) => name !== undefined))],
  }
}

const isExact = (status: string | undefined): boolean => status !== undefined && !status.endsWith('.0.0')
const moreExact = (status: string | undefined, words: string): string | undefined =>
  isExact(status) ? status : (statusIn(words) ?? status)

// A missing action is read from the status; a report that names neither says nothing.
function kindOf(group: Map<string, string>): Report['kind'] {
  const action = /^[a-z]+/.exec((group.get('action') ?? '').toLowerCase())?.[0]
  if (action !== undefined) return ACTIONS[action] ?? 'other'
  return group.get('status')?.startsWith('5') ? 'failure' : 'other'
}

// "smtp; 550-5.1.1 …": the words of the server that refused. X-Postfix and the like are words of the one that tells.
const diagnosis = (field: string | undefined): string => (field ?? '').replace(/^[\w-]+\s*;\s*/, '')

/** The address in a field such as `rfc822; <ada@example.org>`. */
function addressIn(field: string): string | undefined {
  const address = field
    .slice(0, 1_000)
    .replace(/^[\w-]+\s*;\s*/, '')
    .toLowerCase()
  return /[^\s<>"',;:()]+@[^\s<>"',;:()]+/.exec(address)?.[0]
}

const plain = (html: string): string =>
  html
    .replace(/<(br|\/p|\/div|\/tr|\/h\d)\b[^>]{0,200}>/gi, '\n')
    .replace(/<[^>]{0,500}>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&#64;/g, '@')
    .replace(/&nbsp;/g, ' ')

/** The words of a letter, at most so many that reading them costs little. */
const wordsOf = (mail: ParsedMail): string => (mail.text || plain((mail.html || '').slice(0, 100_000))).slice(0, 20_000)

const headerOf = (mail: ParsedMail, name: string): string =>
  mail.headerLines
    .filter(({ key }) => key === name)
    .map(({ line }) => line.slice(line.indexOf(':') + 1).trim())
    .join(' ')

const FAILED =
  /undeliver|undelivered|not (be )?deliver|delivery (status|failure|notification|report|problem|has failed)|failure notice|returned (mail|to sender)|mail delivery|delivery failed|message (could not|cannot) be|rejected|bounce|unzustellbar|zustellung|nicht zugestellt|non remis|échec|no entregado|devuelto|mail system error|warning: message/i
const ROBOT =
  /^"?(mailer-?daemon|post-?master|mail delivery (sub)?system|mail delivery service|mail administrator|mdaemon|system administrator|microsoft outlook)/i
const AWAY =
  /out of (the )?office|automatic reply|auto-?reply|auto:|autoreply|abwesen|abwesenheit|vacation|away from|réponse automatique|respuesta automática|fuera de la oficina/i

/** Letters without a part for machines: the head says who wrote, the words say what happened. */
function readWords(mail: ParsedMail): Read {
  const failedTo = headerOf(mail, 'x-failed-recipients')
  const words = wordsOf(mail)
  const subject = mail.subject ?? ''
  if (!failedTo && (AWAY.test(subject) || !comesFromAServer(mail))) return nothing(isMachine(mail) ? 'machine' : 'other')
  if (!failedTo && !FAILED.test(`${subject}\n${words.slice(0, 2_000)}`)) return nothing(isMachine(mail) ? 'machine' : 'other')
  if (speaksOfDelay(`${subject}\n${words}`)) return nothing('delay')
  const said = failingWords(words)
  const names = failedTo ? addressesIn(failedTo) : addressesIn(said)
  return { kind: 'failure', severity: severityOf({ words: said }), code: statusIn(said), names }
}

function comesFromAServer(mail: ParsedMail): boolean {
  const from = mail.from?.value[0]
  const local = from?.address?.split('@')[0] ?? ''
  return ROBOT.test(local) || ROBOT.test(from?.name ?? '') || /^(<>|"?mailer-daemon)/i.test(headerOf(mail, 'return-path'))
}

const isMachine = (mail: ParsedMail): boolean =>
  /auto-(replied|generated|notified)/i.test(headerOf(mail, 'auto-submitted')) ||
  /auto_?reply|bulk|junk/i.test(headerOf(mail, 'precedence')) ||
  /./.test(headerOf(mail, 'x-autoreply') + headerOf(mail, 'x-autorespond') + headerOf(mail, 'x-vacation')) ||
  AWAY.test(mail.subject ?? '')
