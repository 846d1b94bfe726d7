/** Finding in the whole console. Each room offers a finder of its own; whoever searches sees what their role may. */
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { type AbilityName, may } from './roles.ts'
import type { Role } from './tables.ts'

/** Something that was found, with a word about it. */
export interface Hit {
  readonly href: string
  readonly text: string
  readonly note?: string | undefined
}

export interface Finder {
  readonly ability: AbilityName
  /** What it finds, as a heading. */
  readonly title: string
  /** At most `MOST_HITS` of them, the best first; it must not take longer than some dozens of milliseconds. */
  find(house: House, sought: Sought): Promise<readonly Hit[]>
}

export interface Sought {
  /** What was typed, without spaces around it; never empty. */
  readonly text: string
  /** The same, if it is a whole number of a row. */
  readonly id: Id | undefined
}

export const MOST_HITS = 8

export interface FoundIn {
  readonly title: string
  readonly hits: readonly Hit[]
}

/** Everything that was found, room by room. */
export async function findAll(house: House, role: Role, finders: readonly Finder[], sought: Sought): Promise<FoundIn[]> {
  const asked = finders.filter(({ ability }) => may(role, ability))
  const found = await Promise.all(
    asked.map(async (finder) => ({ title: finder.title, hits: (await finder.find(house, sought)).slice(0, MOST_HITS) })),
  )
  return found.filter(({ hits }) => hits.length > 0)
}

/** A pattern for `ilike` that finds a text anywhere. */
export const anywhere = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
