/** Stripe's webhook signature. */
import { createHmac } from 'node:crypto'

/** The header for a body: a moment in seconds, and one signature for each secret (two while one is being rolled). */
export function sign(body: string, secrets: string[], seconds: number): string {
  const parts = secrets.map((secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`)
  return [`t=${seconds}`, ...parts].join(',')
}
