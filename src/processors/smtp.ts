/** The way out for letters: the operator's own mail server. */
import { Readable } from 'node:stream'
import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer'
import DKIM from 'nodemailer/lib/dkim'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Config } from '../config.ts'
import { isThisMachine } from '../egress/network.ts'
import { word } from '../log.ts'
import { type Said, tracedCall } from '../tracing.ts'
import type { Nameplate } from './nameplate.ts'

export const smtp: Nameplate = {
  name: 'Our e-mail server',
  does: 'Hands our letters to your e-mail provider',
  where: 'Where the operator runs it',
  purposes: ['service', 'updates', 'billing', 'support', 'rights', 'legal', 'security', 'operations'],
  receives: {
    to: 'contact',
    subject: 'correspondence',
    text: 'correspondence',
    html: 'correspondence',
    returnPath: 'reference',
    message: 'correspondence',
  },
  basis: 'contract',
  forget: 'It passes letters on and keeps none; its own log is deleted by its own rules.',
  correct: 'The next letter has what was corrected; of earlier ones it keeps nothing.',
  way: ({ smtpUrl }) => (smtpUrl ? new URL(smtpUrl) : undefined),
  own: true,
}

/** The fields of a message that is composed already. */
export const MESSAGE = ['to', 'returnPath', 'message'] as const

/** What is handed over: the fields that the nameplate lists, and no other. */
export interface Envelope {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** How it goes: with which headers, back to where, signed by which keys (DKIM). */
export interface Dispatch {
  readonly headers: Readonly<Record<string, string>>
  readonly at: Date
  readonly returnPath?: string | undefined
  readonly keys?: readonly SigningKey[] | undefined
}

/** The private half of a key whose public half is published as `keySelector._domainkey.domainName`. */
export interface SigningKey {
  readonly domainName: string
  readonly keySelector: string
  readonly privateKey: string
}

/** What a server does with a letter: takes it, or refuses it for good, with a code and its own words. */
export type Verdict = { readonly taken: true } | { readonly taken: false; readonly code: number; readonly says: string }

// RFC 8058 wants the one-click header signed; the others are what receivers sort by.
const SIGNED =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:' +
  'In-Reply-To:References:List-Id:List-Unsubscribe:List-Unsubscribe-Post:Feedback-ID:Auto-Submitted:Precedence'

const transports = new Map<string, Transporter>()

/**
 * A password goes over an encrypted connection or not at all, whatever a server offers (or somebody in between takes out of
 * its offer); a relay on this machine may do without.
 */
export function encryptionFor(url: string): { readonly requireTLS: boolean } {
  const { password, hostname } = new URL(url)
  return { requireTLS: password !== '' && hostname !== 'localhost' && !isThisMachine(hostname.replace(/^\[|\]$/g, '')) }
}

// One pool of connections a server, opened when the first letter goes.
function transportTo(url: string): Transporter {
  const open =
    transports.get(url) ??
    nodemailer.createTransport(url, {
      pool: true,
      maxConnections: 4,
      ...encryptionFor(url),
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: 60_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as object)
  transports.set(url, open)
  return open
}

/** Does the mail server answer, and let us in? Nothing is sent. Returns why not, in a code; undefined when it does. */
export async function reachSmtp({ smtpUrl }: Pick<Config, 'smtpUrl'>): Promise<string | undefined> {
  const once = nodemailer.createTransport({
    ...parseConnectionUrl(smtpUrl ?? ''),
    ...encryptionFor(smtpUrl ?? ''),
    connectionTimeout: 8_000,
    greetingTimeout: 8_000,
  })
  try {
    await once.verify()
    return undefined
  } catch (fault) {
    const { code, responseCode } = fault as { code?: string; responseCode?: number }
    return [code ?? 'no answer', responseCode].filter((part) => part !== undefined).join(' ')
  } finally {
    once.close()
  }
}

/** A mail server's answer that asks to try again later; the address is not part of it. */
class TryLater extends Error {
  override name = 'TryLater'
}

/**
 * Gives one letter to the server.
 * @throws TryLater on 4xx, and when the server cannot be reached
 */
export const sendBySmtp = (config: Config, envelope: Envelope, dispatch: Dispatch): Promise<Verdict> =>
  tracedCall(
    smtp.name,
    () => sendOne(config, envelope, dispatch),
    ({ taken }) => failing(taken ? undefined : 'refused'),
  )

const failing = (why: string | undefined): Said => (why === undefined ? {} : { 'error.type': word(why) })

async function sendOne(config: Config, envelope: Envelope, dispatch: Dispatch): Promise<Verdict> {
  try {
    await transportTo(config.smtpUrl ?? '').sendMail(messageFor(config, envelope, dispatch))
    return { taken: true }
  } catch (fault) {
    const { responseCode: code, response: says = '', code: kind } = fault as { responseCode?: number; response?: string; code?: string }
    // A refused sender or login is the operator's to mend, so it is tried again; a refused recipient is final.
    if (code !== undefined && code >= 500 && kind === 'EENVELOPE') return { taken: false, code, says }
    throw new TryLater(`the mail server did not take it: ${kind ?? 'unknown'} ${code ?? ''}`)
  }
}

// Of a letter that comes back only the head is wanted, where the server knows how to ask for that (RFC 3461).
function messageFor(config: Config, envelope: Envelope, { headers, at, returnPath, keys = [] }: Dispatch): SendMailOptions {
  return {
    ...envelope,
    from: config.mailFrom,
    date: at,
    headers: { ...headers },
    messageId: headers['Message-ID'],
    ...(returnPath
      ? {
          envelope: { from: returnPath, to: envelope.to },
          dsn: { id: headers['Message-ID'] ?? '', return: 'headers', notify: ['failure'], recipient: `rfc822;${envelope.to}` },
        }
      : {}),
    ...(keys.length > 0 ? { dkim: { keys: keys.map((key) => ({ ...key })), headerFieldNames: SIGNED } } : {}),
  }
}

/** Closes the connections; a letter on its way is finished first. */
export function closeSmtp(): void {
  for (const transport of transports.values()) transport.close()
  transports.clear()
  for (const lines of switchboards.values()) lines.close()
  switchboards.clear()
}

// ---- Many letters ------------------------------------------------------------------------------

/** A message that is composed already, and where it goes. */
export interface Parcel {
  readonly to: string
  /** Where the server reports what it cannot deliver. */
  readonly returnPath: string
  readonly message: Buffer
  readonly keys: readonly SigningKey[]
}

/**
 * What became of a parcel. `later`: the server asks to try again; `unreached`: no server answered, or it
 * takes nothing from us, and no word of the letter was sent; `unknown`: the letter was on its way, and no
 * answer came.
 */
export type Fate =
  | { readonly fate: 'taken' }
  /** Refused for good: this recipient, or what the letter says. */
  | { readonly fate: 'refused'; readonly code: number; readonly says: string; readonly about: 'recipient' | 'letter' }
  | { readonly fate: 'later'; readonly code: number; readonly says: string }
  | { readonly fate: 'unreached' }
  | { readonly fate: 'unknown' }

/** Gives one parcel to the server, over one of a few connections that stay open. It never throws. */
export function handOver(config: Config, parcel: Parcel): Promise<Fate> {
  const url = config.smtpUrl ?? ''
  const lines = switchboards.get(url) ?? new Switchboard(url, config.smtpConnections)
  switchboards.set(url, lines)
  return tracedCall(
    smtp.name,
    () => lines.send(parcel),
    ({ fate }) => failing(fate === 'taken' ? undefined : fate),
  )
}

const switchboards = new Map<string, Switchboard>()

// Some servers close a connection after a number of letters; ours ends it before they do.
const MOST_ON_ONE_LINE = 1_000
const PATIENCE = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000, dnsTimeout: 15_000 }

type Line = SMTPConnection & { sent?: number; gone?: boolean }

/**
 * A few connections, each with one letter at a time. The library's own pool would send a letter again
 * where it thinks that it may; here the fate of each letter is told to whoever handed it in.
 */
class Switchboard {
  readonly #options: ReturnType<typeof parseConnectionUrl>
  readonly #most: number
  readonly #idle: Line[] = []
  readonly #waiting: (() => void)[] = []
  #busy = 0
  #closed = false

  constructor(url: string, most: number) {
    this.#options = { ...parseConnectionUrl(url), ...PATIENCE, ...encryptionFor(url) }
    this.#most = most
  }

  async send(parcel: Parcel): Promise<Fate> {
    if (this.#busy >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#busy++
    try {
      return await this.#sendOnAny(parcel)
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#busy--
    }
  }

  /** Ends the connections; those in use end after their letter. */
  close(): void {
    this.#closed = true
    for (const line of this.#idle.splice(0)) line.quit()
  }

  // A connection that was idle may be dead without knowing it. Nothing was sent then, so a fresh one may try.
  async #sendOnAny(parcel: Parcel): Promise<Fate> {
    const used = this.#idle.findLast((line) => !line.gone)
    this.#idle.splice(0, Number.MAX_SAFE_INTEGER, ...this.#idle.filter((line) => !line.gone && line !== used))
    const fate: Fate = used ? await this.#sendOn(used, parcel) : { fate: 'unreached' }
    if (fate.fate !== 'unreached') return fate
    return openLine(this.#options).then(
      (line) => this.#sendOn(line, parcel),
      () => fate,
    )
  }

  async #sendOn(line: Line, parcel: Parcel): Promise<Fate> {
    // As a stream, because one can ask it whether the server got to the letter itself.
    const body = signed(parcel)
    const { to, returnPath } = parcel
    const dsn = { ret: 'HDRS', notify: 'FAILURE' }
    const fault = await new Promise<SMTPConnection.SMTPError | null>((resolve) =>
      line.send({ from: returnPath, to: [to], dsn } as SMTPConnection.Envelope, body, (fault) => resolve(fault)),
    )
    line.sent = (line.sent ?? 0) + 1
    if (fault && !line.gone) await resetLine(line)
    if (this.#closed || line.sent >= MOST_ON_ONE_LINE) line.quit()
    else if (!line.gone) this.#idle.push(line)
    return fault ? fateOf(fault, body.readableDidRead) : { fate: 'taken' }
  }
}

const signers = new WeakMap<readonly SigningKey[], DKIM>()

function signed({ message, keys }: Parcel): Readable {
  if (keys.length === 0) return Readable.from([message], { objectMode: false })
  const signer = signers.get(keys) ?? new DKIM({ keys: keys.map((key) => ({ ...key })), headerFieldNames: SIGNED })
  signers.set(keys, signer)
  return signer.sign(message)
}

// A connection that ends while it is being reset never answers.
const resetLine = (line: Line): Promise<void> =>
  new Promise((resolve) => {
    line.once('end', resolve)
    line.reset(() => {
      line.off('end', resolve)
      resolve()
    })
  })

async function openLine(options: ReturnType<typeof parseConnectionUrl>): Promise<Line> {
  const line: Line = new SMTPConnection(options)
  line.once('end', () => void (line.gone = true))
  try {
    await new Promise<void>((resolve, reject) => {
      line.on('error', reject)
      line.connect((fault) => (fault ? reject(fault) : resolve()))
    })
    await logIn(line, options as { auth?: SMTPConnection.Credentials })
    return line
  } catch (fault) {
    line.close()
    throw fault
  }
}

const logIn = (line: Line, { auth }: { auth?: SMTPConnection.Credentials }): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!auth?.user) return resolve()
    line.once('end', () => reject(new Error('the connection ended')))
    line.login({ credentials: auth }, (fault) => (fault ? reject(fault) : resolve()))
  })

/** What an error says about the letter. `begun`: the server had asked for the letter itself. */
function fateOf(fault: SMTPConnection.SMTPError, begun: boolean): Fate {
  const { responseCode: code, response: says = '', command, code: kind } = fault
  // The library itself does not take it for an address.
  if (command === 'API' && kind === 'EENVELOPE') return { fate: 'refused', code: 553, says: '5.1.3', about: 'recipient' }
  if (command === 'CONN' || command === 'API' || code === undefined) return { fate: begun ? 'unknown' : 'unreached' }
  // A refused sender is the operator's to mend: no letter goes until then.
  if (command === 'MAIL FROM') return { fate: 'unreached' }
  if (code < 500) return { fate: 'later', code, says }
  return { fate: 'refused', code, says, about: command === 'RCPT TO' ? 'recipient' : 'letter' }
}
