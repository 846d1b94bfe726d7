/** Words from outside: made short and storable, and left out where they look like somebody's. */

/** Nothing personal may come in by a name or a value: an address, a number that could be a telephone's, a token. */
const PERSONAL = [/@/, /\d[\d\s().-]{5,}\d/, /[0-9a-f]{8}-[0-9a-f]{4}-/i, /^(?=.*\d)(?=.*[a-z])[\w+/=-]{20,}$/i, /^[\w-]{32,}$/, /%40/]

/** Does this look as if it were about one person? */
export const looksPersonal = (text: string): boolean => PERSONAL.some((sign) => sign.test(text))

/** One word, or a host: nothing in it has to be looked at twice. Shorter than any token. */
const PLAIN = /^[a-z](?:[a-z.-]{0,29}[a-z])?$/i

/** The text in one line, at most so long, without what no table takes; empty where it looks personal. */
export function tidy(text: string, longest: number): string {
  if (text.length <= longest && PLAIN.test(text)) return text
  const plain = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Co}\s]+/gu, ' ')
    .trim()
  return looksPersonal(plain) ? '' : plain.slice(0, longest).toWellFormed()
}

/** What stands in a path in the place of something that looks like somebody's. */
const HIDDEN = ':id'
const LONGEST_PATH = 200

/** Paths that are as they should be: the pages of a few websites, looked at once. Nothing of anybody's is among them. */
const plainPaths = new Set<string>()
const MOST_PATHS = 2_000

/** A page's path: without its query, in one spelling, and with nothing of anybody's in it. */
export function tidyPath(path: string): string {
  if (plainPaths.has(path)) return path
  const tidied = tidiedPath(path)
  if (tidied === path && plainPaths.size < MOST_PATHS) plainPaths.add(path)
  return tidied
}

function tidiedPath(path: string): string {
  const plain = decoded(path.replace(/[?#].*$/s, ''))
  const parts = plain.split('/').map((part) => (isSomebodys(part) ? HIDDEN : tidy(part, 80)))
  const joined = parts
    .join('/')
    .replace(/\/{2,}/g, '/')
    .slice(0, LONGEST_PATH)
    .toWellFormed()
  const whole = joined.startsWith('/') ? joined : `/${joined}`
  return whole.length > 1 ? whole.replace(/\/+$/, '') || '/' : whole
}

// Words with dashes are a page's name however long they are; what is one piece is a token.
const isSomebodys = (part: string): boolean =>
  /@|%40|\d{6,}|[0-9a-f]{8}-[0-9a-f]{4}-/i.test(part) ||
  /(?<![a-z0-9])(?=[a-z0-9]*\d)[a-z0-9]{16,}/i.test(part) ||
  /[A-Za-z0-9_]{28,}/.test(part)

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
