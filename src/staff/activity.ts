/**
 * Who did what lately, across the rooms: read from the chained record, as far as a role goes. It names those of the
 * team who acted; about whom, it says nothing, because to see that one opens what was acted on.
 */
import { type Act, actNames } from '../audit/acts.ts'
import { entries, type Recorded } from '../audit/record.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { type AbilityName, may } from './roles.ts'
import type { Role } from './tables.ts'

/** Acts of one kind: the word before the point in their names, who may see them, and where the thing itself is. */
export interface Kind {
  readonly name: string
  readonly says: string
  readonly ability: AbilityName
  readonly href?: (thing: Id) => string
}

const kinds: readonly Kind[] = [
  { name: 'question', says: 'Questions', ability: 'help', href: (id) => `/staff/help/${id}` },
  { name: 'request', says: 'Requests', ability: 'requests', href: (id) => `/staff/requests/${id}` },
  { name: 'person', says: 'People', ability: 'people' },
  { name: 'issue', says: 'Updates', ability: 'updates', href: (id) => `/staff/updates/issues/${id}` },
  { name: 'list', says: 'Lists brought in', ability: 'import', href: (id) => `/staff/updates/import/${id}` },
  { name: 'history', says: 'History brought in', ability: 'navigation' },
  { name: 'customer', says: 'Billing', ability: 'billing' },
  { name: 'program', says: 'Programs', ability: 'programs' },
  { name: 'agent', says: 'Agents', ability: 'agents' },
  { name: 'policy', says: 'Policy', ability: 'policy' },
  { name: 'breach', says: 'Breaches', ability: 'breaches', href: (id) => `/staff/breaches/${id}` },
  { name: 'demand', says: 'Legal demands', ability: 'demands', href: (id) => `/staff/demands/${id}` },
  { name: 'recipient', says: 'Recipients', ability: 'recipients' },
  { name: 'team', says: 'The team', ability: 'team' },
  { name: 'house', says: 'The house', ability: 'audit' },
]

/** The kind that an act is of. */
export const kindOf = (act: Act): Kind | undefined => kinds.find(({ name }) => act.startsWith(`${name}.`))

/** The kinds that somebody in this role may see. */
export const kindsFor = (role: Role): Kind[] => kinds.filter(({ ability }) => may(role, ability))

/** Under which of its purposes a role reads what was done: never one that it would not have anyway. */
export const under = { owner: 'legal', legal: 'legal', support: 'support', marketing: 'updates', billing: 'billing' } as const
type Under = (typeof under)[keyof typeof under]

export interface Wanted {
  readonly kinds: readonly Kind[]
  readonly by: Id | undefined
  /** The number of an entry: what came before it. */
  readonly before: number | undefined
}

export const SHOWN = 50

/** What was done of these kinds, the latest first. */
export async function activityOf(tx: For<Under>, { kinds: wanted, by, before }: Wanted): Promise<Recorded[]> {
  const named = actNames.filter((act) => wanted.some(({ name }) => act.startsWith(`${name}.`)))
  return named.length === 0 ? [] : entries(tx, { acts: named, by, before, most: SHOWN })
}
