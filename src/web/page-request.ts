/**
 * A request for a page, as little of it as a ready page needs: the same whether Node hands it over, before
 * a `Request` is made of it, or Hono does.
 */
import type { Context } from 'hono'
import { type Word, word } from '../log.ts'
import { addressBehind, clientAddress } from './client.ts'
import type { House, Web } from './house.ts'

export interface PageRequest {
  readonly house: House
  readonly method: string
  readonly url: string
  readonly path: string
  header(name: string): string | undefined
  /** The client's address; for this request alone. */
  address(): string
  /** The pattern of the path, as far as it is known. */
  route(): Word | undefined
}

/** What Hono handed over. */
export const requestIn = (c: Context<Web>): PageRequest => ({
  house: c.get('house'),
  method: c.req.method,
  url: c.req.url,
  path: c.req.path,
  header: (name) => c.req.header(name),
  address: () => clientAddress(c),
  route: () => routeOf(c),
})

/**
 * The pattern by which a request is answered, such as `/help/:article`: that of the handler which it reached, or, where a
 * rail answered before, of the first one that it would have reached. Undefined where there is none.
 */
export function routeOf({ req: { matchedRoutes, routeIndex } }: Context<Web>): Word | undefined {
  const reached = matchedRoutes.slice(routeIndex)
  const [at] = reached
  const found = at && !isRail(at) ? at : reached.find((one) => !isRail(one))
  return found && word(found.path)
}

// What stands before every route.
const isRail = ({ method, path }: { method: string; path: string }): boolean => method === 'ALL' && path.endsWith('*')

/** As much of Node's request as is needed here. */
export interface Incoming {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** What Node handed over; undefined for an address that is not plain, which takes the usual way. */
export function requestFrom(house: House, { method = '', url = '', headers, socket }: Incoming): PageRequest | undefined {
  if (!url.startsWith('/') || url.includes('%')) return undefined
  const header = (name: string): string | undefined => headers[name]?.toString()
  const end = url.indexOf('?')
  return {
    house,
    method,
    url: `${house.config.origin}${url}`,
    path: end === -1 ? url : url.slice(0, end),
    header,
    address: () => addressBehind(house.config, socket.remoteAddress, header('x-forwarded-for')),
    route: () => undefined,
  }
}
