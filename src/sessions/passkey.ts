/**
 * A passkey: a key pair whose private half never leaves the person's device. The device asks for a
 * finger, a face or a PIN each time, so a passkey is two factors in itself.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { and, desc, eq, lt } from 'drizzle-orm'
import { z } from 'zod'
import { now } from '../clock.ts'
import type { Config } from '../config.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { CHALLENGE_MINUTES } from './challenge.ts'
import { passkeys } from './tables.ts'

/** A passkey as its owner sees it. */
export interface ListedPasskey {
  readonly id: Id
  readonly label: string
  readonly addedAt: Date
  readonly usedAt: Date | null
}

/** More than anybody has devices; so that nobody fills the table. */
export const MOST_PASSKEYS = 20

// 27 MB, and half a second to read: only a house where somebody has a passkey pays for it.
const library = () => import('@simplewebauthn/server')

const timeout = CHALLENGE_MINUTES * 60_000

/** The domain that passkeys belong to: what sessions span, or this host alone. */
const domainOf = (config: Config): string => config.cookieDomain ?? new URL(config.origin).hostname

/** The sites on which a passkey of the domain may be used. */
function originsOf(config: Config): string[] {
  const { protocol } = new URL(config.origin)
  const domain = domainOf(config)
  const within = (host: string) => host === domain || host.endsWith(`.${domain}`)
  return config.hosts.map((host) => `${protocol}//${host}`).filter((origin) => within(new URL(origin).hostname))
}

/** What the browser needs to make a passkey for this person. */
export async function creationOptions(
  tx: For<'security'>,
  { config, content }: House,
  person: { id: Id; name: string; email: string },
  challenge: string,
) {
  const { generateRegistrationOptions } = await library()
  const existing = await tx.select().from(passkeys).where(eq(passkeys.personId, person.id))
  return generateRegistrationOptions({
    rpName: content.company.short,
    rpID: domainOf(config),
    userName: person.email,
    userDisplayName: person.name,
    // The id that devices keep: the number that stands for the person, nothing that names them.
    userID: bytesOf(person.id),
    challenge: bytes(challenge),
    timeout,
    attestationType: 'none',
    excludeCredentials: existing.map((passkey) => ({ id: passkey.credential, transports: passkey.transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** What the browser needs to use a passkey; whose it is, is found out by its answer. */
export async function requestOptions({ config }: House, challenge: string) {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({ rpID: domainOf(config), challenge: bytes(challenge), timeout, userVerification: 'required' })
}

// The challenge travels as the text that we keep, so that both sides compare the same letters.
const bytes = (base64url: string) => new Uint8Array(Buffer.from(base64url, 'base64url'))
const bytesOf = (id: Id) => new Uint8Array(Buffer.from(id.replaceAll('-', ''), 'hex'))

const text = z.string().min(1).max(20_000)
const transports = z.array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])).catch([])
const base = { id: text, rawId: text, type: z.literal('public-key'), clientExtensionResults: z.object({}).catch({}) }
const created = z.object({ ...base, response: z.object({ clientDataJSON: text, attestationObject: text, transports }) })
const used = z.object({
  ...base,
  response: z.object({ clientDataJSON: text, authenticatorData: text, signature: text, userHandle: text.optional().catch(undefined) }),
})

/** Reads the browser's answer, a JSON text in a form's field; undefined when it is none. */
function read<T>(schema: z.ZodType<T>, answer: string): T | undefined {
  try {
    return schema.parse(JSON.parse(answer))
  } catch {
    return undefined
  }
}

interface Made {
  readonly challenge: string
  readonly answer: string
  readonly label: string
}

/** Keeps a passkey that the person's device made. */
export async function keepPasskey(
  tx: For<'security'>,
  { config }: House,
  personId: Id,
  { challenge, answer, label }: Made,
): Promise<'kept' | 'wrong' | 'known' | 'too many'> {
  const response = read(created, answer)
  const made = response && (await checkCreated(config, response, challenge))
  if (!made) return 'wrong'
  if ((await tx.$count(passkeys, eq(passkeys.personId, personId))) >= MOST_PASSKEYS) return 'too many'
  const key = {
    credential: made.id,
    publicKey: Buffer.from(made.publicKey),
    counter: made.counter,
    transports: response.response.transports,
  }
  const kept = await tx
    .insert(passkeys)
    .values({ id: newId(), personId, ...key, label, addedAt: now() })
    .onConflictDoNothing({ target: passkeys.credential })
    .returning({ id: passkeys.id })
  return kept.length > 0 ? 'kept' : 'known'
}

// The library throws for whatever is wrong; none of it is a fault of ours.
async function checkCreated(config: Config, response: RegistrationResponseJSON, expectedChallenge: string) {
  const { verifyRegistrationResponse } = await library()
  const expected = { expectedChallenge, expectedOrigin: originsOf(config), expectedRPID: domainOf(config) }
  const checked = await verifyRegistrationResponse({ response, ...expected, requireUserVerification: true }).catch(() => undefined)
  return checked?.registrationInfo?.credential
}

/**
 * Whose passkey signed this challenge, if anybody's did. A copied key is noticed by its counter, which
 * is raised in one statement.
 */
export async function personByPasskey(
  tx: For<'security'>,
  { config }: House,
  { challenge, answer }: { challenge: string; answer: string },
): Promise<Id | undefined> {
  const response = read(used, answer)
  if (!response) return undefined
  const [passkey] = await tx.select().from(passkeys).where(eq(passkeys.credential, response.id))
  if (!passkey || !isOwnHandle(response.response.userHandle, passkey.personId)) return undefined
  const counter = await checkUsed(config, response as AuthenticationResponseJSON, challenge, passkey)
  if (counter === undefined) return undefined
  // A device that does not count answers zero each time.
  const raised = counter === 0 ? eq(passkeys.counter, 0) : lt(passkeys.counter, counter)
  const noted = await tx
    .update(passkeys)
    .set({ counter, usedAt: now() })
    .where(and(eq(passkeys.id, passkey.id), raised))
    .returning({ personId: passkeys.personId })
  return noted[0]?.personId
}

const isOwnHandle = (handle: string | undefined, personId: Id): boolean =>
  handle === undefined || Buffer.from(handle, 'base64url').equals(bytesOf(personId))

async function checkUsed(
  config: Config,
  response: AuthenticationResponseJSON,
  expectedChallenge: string,
  { credential, publicKey, counter, transports }: typeof passkeys.$inferSelect,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await library()
  const expected = { expectedChallenge, expectedOrigin: originsOf(config), expectedRPID: domainOf(config) }
  const key = { id: credential, publicKey: new Uint8Array(publicKey), counter, transports }
  const checked = await verifyAuthenticationResponse({ response, ...expected, credential: key, requireUserVerification: true }).catch(
    () => undefined,
  )
  return checked?.verified ? checked.authenticationInfo.newCounter : undefined
}

/** The person's passkeys, newest first. */
export async function passkeysOf(tx: For<'security'>, personId: Id): Promise<ListedPasskey[]> {
  const { id, label, addedAt, usedAt } = passkeys
  return tx.select({ id, label, addedAt, usedAt }).from(passkeys).where(eq(passkeys.personId, personId)).orderBy(desc(addedAt))
}

/** Removes one passkey of this person, and says whether there was one; another's is not touched. */
export async function dropPasskey(tx: For<'security'>, personId: Id, passkeyId: Id): Promise<boolean> {
  const own = and(eq(passkeys.id, passkeyId), eq(passkeys.personId, personId))
  return (await tx.delete(passkeys).where(own).returning({ id: passkeys.id })).length > 0
}
