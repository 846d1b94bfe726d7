/**
 * What needs somebody today. Each room says in a `waiting.ts` what of its own waits; the first page of the console
 * shows it to whoever may go there. A look is cheap: it counts by an index, or stops counting.
 */
import type { House } from '../web/house.ts'
import { type AbilityName, may } from './roles.ts'
import type { Role } from './tables.ts'

/** Counting stops here: "many" is all that one needs to know. */
export const MOST_COUNTED = 1_000

/** Something that needs somebody. */
export interface Waits {
  /** How many; 0 where nothing waits, which is not shown. */
  readonly count: number
  /** What waits, for one and for several, in words after the number. */
  readonly says: readonly [one: string, several: string]
  readonly href: string
  /** Since when the first of them waits. */
  readonly oldest?: Date | undefined
  /** Until when the first of them must be done. */
  readonly until?: Date | undefined
}

/** Where something may wait, and who may see it. */
export interface Waiting {
  readonly ability: AbilityName
  look(house: House): Promise<readonly Waits[]>
}

const at = ({ until, oldest }: Waits): number => until?.getTime() ?? oldest?.getTime() ?? Number.POSITIVE_INFINITY

/** What waits for somebody in this role: what has a term comes first, by its term; then what has waited longest. */
export async function whatWaits(house: House, role: Role, all: readonly Waiting[]): Promise<Waits[]> {
  const looks = all.filter(({ ability }) => may(role, ability)).map((one) => one.look(house))
  const found = (await Promise.all(looks)).flat().filter(({ count }) => count > 0)
  return found.toSorted((a, b) => Number(b.until !== undefined) - Number(a.until !== undefined) || at(a) - at(b))
}
