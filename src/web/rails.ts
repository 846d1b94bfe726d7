/** What holds for every request: a listed host, safe headers, no forged forms, bounded bodies. */
import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Config } from '../config.ts'
import { safeHeaders } from './headers.ts'
import type { House, Web } from './house.ts'
import { answered } from './onlooker.ts'
import { requestIn } from './page-request.ts'
import { shownReady } from './ready-door.ts'
import { nothingHere, Refusal } from './refusal.ts'

// A key opens the API, and no cookie is looked at there: nobody can be made to send a key unasked.
const API = '/api/v1/'

/** Refuses a host that is not listed, gives the request its number, and puts the safe headers on. */
export function rails(house: House): MiddlewareHandler<Web> {
  const hosts = new Set(house.config.hosts)
  const headers = Object.entries(safeHeaders(house.config))
  return async (c, next) => {
    c.set('house', house)
    const listed = hosts.has(hostOf(c))
    const ready = listed ? shownReady(requestIn(c)) : undefined
    if (ready) return new Response(ready.body, ready)
    c.set('requestId', randomUUID())
    for (const [name, value] of headers) c.header(name, value)
    if (!listed) throw new Refusal(421, 'This address is not served here.')
    // No address of ours holds this sign, and PostgreSQL refuses every text that does.
    if (/%00|\0/.test(c.req.path)) throw nothingHere('NUL in an address')
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !c.req.path.startsWith(API)) requireOurOwnForm(c, house.config, hosts)
    await next()
    await answered(c)
  }
}

const hostOf = (c: Context): string => (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase()

// Browsers say where a form came from. A program that sends neither header carries nobody's cookies
// unasked, so it cannot be tricked into a forged request.
function requireOurOwnForm(c: Context, config: Config, hosts: ReadonlySet<string>): void {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (mayComeFrom(c.req.path, origin, config)) return
  const ours = origin === undefined || hosts.has(hostIn(origin))
  if (site === 'same-origin' || site === 'none') return
  if (site === 'same-site' && ours && origin !== undefined) return
  if (site === undefined && ours) return
  throw new Refusal(403, 'That form came from another site, so nothing was done. Please use the page here.', { detail: 'cross-site form' })
}

// Two forms and the counting of visits may come from elsewhere. They read no cookie, so that nobody can be made to send them as
// who they are: asking for updates causes one letter to the address that was typed, and comes from
// sites that the operator lists; leaving by a letter's link does what its holder may do from anywhere,
// and mail programs on the web send it from their own pages (RFC 8058); what is counted looks at hosts itself.
const LEAVING = /^\/updates\/unsubscribe\/[^/]+$/

const mayComeFrom = (path: string, origin: string | undefined, { formOrigins }: Config): boolean =>
  path === '/n' || LEAVING.test(path) || (path === '/updates' && origin !== undefined && formOrigins.includes(origin.toLowerCase()))

const hostIn = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : '')

const atMost = (kilobytes: number): MiddlewareHandler<Web> =>
  bodyLimit({
    maxSize: kilobytes * 1024,
    onError: () => {
      throw new Refusal(413, 'That is more than this form takes. Please shorten it.')
    },
  })
const bounded = atMost(64)
// An issue's words, and a picture with its form around it; a mandate with its form; a list of people's numbers.
const roomy = atMost(2_200)
const ROOMY =
  /^\/staff\/updates\/issues\/[^/]+(\/images)?$|^\/privacy\/requests\/agent$|^\/staff\/breaches\/[^/]+\/list$|^\/staff\/demands\/[^/]+\/(papers|bars)$/
// A list of subscribers, the history of another analytics program. Bodies that do not say how long they
// are would be read before it is known who sends them, so those get no more room than others.
const FILES: readonly string[] = ['/staff/updates/import', '/staff/navigation/import']
const long = atMost(20 * 1_024 + 64)
const isStated = (c: Context): boolean => c.req.header('content-length') !== undefined && c.req.header('transfer-encoding') === undefined

function limitFor(c: Context<Web>): MiddlewareHandler<Web> {
  if (FILES.includes(c.req.path) && isStated(c)) return long
  return ROOMY.test(c.req.path) ? roomy : bounded
}

/** Bodies of at most 64 KiB: more than nearly any form needs. To look for one where there is none would cost more than the page. */
export const boundedBody: MiddlewareHandler<Web> = (c, next) =>
  c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limitFor(c)(c, next)
