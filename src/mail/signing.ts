/**
 * The keys that sign letters (DKIM, RFC 6376). A fresh key waits until its public half is found in the name
 * servers; then it signs, and the one before it retires, its record staying published for letters still on
 * their way. The private half is sealed under a key of the house.
 */
import { generateKeyPairSync } from 'node:crypto'
import { and, desc, eq, isNotNull, isNull, ne } from 'drizzle-orm'
import { MINUTE, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { type Id, log } from '../log.ts'
import type { SigningKey } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
import { signingKeys } from './tables.ts'

/** A key as those see it who publish it. */
export interface KeptKey {
  readonly id: Id
  readonly domain: string
  readonly selector: string
  /** Where its public half is published, and as what. */
  readonly record: { readonly name: string; readonly value: string }
  readonly state: 'waits' | 'signs' | 'retired'
  readonly madeAt: Date
  readonly signsSince: Date | null
  readonly retiredAt: Date | null
}

/** The domain that letters come from. */
export const senderDomain = ({ config }: House): string => (/@([^\s@<>]+)>?\s*$/.exec(config.mailFrom)?.[1] ?? 'localhost').toLowerCase()

const sealing = (db: Database): Buffer => db.keyring.own('signing keys')

/** Makes a key for the sender's domain. It signs nothing until it `takesOver`. */
export async function makeKey(tx: For<'operations'>, house: House): Promise<KeptKey> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const domain = senderDomain(house)
  const taken = new Set((await keysOf(tx, domain)).map((key) => key.selector))
  const fresh = {
    id: newId(),
    domain,
    selector: freeSelector(taken),
    publicKey: publicKey.toString('base64'),
    sealedKey: seal(sealing(tx.db), privateKey),
    madeAt: now(),
  }
  await tx.insert(signingKeys).values(fresh)
  log('mail.key-made', { key: fresh.id })
  return kept({ ...fresh, signsSince: null, retiredAt: null })
}

// Named after the month, so that the operator sees in the name servers which one is old.
function freeSelector(taken: ReadonlySet<string>): string {
  const month = now().toISOString().slice(0, 7).replace('-', '')
  for (let number = 1; ; number++) {
    const selector = `cloudrun-${month}${number === 1 ? '' : `-${number}`}`
    if (!taken.has(selector)) return selector
  }
}

/** Every key of the domain, newest first. */
export async function keysOf(tx: For<'operations'>, domain: string): Promise<KeptKey[]> {
  const { id, selector, publicKey, madeAt, signsSince, retiredAt } = signingKeys
  const rows = await tx
    .select({ id, domain: signingKeys.domain, selector, publicKey, madeAt, signsSince, retiredAt })
    .from(signingKeys)
    .where(eq(signingKeys.domain, domain))
    .orderBy(desc(madeAt), desc(id))
  return rows.map(kept)
}

type Row = Omit<typeof signingKeys.$inferSelect, 'sealedKey'>

const kept = ({ publicKey, ...key }: Row): KeptKey => ({
  ...key,
  record: { name: `${key.selector}._domainkey.${key.domain}`, value: `v=DKIM1; k=rsa; p=${publicKey}` },
  state: key.retiredAt ? 'retired' : key.signsSince ? 'signs' : 'waits',
})

/** From now on this key signs, and no other of its domain. */
export async function takesOver(tx: For<'operations'>, key: Pick<KeptKey, 'id' | 'domain'>): Promise<void> {
  const ofDomain = and(eq(signingKeys.domain, key.domain), isNull(signingKeys.retiredAt))
  await tx
    .update(signingKeys)
    .set({ retiredAt: now() })
    .where(and(ofDomain, isNotNull(signingKeys.signsSince), ne(signingKeys.id, key.id)))
  await tx
    .update(signingKeys)
    .set({ signsSince: now() })
    .where(and(eq(signingKeys.id, key.id), isNull(signingKeys.signsSince)))
  known.delete(tx.db)
  log('mail.key-signs', { key: key.id })
}

const known = new WeakMap<Database, { readonly keys: readonly SigningKey[]; readonly until: number }>()

/** The key that signs now, ready for use; none before the first is published. Read anew once a minute. */
export async function keysThatSign(house: House): Promise<readonly SigningKey[]> {
  const { db } = house
  const held = known.get(db)
  if (held && held.until > now().getTime()) return held.keys
  const keys = await db.as('operations', (tx) => read(tx, senderDomain(house)))
  known.set(db, { keys, until: now().getTime() + MINUTE })
  return keys
}

async function read(tx: For<'operations'>, domain: string): Promise<SigningKey[]> {
  const { selector, sealedKey, signsSince, retiredAt } = signingKeys
  const rows = await tx
    .select({ selector, sealedKey })
    .from(signingKeys)
    .where(and(eq(signingKeys.domain, domain), isNotNull(signsSince), isNull(retiredAt)))
  return rows.map((row) => ({
    domainName: domain,
    keySelector: row.selector,
    privateKey: unseal(sealing(tx.db), row.sealedKey).toString(),
  }))
}
