/** Reading pages as a stranger gets them: their forms, and what they load. */
import type { Answer, Look } from './look.ts'

/** A field of a form. */
export interface FormField {
  readonly name: string
  readonly type: string
  readonly required: boolean
}

const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]

/** The fields of the form on a page that is sent to `action`; undefined when there is no such form. */
export function fieldsOf(html: string, action: string): FormField[] | undefined {
  const form = [...html.matchAll(/<form\b[\s\S]*?<\/form>/g)].map(([text]) => text).find((text) => attribute(text, 'action') === action)
  if (form === undefined) return undefined
  return [...form.matchAll(/<(input|select|textarea)\b[^>]*>/g)].map(([tag, kind]) => ({
    name: attribute(tag, 'name') ?? '',
    type: kind === 'input' ? (attribute(tag, 'type') ?? 'text') : String(kind),
    required: /\srequired\b/.test(tag),
  }))
}

/** Which fields a refused form is refused for, by the summary of what is wrong with it: also those that it does not show. */
export const refusedIn = (html: string): string[] => [
  ...new Set([...html.matchAll(/<li><a href="#field-([\w-]+)">/g)].map(([, name]) => name ?? '')),
]

/** The addresses that a page makes a browser fetch by itself, or speak to. */
export const loadedBy = (html: string): string[] =>
  [...html.matchAll(/<(?:script|img|iframe|source|video|audio|embed|object|link)\b[^>]*>/g)].flatMap(([tag]) => {
    const address = attribute(tag, 'src') ?? attribute(tag, 'data') ?? attribute(tag, 'href')
    return address === undefined || /rel="(alternate|canonical)"/.test(tag) ? [] : [address]
  })

/** Is this address on our own host, or no address of a host at all? */
export const isOurs = (address: string, { house }: Look): boolean =>
  (/^(\/(?!\/)|data:|#)/.test(address) && !address.startsWith('//')) || address.startsWith(`${house.config.origin}/`)

/** Pages that everybody can read and that hold nothing of anybody's: those without a parameter, outside of account and console. */
export function publicPaths(look: Look): string[] {
  const apart =
    /^\/(account|staff|api|dev|drp|webhooks|mailbox|assets)(\/|$)|^\/(n|n\.js|n\.gif|metrics|readyz|livez|favicon\.svg)$|[:*.]|^\/\.well-known/
  const paths = look.doors().filter(({ method, path }) => method === 'GET' && !apart.test(path))
  return [...new Set(paths.map(({ path }) => path))].sort()
}

/** Every public page, read. */
export async function publicPages(look: Look): Promise<{ path: string; answer: Answer }[]> {
  const pages: { path: string; answer: Answer }[] = []
  for (const path of publicPaths(look)) pages.push({ path, answer: await look.get(path) })
  look.count('public pages', pages.length)
  return pages
}
