/** Who may pass: somebody signed in, somebody who proved it freshly. */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { giveCookie, readCookie } from '../web/cookies.ts'
import type { Web } from '../web/house.ts'
import { Refusal } from '../web/refusal.ts'
import { cookieSeconds, findSession, isFresh, isStale, prolong } from './session.ts'

/** Finds out who is signed in, if anybody is, and prolongs their session once an hour. */
export async function recognise(c: Context<Web>): Promise<boolean> {
  const { db } = c.get('house')
  const token = readCookie(c, 'session')
  if (!token) return false
  const found = await findSession(db, token)
  if (!found) return false
  if (isStale(found)) giveCookie(c, 'session', token, await db.as('security', (tx) => prolong(tx, found)))
  c.set('signedIn', found)
  return true
}

/** Lets through who is signed in; sends everybody else to the door, which leads back here. */
export const signedIn = createMiddleware<Web>(async (c, next) => {
  if (await recognise(c)) return next()
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD')
    throw new Refusal(401, 'You are not signed in any more. Please sign in and send the form again.')
  return c.redirect(`/sign-in?then=${encodeURIComponent(c.req.path)}`, 303)
})

/** Lets through who proved within the last minutes that it is them; asks everybody else for a proof. */
export const freshly = createMiddleware<Web>(async (c, next) => {
  if (isFresh(c.get('signedIn'))) return next()
  return c.redirect(`/account/proof?then=${encodeURIComponent(c.req.method === 'GET' ? c.req.path : backTo(c))}`, 303)
})

// After a form, one goes back to the page with the form; the path alone, never what was typed.
function backTo(c: Context): string {
  const from = c.req.header('referer')
  return from && URL.canParse(from) ? new URL(from).pathname : '/account'
}

/** A path within this site to go on to, or the account. Never another site. */
export const onward = (then: string | undefined): string => (then && /^\/(?![/\\])[\w\-/.]*$/.test(then) ? then : '/account')

/** Gives the browser its new session. */
export function signIn(c: Context<Web>, token: string, strict = false): void {
  giveCookie(c, 'session', token, cookieSeconds(strict))
}
