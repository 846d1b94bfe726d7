/**
 * A challenge: the random riddle that a passkey signs. It is tied to one browser by its cookie, good
 * once and for five minutes.
 */
import { and, eq, gt } from 'drizzle-orm'
import { fromNow, MINUTE, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { newToken, tokenHash } from './secrets.ts'
import { challenges } from './tables.ts'

/** For how long a challenge can be answered. */
export const CHALLENGE_MINUTES = 5

/** Poses a challenge to the browser that holds this token, in place of any earlier one. */
export async function pose(tx: For<'security'>, browser: string): Promise<string> {
  const fresh = { challenge: newToken(), expiresAt: fromNow(CHALLENGE_MINUTES * MINUTE) }
  await tx
    .insert(challenges)
    .values({ browserHash: tokenHash(browser), ...fresh })
    .onConflictDoUpdate({ target: challenges.browserHash, set: fresh })
  return fresh.challenge
}

/** Takes back the challenge that was posed to this browser; only the first who asks gets it. */
export async function takeBack(tx: For<'security'>, browser: string): Promise<string | undefined> {
  const posed = and(eq(challenges.browserHash, tokenHash(browser)), gt(challenges.expiresAt, now()))
  const [taken] = await tx.delete(challenges).where(posed).returning({ challenge: challenges.challenge })
  return taken?.challenge
}
