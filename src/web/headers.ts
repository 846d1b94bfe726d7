/** The headers that make a browser careful with us. */
import type { Context } from 'hono'
import type { Config } from '../config.ts'
import type { Web } from './house.ts'

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

/** On this page, forms may lead on to other sites, such as where one pays. */
export function letFormsGoTo(c: Context<Web>, origins: readonly string[]): void {
  c.header('content-security-policy', policy.replace("form-action 'self'", `form-action 'self' ${origins.join(' ')}`))
}

/** The headers that every answer bears. */
export const safeHeaders = (config: Config): Readonly<Record<string, string>> => ({
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), browsing-topics=()',
  'x-frame-options': 'DENY',
  ...(config.origin.startsWith('https://') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
})
