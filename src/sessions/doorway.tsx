/** What all doors share: the cookie while one waits, and the way in. */
import type { Context } from 'hono'
import { MINUTE } from '../clock.ts'
import { log } from '../log.ts'
import { browserName } from '../web/client.ts'
import { giveCookie, readCookie, takeCookie } from '../web/cookies.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { ATTEMPT_MINUTES, type Attempt, attemptOf } from './attempt.ts'
import type { Entered } from './entering.ts'
import { onward, signIn } from './guard.ts'
import { ExpiredLinkPage } from './pages.tsx'
import { newToken } from './secrets.ts'
import { isStrictNow, type Means } from './session.ts'

type Ctx = Context<Web>

/** Gives the browser the cookie that ties it to its attempt. */
export const waitFor = (c: Ctx, token: string): void => giveCookie(c, 'attempt', token, (ATTEMPT_MINUTES * MINUTE) / 1000)

/** The attempt that this browser is in, if it still lasts. */
export async function attemptHere(c: Ctx): Promise<Attempt | undefined> {
  const token = readCookie(c, 'attempt')
  return token ? c.get('house').db.as('security', (tx) => attemptOf(tx, token)) : undefined
}

/** The token that ties this browser to its challenge: the one that it has, so that a code that it waits for stays good. */
export function tokenHere(c: Ctx): string {
  const token = readCookie(c, 'attempt') ?? newToken()
  waitFor(c, token)
  return token
}

/** How somebody comes in, and with what browser. */
export const coming = <M extends Means>(c: Ctx, means: M) => ({ means, browser: browserName(c), before: readCookie(c, 'session') })

/** Where an entrance leads: inside, to the second factor, or to the page that says it is over. */
export async function goIn(c: Ctx, entered: Entered, then: string | undefined): Promise<Response> {
  if (entered === 'over') return expired(c)
  if ('second' in entered) {
    waitFor(c, entered.second)
    return c.redirect(withThen('/sign-in/second-factor', then), 303)
  }
  const keepsCookies = readCookie(c, 'attempt') !== undefined || readCookie(c, 'session') !== undefined
  takeCookie(c, 'attempt')
  signIn(c, entered.session, await isStrictNow(c.get('house').db, entered.personId))
  log('sessions.opened', { person: entered.personId })
  // Whoever refuses cookies would be led from the account back to the door without a word.
  return c.redirect(keepsCookies ? onward(then) : withThen('/sign-in/arrived', then), 303)
}

/** The answer to a link, a code or an invitation that is not good any more, or never was. */
export const expired = (c: Ctx): Response => showPage(c, { title: 'That link has expired', robots: 'noindex' }, <ExpiredLinkPage />, 410)

/** A path with where to go on afterwards. */
export const withThen = (path: string, then: string | undefined): string => (then ? `${path}?then=${encodeURIComponent(then)}` : path)
