/**
 * Who is told of each page that was shown: a room above, which is not known here. It is told once the
 * answer is made.
 */
import type { Context } from 'hono'
import type { House, Web } from './house.ts'
import { type PageRequest, requestIn } from './page-request.ts'

export interface Onlooker {
  /** A page that is the same for everybody was shown. Nothing waits for who hears of it. */
  pageForAll(request: PageRequest): void
  /** A page of somebody's was shown, told by its route's pattern, because a path may hold a token; or there was nothing. */
  page(c: Context<Web>, page: string, shown: 'page' | 'nothing here'): Promise<void>
}

const onlookers = new WeakMap<House, Onlooker>()

/** From now on `onlooker` hears of every page of this house. */
export const watchPages = (house: House, onlooker: Onlooker): void => void onlookers.set(house, onlooker)

/** A ready page was shown. */
export function readyPageShown(request: PageRequest): void {
  if (request.method === 'GET') onlookers.get(request.house)?.pageForAll(request)
}

/** An answer was made: if it is a page, it was shown. Who hears of it may add a header to the answer. */
export async function answered(c: Context<Web>): Promise<void> {
  if (c.req.method !== 'GET') return
  const onlooker = onlookers.get(c.get('house'))
  const route = c.req.matchedRoutes.findLast(({ method }) => method !== 'ALL')?.path
  if (c.res.status === 404 && route === undefined) return onlooker?.page(c, c.req.path, 'nothing here')
  if (c.res.status !== 200 || route === undefined || !c.res.headers.get('content-type')?.startsWith('text/html')) return
  return c.get('shownToAll') ? onlooker?.pageForAll(requestIn(c)) : onlooker?.page(c, route, 'page')
}
