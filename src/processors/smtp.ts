/** The way out for letters: the operator's own mail server. */
import nodemailer, { type SendMailOptions, type Transporter } from 'nodemailer'
import type { Config } from '../config.ts'
import type { Nameplate } from './nameplate.ts'

export const smtp: Nameplate = {
  name: 'Our e-mail server',
  does: 'Hands our letters to your e-mail provider',
  where: 'Where the operator runs it',
  receives: { to: 'contact', subject: 'correspondence', text: 'correspondence', html: 'correspondence' },
  basis: 'contract',
  forget: 'It passes letters on and keeps none; its own log is deleted by its own rules.',
}

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

// One pool of connections a server, opened when the first letter goes.
function transportTo(url: string): Transporter {
  const open =
    transports.get(url) ??
    nodemailer.createTransport(url, {
      pool: true,
      maxConnections: 4,
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: 60_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as object)
  transports.set(url, open)
  return open
}

/** A mail server's answer that asks to try again later; the address is not part of it. */
class TryLater extends Error {
  override name = 'TryLater'
}

/**
 * Gives one letter to the server.
 * @throws TryLater on 4xx, and when the server cannot be reached
 */
export async function sendBySmtp(config: Config, envelope: Envelope, dispatch: Dispatch): Promise<Verdict> {
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
}
