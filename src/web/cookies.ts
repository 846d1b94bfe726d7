/**
 * The two cookies that there are: `session`, and `attempt` while one signs in. On https they bear the
 * prefix `__Host-`, which browsers give to this host alone, or `__Secure-` where the operator lets
 * sessions span subdomains.
 */
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'
import type { Config } from '../config.ts'
import type { Web } from './house.ts'

export type CookieName = 'session' | 'attempt'

/** The cookie's full name, as the browser sends it. */
export function cookieName(config: Config, name: CookieName): string {
  if (config.origin.startsWith('http://')) return name
  return config.cookieDomain && name === 'session' ? `__Secure-${name}` : `__Host-${name}`
}

const options = (config: Config, name: CookieName): CookieOptions => ({
  path: '/',
  httpOnly: true,
  sameSite: 'Lax',
  secure: config.origin.startsWith('https://'),
  ...(config.cookieDomain && name === 'session' ? { domain: config.cookieDomain } : {}),
})

export const readCookie = (c: Context<Web>, name: CookieName): string | undefined => getCookie(c, cookieName(c.get('house').config, name))

export function giveCookie(c: Context<Web>, name: CookieName, value: string, seconds: number): void {
  const { config } = c.get('house')
  setCookie(c, cookieName(config, name), value, { ...options(config, name), maxAge: seconds })
}

export const takeCookie = (c: Context<Web>, name: CookieName): void => giveCookie(c, name, '', 0)
