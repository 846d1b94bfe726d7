/** Believing what one is told: the signature of Standard Webhooks, checked in constant time by the platform itself. */
import type { Told } from './api.ts'

/** A message that is not from the one who knows the secret, or not fresh. */
export class NotBelieved extends Error {
  override name = 'NotBelieved'
}

/** Seconds by which clocks may differ, and messages be late. */
const TOLERANCE = 300

type Headers = { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>

interface Message {
  /** The body as it arrived: the text, before any parsing. */
  readonly body: string
  readonly headers: Headers
  /** The secret `whsec_…`; while it is replaced, the old and the new one. */
  readonly secret: string | readonly string[]
  /** The moment to compare with; now, unless it says otherwise. */
  readonly now?: Date
}

/**
 * What the message says, if it is to be believed. Keep `id`: what has it was told already.
 * @throws NotBelieved when it is forged, changed, or older than five minutes
 */
export async function believe({ body, headers, secret, now = new Date() }: Message): Promise<Told & { readonly id: string }> {
  const [id, seconds, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => read(headers, name))
  if (!id || !seconds || !signatures) throw new NotBelieved('a header is missing')
  if (!/^\d+$/.test(seconds) || Math.abs(now.getTime() / 1000 - Number(seconds)) > TOLERANCE) throw new NotBelieved('not fresh')
  const signed = new TextEncoder().encode(`${id}.${seconds}.${body}`)
  const sent = signatures.split(' ').flatMap((one) => (one.startsWith('v1,') ? [bytes(one.slice(3))] : []))
  for (const one of [secret].flat()) {
    const key = await crypto.subtle.importKey('raw', bytes(one.replace(/^whsec_/, '')), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ])
    for (const signature of sent)
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return { ...(JSON.parse(body) as Told), id }
  }
  throw new NotBelieved('no signature fits')
}

function read(headers: Headers, name: string): string | undefined {
  if (typeof headers.get === 'function') return headers.get(name) ?? undefined
  const value = (headers as Readonly<Record<string, string | readonly string[] | undefined>>)[name]
  return typeof value === 'string' ? value : value?.[0]
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
