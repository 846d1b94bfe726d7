/** What a version names that the one before it did not, and what it changed in its words. */
import { type Category, categories, consentNeeded, type Purpose, purposes } from '../database/purposes.ts'
import type { Version, Words, Claims } from '../versions/version.ts'

/** Newly named, in words. */
export interface News {
  readonly purposes: readonly { readonly says: string; readonly consent: boolean }[]
  readonly categories: readonly string[]
  readonly processors: readonly string[]
  readonly retention: readonly string[]
  /** The notice became shorter, in days. */
  readonly shorter: boolean
}

/** What `after` names first. */
export function newsOf(before: Claims, after: Claims): News {
  const added = (of: (claims: Claims) => readonly string[]): string[] => of(after).filter((name) => !of(before).includes(name))
  return {
    purposes: added((claims) => claims.purposes).map((name) => ({
      says: purposeInWords(name),
      consent: (consentNeeded as readonly string[]).includes(name),
    })),
    categories: added((claims) => claims.categories).map(categoryInWords),
    processors: added((claims) => claims.processors),
    retention: added((claims) => claims.retention),
    shorter: after.noticeDays < before.noticeDays,
  }
}

/** Does it change anything for people, whatever its author thinks? */
export const isMaterial = (news: News): boolean =>
  news.shorter || [news.purposes, news.categories, news.processors, news.retention].some((list) => list.length > 0)

/** A purpose in words; one that this program does not know any more by its name. */
export const purposeInWords = (name: string): string => (Object.hasOwn(purposes, name) ? purposes[name as Purpose] : name)

/** The same for a kind of data. */
export const categoryInWords = (name: string): string => (Object.hasOwn(categories, name) ? categories[name as Category] : name)

/** A run of words that stayed, came or went. */
export interface Piece {
  readonly text: string
  readonly kind: 'same' | 'added' | 'removed'
}

/** The difference between two texts, word by word. The library that finds it is read when somebody first asks. */
export async function changesBetween(before: string, after: string): Promise<Piece[]> {
  const { diffWordsWithSpace } = await import('diff')
  return diffWordsWithSpace(before, after).map(({ value, added, removed }) => ({
    text: value,
    kind: added ? 'added' : removed ? 'removed' : 'same',
  }))
}

/** The whole of a version as it is compared: its title, its summary and its words. */
export const comparable = ({ title, summary, source }: Pick<Words, 'title' | 'summary' | 'source'>): string =>
  `# ${title}\n\n${summary}\n\n${source}`

/** The version before another, of all. */
export const beforeOf = (versions: readonly Version[], { number }: Pick<Version, 'number'>): Version | undefined =>
  versions.find((version) => version.number === number - 1)
