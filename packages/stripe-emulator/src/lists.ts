/** Pages of a list, newest first, as every list of v1 works. */
import { nothing } from './errors.ts'

export interface ListParams {
  limit?: number
  starting_after?: string
  ending_before?: string
  created?: number | { gt?: number; gte?: number; lt?: number; lte?: number }
}

export interface List<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  url: string
}

export const listOf = <T>(data: T[], url: string): List<T> => ({ object: 'list', data, has_more: false, url })

type Item = { id: string; created?: number | string }

/** From all (oldest first) those that match, newest first, a page of them. */
export function page<T extends Item>(items: T[], params: ListParams, url: string, matches: (item: T) => boolean = () => true): List<T> {
  const found = items.filter((item) => inRange(item.created, params.created) && matches(item)).reverse()
  return pageOf(found, params, url)
}

/** A page of what is in order already. */
function pageOf<T extends { id: string }>(found: T[], params: ListParams, url: string): List<T> {
  const limit = Math.min(Math.max(params.limit ?? 10, 1), 100)
  const place = (id: string, param: string) => {
    const at = found.findIndex((item) => item.id === id)
    if (at === -1) throw nothing('object', id, param)
    return at
  }
  if (params.ending_before) {
    const end = place(params.ending_before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', data: found.slice(start, end), has_more: start > 0, url }
  }
  const start = params.starting_after ? place(params.starting_after, 'starting_after') + 1 : 0
  return { object: 'list', data: found.slice(start, start + limit), has_more: start + limit < found.length, url }
}

function inRange(at: number | string | undefined, range: ListParams['created']): boolean {
  if (range === undefined || typeof at !== 'number') return true
  if (typeof range === 'number') return at === range
  return at > (range.gt ?? -1) && at >= (range.gte ?? 0) && at < (range.lt ?? Infinity) && at <= (range.lte ?? Infinity)
}
