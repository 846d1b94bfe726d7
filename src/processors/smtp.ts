/** The way out for letters: the operator's own mail server. */
import nodemailer, { type Transporter } from 'nodemailer'
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
 * @returns whether it was taken; a refusal for good (5xx) says with which code
 * @throws TryLater on 4xx, and when the server cannot be reached
 */
export async function sendBySmtp(
  config: Config,
  envelope: Envelope,
  headers: Record<string, string>,
): Promise<{ taken: true } | { taken: false; code: number }> {
  try {
    await transportTo(config.smtpUrl ?? '').sendMail({ ...envelope, from: config.mailFrom, headers, messageId: headers['Message-ID'] })
    return { taken: true }
  } catch (fault) {
    const { responseCode: code, code: kind } = fault as { responseCode?: number; code?: string }
    // A refused sender or login is the operator's to mend, so it is tried again; a refused recipient is final.
    if (code !== undefined && code >= 500 && kind === 'EENVELOPE') return { taken: false, code }
    throw new TryLater(`the mail server did not take it: ${kind ?? 'unknown'} ${code ?? ''}`)
  }
}

/** Closes the connections; a letter on its way is finished first. */
export function closeSmtp(): void {
  for (const transport of transports.values()) transport.close()
  transports.clear()
}
