/** Who may pass into the console. */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Web } from '../web/house.ts'
import { nothingHere } from '../web/refusal.ts'
import { type AbilityName, abilities, tabsFor } from './roles.ts'
import { type Role, roles } from './tables.ts'
import { roleOf } from './team.ts'

/** The role in which this request is made; only behind the guard. */
export function roleHere(c: Context<Web>): Role {
  const role = roles.find((name) => name === c.get('role'))
  if (!role) throw nothingHere('no role here')
  return role
}

/** Where staff are sent whose session stands on one factor alone; that page says why. */
export const NEEDS_FACTOR = '/account/security'

/**
 * Lets through, after `signedIn`, who has one of these roles, under the strict rules for sessions and
 * by two factors. For everybody else there is nothing here.
 * @throws Refusal 404 for who may not know of the page
 */
export const staffOnly = (...allowed: readonly Role[]) =>
  createMiddleware<Web>(async (c, next) => {
    const { personId, strict, factor } = c.get('signedIn')
    const role = await c.get('house').db.as('security', (tx) => roleOf(tx, personId))
    if (!role || !strict) throw nothingHere('not staff')
    if (!allowed.includes(role)) throw nothingHere('not this role')
    if (!factor) return c.redirect(NEEDS_FACTOR, 303)
    c.set('role', role)
    c.set('tabs', tabsFor(role))
    return next()
  })

/** Lets through who may do this, by the table in `roles.ts`. */
export const whoMay = (ability: AbilityName) => staffOnly(...abilities[ability].roles)
