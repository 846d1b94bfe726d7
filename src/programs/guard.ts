/** Who may pass into the API: a program with a key that opens what it asks for. Cookies are not looked at. */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { log, word } from '../log.ts'
import { clientNetwork } from '../web/client.ts'
import type { Program, Web } from '../web/house.ts'
import { Refusal } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { inHeader, POLICY, spend } from './allowance.ts'
import { looksLikeKey, programWith } from './key.ts'
import type { Scope } from './scopes.ts'

/**
 * Lets through a program whose key has this scope; without a scope, any program with a key.
 * @throws Refusal 401 without a key that opens anything, 403 without the scope, 429 after too many requests
 */
export const byKey = (scope?: Scope) =>
  createMiddleware<Web>(async (c, next) => {
    const program = await programHere(c)
    await grant(c, program)
    if (scope && !program.scopes.includes(scope)) {
      log('programs.refused', { key: program.keyId, scope: word(scope) })
      throw new Refusal(403, `This key does not open that: it needs the scope ${scope}.`, { detail: 'scope' })
    }
    c.set('program', program)
    return next()
  })

async function programHere(c: Context<Web>): Promise<Program> {
  const key = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (key === undefined) throw unknown(c, 'Please send a key: Authorization: Bearer crk_…', 'no key')
  if (!looksLikeKey(key)) throw unknown(c, 'That is not a whole key: something is missing or mistyped.', 'not a key')
  const { db } = c.get('house')
  const program = await programWith(db, key)
  if (program) return program
  await limit(db, 'wrong key by network', clientNetwork(c))
  throw unknown(c, 'That key opens nothing (any more).', 'unknown key')
}

function unknown(c: Context<Web>, words: string, detail: string): Refusal {
  c.header('www-authenticate', 'Bearer realm="api"')
  return new Refusal(401, words, { detail })
}

async function grant(c: Context<Web>, { keyId }: Program): Promise<void> {
  const allowance = await spend(c.get('house').db, keyId)
  c.header('ratelimit-policy', POLICY)
  c.header('ratelimit', inHeader(allowance))
  if (allowance.granted) return
  throw new Refusal(429, 'That key asked too often. Please wait until the limit resets.', {
    detail: 'requests by key',
    retryAfter: allowance.seconds,
  })
}
