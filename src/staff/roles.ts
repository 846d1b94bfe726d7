/** What each role may do in the console: one table, for the guard, the pages and the tests. */
import type { Place } from '../web/layout.tsx'
import { type Role, roles } from './tables.ts'

interface Ability {
  /** What it is, as the first page offers it. */
  readonly says: string
  readonly roles: readonly Role[]
  /** Paths that it opens; everything below them, too, unless another ability is nearer. */
  readonly doors: readonly string[]
  /** The first door's name in the navigation of the console; without it, it is no page to go to. */
  readonly tab?: string
}

/** An act of the console, and who may do it. A route below `/staff` that no door covers fails a test. */
export const abilities = {
  console: { says: 'See what you may do here', roles, doors: ['/staff'] },
  people: {
    says: 'Find people, and open their records with a reason',
    roles: ['owner', 'support'],
    doors: ['/staff/people'],
    tab: 'People',
  },
  help: {
    says: 'Answer questions, and see which help articles help',
    roles: ['owner', 'support'],
    doors: ['/staff/help'],
    tab: 'Questions',
  },
  export: { says: 'Take out lists of people', roles: ['owner'], doors: ['/staff/people/export'] },
  team: { says: 'Invite to the team, change roles, remove', roles: ['owner'], doors: ['/staff/team'], tab: 'Team' },
  services: { says: 'Change the catalogue: services and plans', roles: ['owner', 'billing'], doors: ['/staff/services'], tab: 'Services' },
  updates: {
    says: 'Write updates, send them, see what became of them',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates'],
    tab: 'Updates',
  },
  topics: {
    says: 'Choose what people can subscribe to',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates/topics'],
    tab: 'Topics',
  },
  subscribers: {
    says: 'Take out who is subscribed to a topic',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates/subscribers'],
  },
  import: {
    says: 'Bring in lists of subscribers, with the proof that they agreed',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates/import'],
  },
  stopped: {
    says: 'See whom we do not write to, and lift it',
    roles: ['owner', 'support', 'marketing'],
    doors: ['/staff/updates/stopped'],
    tab: 'Stopped',
  },
  navigation: {
    says: 'See how the websites are used',
    roles: ['owner', 'marketing', 'analyst'],
    doors: ['/staff/navigation'],
    tab: 'Visits',
  },
  mail: { says: 'See whether letters arrive: keys, name servers, doors', roles: ['owner'], doors: ['/staff/mail'], tab: 'E-mail' },
  billing: {
    says: 'Decide about cards that wait, and keep prices in order',
    roles: ['owner', 'billing'],
    doors: ['/staff/billing'],
    tab: 'Billing',
  },
  audit: {
    says: 'See what was done, and whether the record of it is whole',
    roles: ['owner', 'legal'],
    doors: ['/staff/audit'],
    tab: 'Record',
  },
  requests: {
    says: 'Read and answer what people ask about their data',
    roles: ['owner', 'legal'],
    doors: ['/staff/requests'],
    tab: 'Requests',
  },
  policy: {
    says: 'Write the privacy policy, publish versions, see that everybody is told',
    roles: ['owner', 'legal'],
    doors: ['/staff/policy'],
    tab: 'Policy',
  },
  promises: {
    says: 'See whether each promise of the policy holds, and what breaks it',
    roles: ['owner', 'legal'],
    doors: ['/staff/promises'],
    tab: 'Promises',
  },
  restricted: {
    says: 'Open the records of people whose data is only stored',
    roles: ['legal'],
    doors: ['/staff/restricted'],
    tab: 'Restricted',
  },
  breaches: {
    says: 'Keep the register of breaches, and tell those concerned',
    roles: ['owner', 'legal'],
    doors: ['/staff/breaches'],
    tab: 'Breaches',
  },
  demands: {
    says: 'Answer what authorities demand, and keep the register of it',
    roles: ['owner', 'legal'],
    doors: ['/staff/demands'],
    tab: 'Demands',
  },
  agents: {
    says: 'List the agents that may ask for others',
    roles: ['owner', 'legal'],
    doors: ['/staff/agents'],
    tab: 'Agents',
  },
  processing: {
    says: 'Read the record of processing activities',
    roles: ['owner', 'legal'],
    doors: ['/staff/article-30'],
    tab: 'Processing',
  },
  recipients: {
    says: 'See who receives data, and what left',
    roles: ['owner', 'legal'],
    doors: ['/staff/recipients'],
    tab: 'Recipients',
  },
  jobs: { says: 'See later work, and try again what failed', roles: ['owner'], doors: ['/staff/jobs'], tab: 'Jobs' },
  programs: {
    says: 'Give the company’s own programs keys, and choose what they are told',
    roles: ['owner'],
    doors: ['/staff/programs'],
    tab: 'Programs',
  },
} as const satisfies Record<string, Ability>
export type AbilityName = keyof typeof abilities
export const abilityNames = Object.keys(abilities) as AbilityName[]

const table: Record<AbilityName, Ability> = abilities

/** May somebody in this role do it? */
export const may = (role: Role, ability: AbilityName): boolean => table[ability].roles.includes(role)

/** The ability that a path needs: the one with the nearest door. `/staff` itself opens nothing below it. */
export function abilityFor(path: string): AbilityName | undefined {
  const doors = abilityNames.flatMap((name) => table[name].doors.map((door) => ({ name, door })))
  const open = doors.filter(({ door }) => path === door || (door !== '/staff' && path.startsWith(`${door}/`)))
  return open.sort((a, b) => b.door.length - a.door.length)[0]?.name
}

/** What somebody in this role may do, in words, with the page to go to. */
export const offers = (role: Role): { says: string; href: string | undefined }[] =>
  abilityNames
    .filter((name) => name !== 'console' && may(role, name))
    .map((name) => ({ says: table[name].says, href: hrefOf(table[name]) }))

const hrefOf = ({ tab, doors }: Ability): string | undefined => (tab ? doors[0] : undefined)

/** The console's navigation for somebody in this role. */
export const tabsFor = (role: Role): Place[] =>
  abilityNames.flatMap((name) => {
    const { tab, doors } = table[name]
    return tab && doors[0] && may(role, name) ? [{ href: doors[0], text: tab }] : []
  })
