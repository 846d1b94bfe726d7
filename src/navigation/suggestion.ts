/** What could be of use to somebody, by the pages that they opened: and always why. */
import type { Article } from '../web/content.ts'

export interface Suggestion {
  readonly href: string
  readonly title: string
  readonly summary: string
  readonly because: string
}

/** A service that could be suggested. */
export interface Offered {
  readonly slug: string
  readonly title: string
  readonly summary: string
}

interface Known {
  /** How often each page was opened, most often first. */
  readonly interests: readonly { readonly page: string; readonly times: number }[]
  readonly services: readonly Offered[]
  readonly help: readonly Article[]
}

const MOST = 6

/** Services that were looked at, then help from the sections in which something was read; what was read most comes first. */
export function suggest({ interests, services, help }: Known): Suggestion[] {
  const found = interests.flatMap(({ page, times }) => [...serviceAt(services, page, times), ...helpNear(help, page, interests)])
  const first = new Map<string, Suggestion>()
  for (const suggestion of found) if (!first.has(suggestion.href)) first.set(suggestion.href, suggestion)
  return [...first.values()].slice(0, MOST)
}

function serviceAt(services: readonly Offered[], page: string, times: number): Suggestion[] {
  const service = services.find(({ slug }) => page === `/services/${slug}`)
  if (!service) return []
  const { slug, title, summary } = service
  return [{ href: `/services/${slug}`, title, summary, because: `you looked at this service ${inWords(times)} in the last 90 days.` }]
}

function helpNear(help: readonly Article[], page: string, interests: Known['interests']): Suggestion[] {
  const read = help.find(({ slug }) => page === `/help/${slug}`)
  if (!read) return []
  const unread = help.filter(({ slug, section }) => section === read.section && !interests.some((one) => one.page === `/help/${slug}`))
  return unread.slice(0, 2).map(({ slug, title, summary }) => ({
    href: `/help/${slug}`,
    title,
    summary,
    because: `you read “${read.title}”, which is about the same.`,
  }))
}

const inWords = (times: number): string => (times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`)
