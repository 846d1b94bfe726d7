/**
 * The cookies that there are: `session`, `attempt` while one signs in, `uncounted`, with which a
 * browser remembers that its reader does not want to be counted, and `answers`, with which it remembers
 * what they said about services of others (`answers.ts`). On https they bear the
 * prefix `__Host-`, which browsers give to this host alone, or `__Secure-` where the operator lets
 * sessions span subdomains.
 */
import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'
import type { Config } from '../config.ts'
import type { Web } from './house.ts'

export type CookieName = 'session' | 'attempt' | 'uncounted' | 'answers'

/** Does it hold for the whole domain, where the operator lets sessions do so? An attempt belongs to one host. */
const spans = (config: Config, name: CookieName): boolean => config.cookieDomain !== undefined && name !== 'attempt'

/** The cookie's full name, as the browser sends it. */
export function cookieName(config: Config, name: CookieName): string {
  if (config.origin.startsWith('http://')) return name
  return spans(config, name) ? `__Secure-${name}` : `__Host-${name}`
}

const options = (config: Config, name: CookieName): CookieOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'Lax',
  secure: config.origin.startsWith('https://'),
  ...(config.cookieDomain && spans(config, name) ? { domain: config.cookieDomain } : {}),
})

export const readCookie = (c: Context<Web>, name: CookieName): string | undefined =>
  cookieIn(c.get('house').config, c.req.header('cookie'), name)

/** The cookie in a request's header. */
export function cookieIn(config: Config, header: string | undefined, name: CookieName): string | undefined {
  const start = `${cookieName(config, name)}=`
  if (!header?.includes(start)) return undefined
  // Our values are of letters that need no decoding; a name counts where a cookie begins.
  return header
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(start))
    ?.slice(start.length)
}

/** Is it among the cookies of this header? */
export const hasCookie = (config: Config, header: string | undefined, name: CookieName): boolean =>
  cookieIn(config, header, name) !== undefined

export function giveCookie(c: Context<Web>, name: CookieName, value: string, seconds: number): void {
  const { config } = c.get('house')
  setCookie(c, cookieName(config, name), value, { ...options(config, name), maxAge: seconds })
}

export const takeCookie = (c: Context<Web>, name: CookieName): void => giveCookie(c, name, '', 0)
