/** What each role may do in the console: one table, for the guard, the pages and the tests. */
import type { Purpose } from '../database/purposes.ts'
import type { Tab } from '../web/console-frame.tsx'
import { type Role, roles } from './tables.ts'

interface Ability {
  /** What it is, as the first page offers it. */
  readonly says: string
  readonly roles: readonly Role[]
  /** Paths that it opens; everything below them, too, unless another ability is nearer. */
  readonly doors: readonly string[]
  /** The first door's name in the navigation of the console; without it, it is no page to go to. */
  readonly tab?: string
  /** The part of the navigation that it stands in. */
  readonly group?: Group
  /** Its first door is a page, although it stands behind another one and not in the navigation. */
  readonly behind?: true
  /** The letter that leads there after a `g`; no two have the same. */
  readonly key?: string
  /** The purposes under which it reads and writes, beside knowing who is there: they say which data it can see. */
  readonly uses: readonly Purpose[]
  /** Purposes under which it reads nothing of people but the team's names, counts them, or notes that somebody looked. */
  readonly beside?: readonly Purpose[]
}

/** The parts of the console's navigation, in order. */
export const groups = ['People', 'Messages', 'Website', 'Money', 'Law', 'House'] as const
export type Group = (typeof groups)[number]

/** An act of the console, and who may do it. A route below `/staff` that no door covers fails a test. */
export const abilities = {
  console: { says: 'See what needs somebody', roles, doors: ['/staff'], uses: [] },
  search: { says: 'Search everything that you may see', roles, doors: ['/staff/search'], uses: [] },
  people: {
    says: 'Find people, and open their records with a reason',
    roles: ['owner', 'support'],
    doors: ['/staff/people'],
    tab: 'People',
    group: 'People',
    key: 'p',
    uses: ['support', 'security'],
  },
  help: {
    says: 'Answer questions, and see which help articles help',
    roles: ['owner', 'support'],
    doors: ['/staff/help'],
    tab: 'Questions',
    group: 'People',
    key: 'q',
    uses: ['support', 'improvement'],
  },
  export: { says: 'Take out lists of people', roles: ['owner'], doors: ['/staff/people/export'], group: 'People', uses: ['support'] },
  team: {
    says: 'Invite to the team, change roles, remove',
    roles: ['owner'],
    doors: ['/staff/team'],
    tab: 'Team',
    group: 'House',
    key: 'l',
    uses: ['support', 'security'],
  },
  roles: {
    says: 'Read what each role may do, and which data it sees',
    roles,
    doors: ['/staff/team/roles'],
    tab: 'Roles',
    group: 'House',
    uses: [],
  },
  activity: {
    says: 'See who did what lately',
    roles: ['owner', 'support', 'marketing', 'billing', 'legal'],
    doors: ['/staff/activity'],
    tab: 'Activity',
    group: 'House',
    key: 'a',
    uses: [],
  },
  services: {
    says: 'Change the catalogue: services and plans',
    roles: ['owner', 'billing'],
    doors: ['/staff/services'],
    tab: 'Services',
    group: 'Money',
    key: 's',
    uses: ['service'],
  },
  updates: {
    says: 'Write updates, send them, see what became of them',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates'],
    tab: 'Updates',
    group: 'Messages',
    key: 'u',
    uses: ['updates'],
  },
  topics: {
    says: 'Choose what people can subscribe to',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates/topics'],
    tab: 'Topics',
    group: 'Messages',
    uses: ['updates'],
  },
  subscribers: {
    says: 'Take out who is subscribed to a topic',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates/subscribers'],
    group: 'Messages',
    uses: ['updates'],
  },
  import: {
    says: 'Bring in lists of subscribers, with the proof that they agreed',
    roles: ['owner', 'marketing'],
    doors: ['/staff/updates/import'],
    group: 'Messages',
    behind: true,
    uses: ['updates'],
  },
  stopped: {
    says: 'See whom we do not write to, and lift it',
    roles: ['owner', 'support', 'marketing'],
    doors: ['/staff/updates/stopped'],
    tab: 'Stopped',
    group: 'Messages',
    uses: ['support'],
  },
  navigation: {
    says: 'See how the websites are used',
    roles: ['owner', 'marketing', 'analyst'],
    doors: ['/staff/navigation'],
    tab: 'Visits',
    group: 'Website',
    key: 'v',
    uses: ['improvement'],
    beside: ['support', 'legal'],
  },
  mail: {
    says: 'See whether letters arrive: keys, name servers, doors',
    roles: ['owner'],
    doors: ['/staff/mail'],
    tab: 'E-mail',
    group: 'Messages',
    key: 'm',
    uses: ['operations'],
  },
  billing: {
    says: 'Decide about cards that wait, and keep prices in order',
    roles: ['owner', 'billing'],
    doors: ['/staff/billing'],
    tab: 'Billing',
    group: 'Money',
    key: 'b',
    uses: ['billing'],
    beside: ['support'],
  },
  audit: {
    says: 'See what was done, and whether the record of it is whole',
    roles: ['owner', 'legal'],
    doors: ['/staff/audit'],
    tab: 'Record',
    group: 'House',
    uses: ['legal', 'operations'],
  },
  requests: {
    says: 'Read and answer what people ask about their data',
    roles: ['owner', 'legal'],
    doors: ['/staff/requests'],
    tab: 'Requests',
    group: 'People',
    key: 'r',
    uses: ['legal', 'rights'],
  },
  policy: {
    says: 'Write the privacy policy, publish versions, see that everybody is told',
    roles: ['owner', 'legal'],
    doors: ['/staff/policy'],
    tab: 'Policy',
    group: 'Law',
    key: 'o',
    uses: ['legal'],
  },
  promises: {
    says: 'See whether each promise of the policy holds, and what breaks it',
    roles: ['owner', 'legal'],
    doors: ['/staff/promises'],
    tab: 'Promises',
    group: 'Law',
    uses: ['legal'],
  },
  restricted: {
    says: 'Open the records of people whose data is only stored',
    roles: ['legal'],
    doors: ['/staff/restricted'],
    tab: 'Restricted',
    group: 'Law',
    uses: ['legal', 'rights'],
  },
  breaches: {
    says: 'Keep the register of breaches, and tell those concerned',
    roles: ['owner', 'legal'],
    doors: ['/staff/breaches'],
    tab: 'Breaches',
    group: 'Law',
    uses: ['legal', 'rights', 'service'],
    beside: ['support'],
  },
  demands: {
    says: 'Answer what authorities demand, and keep the register of it',
    roles: ['owner', 'legal'],
    doors: ['/staff/demands'],
    tab: 'Demands',
    group: 'Law',
    key: 'd',
    uses: ['legal', 'rights'],
  },
  agents: {
    says: 'List the agents that may ask for others',
    roles: ['owner', 'legal'],
    doors: ['/staff/agents'],
    tab: 'Agents',
    group: 'Law',
    uses: ['rights'],
  },
  processing: {
    says: 'Read the record of processing activities',
    roles: ['owner', 'legal'],
    doors: ['/staff/article-30'],
    tab: 'Processing',
    group: 'Law',
    uses: [],
  },
  recipients: {
    says: 'See who receives data, and what left',
    roles: ['owner', 'legal'],
    doors: ['/staff/recipients'],
    tab: 'Recipients',
    group: 'Law',
    uses: ['legal'],
  },
  jobs: {
    says: 'See later work, and try again what failed',
    roles: ['owner'],
    doors: ['/staff/jobs'],
    tab: 'Jobs',
    group: 'House',
    key: 'j',
    uses: ['operations'],
  },
  settings: {
    says: 'Read the settings, and make them stricter',
    roles: ['owner'],
    doors: ['/staff/settings'],
    tab: 'Settings',
    group: 'House',
    uses: ['operations'],
  },
  programs: {
    says: 'Give the company’s own programs keys, and choose what they are told',
    roles: ['owner'],
    doors: ['/staff/programs'],
    tab: 'Programs',
    group: 'House',
    uses: ['service'],
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

/** An act of the console, by its name. */
export const abilityOf = (name: AbilityName): Ability => table[name]

/** What somebody in this role may do, beside finding their way. */
export const abilitiesOf = (role: Role): AbilityName[] =>
  abilityNames.filter((name) => may(role, name) && name !== 'console' && name !== 'search')

const TODAY: Tab = { href: '/staff', text: 'Today', key: 't' }

/** The console's navigation for somebody in this role: what needs somebody, and then each part. */
export const tabsFor = (role: Role): Tab[] => [
  TODAY,
  ...groups.flatMap((group) =>
    abilityNames.flatMap((name): Tab[] => {
      const { tab: text, doors, key, group: its } = table[name]
      const [href] = doors
      return text && href && its === group && may(role, name) ? [{ href, text, group, key }] : []
    }),
  ),
]
