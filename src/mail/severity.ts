/**
 * How grave it is that a letter was not delivered: from the enhanced status (RFC 3463), the reply code (RFC
 * 5321) and, because many servers say the same in words alone, from the words that they are known to use.
 */

/** No mailbox there; refused for good by whoever has it; a passing reason; nothing that counts. */
export type Severity = 'gone' | 'refused' | 'soft' | 'none'

/** What a server said. */
export interface Said {
  readonly status?: string | undefined
  readonly reply?: number | undefined
  readonly words?: string | undefined
}

// What servers say of a mailbox that is not there. Looked for only in failures that are for good, and never
// where the same words speak of the sender or of a filter.
const GONE = [
  /\b(user|recipient|mailbox|account|address|addressee|local.?part|member|resident)('s)?\b[^.\n]{0,60}\b(unknown|not found|does ?n[o']t exist|doesn.t exist|not exist|no longer (exists|valid|in use|active|available|on server)|not known|invalid|disabled|deactivated|inactive|closed|suspended|discontinued|expired|has moved|is not (valid|active|listed|a valid))/i,
  /\b(unknown|invalid|no such|nonexistent|non-existent|bad|illegal|disabled|inactive|undeliverable) (local |virtual |destination )?(user|recipient|mailbox|account|address|addressee|person|local.?part|alias)/i,
  /\bno (mailbox|user|account|one)( here)?( by that name| with that| matching| found)/i,
  /\bthere is no (one|user|mailbox|account)|\bnot our customer|\bnot a (known|valid) (user|recipient|mailbox|address)|\bdoes not (have|like) (a |an )?\S+ account|doesn't have an? \S+ account/i,
  /\bmailbox (is )?unavailable|\bmailbox not available|\b(account|user) (is )?disabled|no mailbox here|address rejected: access denied/i,
  /\bhost or domain name not found|domain (name )?(does not exist|not found)|host (not found|unknown)|unrout(e)?able (mail )?domain|unrouteable address|no (valid )?mx|null mx|domain .{0,80}does not accept (e?-?)mail|name (service|server).{0,40}type=(a|mx).{0,60}not found/i,
  /Empfänger(adresse)? (unbekannt|existiert nicht)|(utilisateur|destinataire) (inconnu|inexistant)|(usuario|destinatario) (desconocido|no existe|inexistente)/i,
]

const FULL =
  /\b(mailbox|quota|inbox|storage|user|account)\b[^.\n]{0,40}\b(full|exceed(ed|s)?|over ?quota|out of storage)|\bover ?quota|\bquota exceeded|insufficient (system )?storage/i

const FILTER =
  /\b(spam|block(ed|list|lists)?|blacklist|denylist|reputation|policy|dmarc|spf|dkim|greylist|rate.?limit|throttl|too many|unsolicited|virus|malware|content|spamhaus|barracuda|proofpoint|try again|message (size|too (big|large)))\b/i

const SENDER = /\bsender('s)?\b[^.\n]{0,40}\b(address|domain|verify|rejected|unknown|does not)|\bMAIL FROM\b/i

/** The enhanced status in a text, such as `5.1.1`, the first that tells of a failure. */
export function statusIn(text: string): string | undefined {
  const found = [...text.matchAll(/(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])/g)].map(([status]) => status)
  return found.find((status) => !status.startsWith('2')) ?? found[0]
}

/** The reply code in a text, such as `550`. */
export function replyIn(text: string): number | undefined {
  const found = /(?<![\d.])([45][0-5]\d)(?=[ \-#:;,)]|$)/m.exec(text)
  return found ? Number(found[1]) : undefined
}

/** How grave it is, for a failure that its server calls final. */
export function severityOf(said: Said): Severity {
  const words = (said.words ?? '').slice(0, 4_000)
  const status = moreExact(said.status, statusIn(words))
  const reply = said.reply ?? replyIn(words)
  const byWords = severityByWords(words)
  if (status?.startsWith('4') || (status === undefined && reply !== undefined && reply < 500)) return 'soft'
  return byStatus(status, byWords) ?? byWords ?? (reply === undefined && status === undefined ? 'soft' : 'refused')
}

// Reports often carry a plain 5.0.0 where the server's own words are exact.
function moreExact(given: string | undefined, inWords: string | undefined): string | undefined {
  if (given === undefined || /^5\.0\.0$/.test(given)) return inWords ?? given
  return given
}

function severityByWords(words: string): Severity | undefined {
  if (FULL.test(words)) return 'soft'
  const gone = GONE.some((pattern) => pattern.test(words))
  if (gone && !SENDER.test(words)) return 'gone'
  return FILTER.test(words) ? 'soft' : undefined
}

const THERE_IS_NO_MAILBOX = /^5\.1\.(1|2|3|6|10)$|^5\.2\.1$/

function byStatus(status: string | undefined, byWords: Severity | undefined): Severity | undefined {
  const [, subject, detail] = status?.split('.') ?? []
  if (status === undefined || subject === '0') return undefined
  // A filter that says "no such user" to a sender it distrusts still says no more than that it distrusts.
  if (THERE_IS_NO_MAILBOX.test(status)) return byWords === 'soft' ? 'soft' : 'gone'
  if (subject === '1') return detail === '7' || detail === '8' ? 'soft' : (byWords ?? 'refused')
  // Full, too large, a system in trouble, a route that loops, a filter: all of it may pass.
  return byWords === 'gone' ? 'gone' : 'soft'
}
