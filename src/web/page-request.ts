/**
 * A request for a page, as little of it as a ready page needs: the same whether Node hands it over, before
 * a `Request` is made of it, or Hono does.
 */
import type { Context } from 'hono'
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
}

/** What Hono handed over. */
export const requestIn = (c: Context<Web>): PageRequest => ({
  house: c.get('house'),
  method: c.req.method,
  url: c.req.url,
  path: c.req.path,
  header: (name) => c.req.header(name),
  address: () => clientAddress(c),
})

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
  }
}
