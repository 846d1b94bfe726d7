/** Signing by Standard Webhooks: whoever knows the secret can tell that a message is ours, whole and fresh. */
import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'

/** A fresh secret of 256 bits, as programs are given it. */
export const freshSecret = (): string => PREFIX + randomBytes(32).toString('base64')

/** The headers of a message, signed under each of the secrets: while one is replaced, both count. */
export function signedHeaders(secrets: readonly string[], message: { id: string; at: Date; body: string }): Record<string, string> {
  const seconds = Math.floor(message.at.getTime() / 1000)
  const signed = `${message.id}.${seconds}.${message.body}`
  const signature = (secret: string): string =>
    `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
      .update(signed)
      .digest('base64')}`
  return {
    'content-type': 'application/json',
    'user-agent': 'Cloudrun-Webhooks/1',
    'webhook-id': message.id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': secrets.map(signature).join(' '),
  }
}
