/** The second factor: an app that shows codes (TOTP, RFC 6238), and recovery codes for when it is lost. */
import { and, eq, isNotNull, isNull, lt } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { openFor, sealFor } from '../people/person.ts'
import { newRecoveryCode, tokenHash } from './secrets.ts'
import { recoveryCodes, secondFactors } from './tables.ts'

const STEP_SECONDS = 30
const RECOVERY_CODES = 10

const totp = (secret: Buffer, issuer = '', label = ''): TOTP =>
  new TOTP({
    issuer,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: STEP_SECONDS,
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
  })

/** Is a second factor asked for when this person signs in? */
export async function hasSecondFactor(tx: For<'security'>, personId: Id): Promise<boolean> {
  const rows = await tx
    .select({ at: secondFactors.confirmedAt })
    .from(secondFactors)
    .where(and(eq(secondFactors.personId, personId), isNotNull(secondFactors.confirmedAt)))
  return rows.length > 0
}

/** What an app needs to show codes. */
export interface Enrolment {
  readonly secret: string
  readonly uri: string
}

/** Begins to add a factor: a fresh secret, which counts once a code was confirmed. A confirmed one stays as it is. */
export async function enrol(tx: For<'security'>, personId: Id): Promise<void> {
  const sealedSecret = await sealFor(tx, personId, Buffer.from(new Secret({ size: 20 }).buffer))
  const fresh = { sealedSecret, lastStep: 0, addedAt: now(), confirmedAt: null }
  await tx
    .insert(secondFactors)
    .values({ personId, ...fresh })
    .onConflictDoUpdate({ target: secondFactors.personId, set: fresh, setWhere: isNull(secondFactors.confirmedAt) })
}

/** The enrolment that waits for its first code. */
export async function enrolmentOf(
  tx: For<'security'>,
  { personId, email }: { personId: Id; email: string },
  issuer: string,
): Promise<Enrolment | undefined> {
  const [factor] = await tx.select().from(secondFactors).where(eq(secondFactors.personId, personId))
  if (!factor || factor.confirmedAt) return undefined
  const secret = await openFor(tx, personId, factor.sealedSecret)
  return { secret: new Secret({ buffer: new Uint8Array(secret).buffer }).base32, uri: totp(secret, issuer, email).toString() }
}

/** Confirms the factor with its first code; returns the recovery codes, which are shown once. */
export async function confirmFactor(tx: For<'security'>, personId: Id, code: string): Promise<readonly string[] | 'wrong' | 'known'> {
  if (await hasSecondFactor(tx, personId)) return 'known'
  if (!(await useStep(tx, personId, code))) return 'wrong'
  const waiting = and(eq(secondFactors.personId, personId), isNull(secondFactors.confirmedAt))
  await tx.update(secondFactors).set({ confirmedAt: now() }).where(waiting)
  return newRecoveryCodes(tx, personId)
}

/** Replaces the recovery codes; the old ones are void. */
export async function newRecoveryCodes(tx: For<'security'>, personId: Id): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId))
  await tx
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ id: newId(), personId, codeHash: recoveryHash(personId, code), madeAt: now() })))
  return codes
}

// The id keeps equal codes of two people apart.
const recoveryHash = (personId: Id, code: string): string => tokenHash(`${personId} ${code}`)

/** Is this the app's present code, or a recovery code that was not used? Either works once. */
export async function isSecondFactor(tx: For<'security'>, personId: Id, code: string): Promise<'app' | 'recovery code' | false> {
  if (/^\d{6}$/.test(code)) return (await hasSecondFactor(tx, personId)) && (await useStep(tx, personId, code)) && 'app'
  const used = and(eq(recoveryCodes.personId, personId), eq(recoveryCodes.codeHash, recoveryHash(personId, code)))
  const gone = await tx.delete(recoveryCodes).where(used).returning({ id: recoveryCodes.id })
  return gone.length > 0 && 'recovery code'
}

// The step is raised in one statement, so that a code that was seen over a shoulder is void.
async function useStep(tx: For<'security'>, personId: Id, code: string): Promise<boolean> {
  const [factor] = await tx.select().from(secondFactors).where(eq(secondFactors.personId, personId)).for('update')
  if (!factor) return false
  const secret = await openFor(tx, personId, factor.sealedSecret)
  const drift = totp(secret).validate({ token: code, window: 1, timestamp: now().getTime() })
  if (drift === null) return false
  const step = Math.floor(now().getTime() / 1000 / STEP_SECONDS) + drift
  const raised = await tx
    .update(secondFactors)
    .set({ lastStep: step })
    .where(and(eq(secondFactors.personId, personId), lt(secondFactors.lastStep, step)))
    .returning({ id: secondFactors.personId })
  return raised.length > 0
}

/** Removes the factor and its recovery codes, and says whether there was a confirmed one. */
export async function dropFactor(tx: For<'security'>, personId: Id): Promise<boolean> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId))
  const gone = await tx.delete(secondFactors).where(eq(secondFactors.personId, personId)).returning({ at: secondFactors.confirmedAt })
  return gone.some((factor) => factor.at !== null)
}

/** How many recovery codes are left. */
export async function recoveryCodesLeft(tx: For<'security'>, personId: Id): Promise<number> {
  return (await tx.select({ id: recoveryCodes.id }).from(recoveryCodes).where(eq(recoveryCodes.personId, personId))).length
}
