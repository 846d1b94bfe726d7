/**
 * A signed message of the Data Rights Protocol 1.0: base64 of an Ed25519 signature (64 bytes) and the JSON that
 * it signs. The bytes are verified as they came; nothing is read of them before that.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { HOUR } from '../clock.ts'

const SIGNATURE = 64
// What stands before a raw Ed25519 key in DER (RFC 8410).
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')
/** The longest time for which a message may be good: so long is remembered that it came. */
const LONGEST = HOUR

/** An agent's key, of 32 bytes in base64; undefined when it is none. */
export function verifyKeyIn(text: string): KeyObject | undefined {
  const raw = Buffer.from(text, 'base64')
  if (raw.length !== 32 || raw.toString('base64') !== text) return undefined
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' })
}

const envelope = z.object({
  'agent-id': z.string().max(200),
  'business-id': z.string().max(200),
  'issued-at': z.iso.datetime({ offset: true, local: true }),
  'expires-at': z.iso.datetime({ offset: true, local: true }),
  'drp.version': z.literal('1.0'),
})
export type Payload = z.infer<typeof envelope> & Readonly<Record<string, unknown>>

/** What a message must be true to. */
export interface Expected {
  readonly key: KeyObject
  readonly agentId: string
  readonly businessId: string
  readonly at: Date
}

export type Fault = 'not a message' | 'wrong signature' | 'wrong agent' | 'wrong business' | 'not yet' | 'expired' | 'good for too long'
export type Read =
  | { readonly ok: true; readonly payload: Payload; readonly signatureHash: string; readonly expiresAt: Date }
  | { readonly ok: false; readonly fault: Fault }

const no = (fault: Fault): Read => ({ ok: false, fault })

/** Opens a message: base64, signature, agent, business, times, in this order. */
export function readMessage(body: string, { key, agentId, businessId, at }: Expected): Read {
  const text = body.trim()
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length <= SIGNATURE || bytes.toString('base64') !== text) return no('not a message')
  const [signature, signed] = [bytes.subarray(0, SIGNATURE), bytes.subarray(SIGNATURE)]
  if (!verify(null, signed, key, signature)) return no('wrong signature')
  const parsed = z.looseObject(envelope.shape).safeParse(jsonIn(signed))
  if (!parsed.success) return no('not a message')
  const payload: Payload = parsed.data
  const [issuedAt, expiresAt] = [new Date(payload['issued-at']), new Date(payload['expires-at'])]
  if (payload['agent-id'] !== agentId) return no('wrong agent')
  if (payload['business-id'] !== businessId) return no('wrong business')
  if (at < issuedAt) return no('not yet')
  if (at >= expiresAt) return no('expired')
  if (expiresAt.getTime() - issuedAt.getTime() > LONGEST) return no('good for too long')
  // What was signed, not the signature: of one message there could be several.
  return { ok: true, payload, signatureHash: createHash('sha256').update(agentId).update(signed).digest('base64url'), expiresAt }
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
