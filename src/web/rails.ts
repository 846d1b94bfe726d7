/** What holds for every request: a listed host, safe headers, no forged forms, bounded bodies. */
import { randomBytes } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Config } from '../config.ts'
import type { House, Web } from './house.ts'
import { Refusal } from './refusal.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

/** The headers that every answer bears. */
export const safeHeaders = (config: Config): readonly (readonly [string, string])[] => [
  ['content-security-policy', policy],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), microphone=(), geolocation=(), browsing-topics=()'],
  ['x-frame-options', 'DENY'],
  ...(config.origin.startsWith('https://') ? [['strict-transport-security', 'max-age=31536000; includeSubDomains'] as const] : []),
]

/** Refuses a host that is not listed, gives the request its number, and puts the safe headers on. */
export function rails(house: House): MiddlewareHandler<Web> {
  const { config } = house
  const hosts = new Set(config.hosts)
  const headers = safeHeaders(config)
  return async (c, next) => {
    c.set('house', house)
    c.set('requestId', randomBytes(9).toString('base64url'))
    if (!hosts.has(hostOf(c))) throw new Refusal(421, 'This address is not served here.')
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') requireOurOwnForm(c, hosts)
    await next()
    for (const [name, value] of headers) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
  }
}

const hostOf = (c: Context): string => (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase()

// Browsers say where a form came from. A program that sends neither header carries nobody's cookies
// unasked, so it cannot be tricked into a forged request.
function requireOurOwnForm(c: Context, hosts: ReadonlySet<string>): void {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const ours = origin === undefined || hosts.has(hostIn(origin))
  if (site === 'same-origin' || site === 'none') return
  if (site === 'same-site' && ours && origin !== undefined) return
  if (site === undefined && ours) return
  throw new Refusal(403, 'That form came from another site, so nothing was done. Please use the page here.', { detail: 'cross-site form' })
}

const hostIn = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : '')

/** Bodies of at most 64 KiB: more than any form needs. */
export const boundedBody = bodyLimit({
  maxSize: 64 * 1024,
  onError: () => {
    throw new Refusal(413, 'That is more than this form takes. Please shorten it.')
  },
})
