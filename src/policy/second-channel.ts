/**
 * The second way to tell of a version: whoever no letter reached sees the notice when they come to their account, and
 * goes on once they say that they have read it. What one may do about it stays open all the while.
 */
import { createMiddleware } from 'hono/factory'
import { recognise } from '../sessions/guard.ts'
import type { House, Web } from '../web/house.ts'
import { anyUnreached, unseenBy } from './notices.ts'

const houses = new WeakMap<House, boolean>()

/** Finds out whether there is anybody to whom it matters, so that everybody else is not looked up with each page. */
export async function lookForUnreached(house: House): Promise<void> {
  houses.set(house, await house.db.as('rights', anyUnreached))
}

/** Objecting, a copy, erasure, proving who one is and mending the mailbox need no reading first. */
const OPEN = /^\/account\/(policy|privacy|proof|mailbox)(\/|$)/

/** Leads whoever has a notice to see to it, from the pages of their account. */
export const mustSee = createMiddleware<Web>(async (c, next) => {
  const house = c.get('house')
  if (c.req.method !== 'GET' || !houses.get(house) || OPEN.test(c.req.path)) return next()
  if (!(await recognise(c))) return next()
  const { personId } = c.get('signedIn')
  const number = await house.db.as('rights', (tx) => unseenBy(tx, personId))
  return number === undefined ? next() : c.redirect('/account/policy', 303)
})
