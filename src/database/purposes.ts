/**
 * The purpose matrix: which category of data each purpose may read and change. It is the policy's
 * promises P4, P6, P9 and P10 written down; grants in PostgreSQL are generated from it, and every
 * purpose is a login of its own, so that the database itself refuses what is not listed here.
 */

/** Why data is touched. Each is a PostgreSQL login. */
export const purposes = {
  service: 'Providing the services that you registered for',
  updates: 'Sending you the updates that you chose',
  billing: 'Qualifying customers and collecting payments',
  improvement: 'Making the website better and faster',
  personalisation: 'Adapting what you see, where you allow it',
  support: 'Answering and helping you',
  rights: 'Giving you your data, correcting it, erasing it',
  legal: 'Fulfilling what the law requires',
  security: 'Recognising you and keeping others out',
  operations: 'Running the program: delivering letters, deleting what is due',
} as const
export type Purpose = keyof typeof purposes
/**
 * Purposes that each person is asked for, beside the policy: `updates` by subscribing to a topic, `personalisation` by
 * the switch at `/account/suggestions` and the question about services of others. Nobody has agreed before they did.
 */
export const consentNeeded = ['updates', 'personalisation'] as const satisfies readonly Purpose[]
export const purposeNames = Object.keys(purposes) as Purpose[]

/** What a column holds. */
export const categories = {
  reference: 'A number that stands for something',
  contact: 'Name and e-mail address',
  credential: 'What proves that it is you, kept so that nobody can read it',
  key: 'The key under which text about you is sealed',
  session: 'Where you are signed in',
  role: 'What you do here as a member of staff',
  correspondence: 'What we wrote to you',
  sealed: 'Text that only your own key opens',
  record: 'When something was done, and how it stands',
  preference: 'What you chose to receive, and how',
  consent: 'What you agreed to, in the words that you were shown',
  content: 'What the company wrote for everybody',
  billing: 'Opaque keys, states and amounts of your payments',
  membership: 'Which services you use',
  usage: 'How much of a service you used',
  action: 'What you did on the website, where you allowed us to keep it',
  visit: 'An action of a visitor whom nobody can name, for one day',
  tally: 'How often something happened, counted over many people',
} as const
export type Category = keyof typeof categories

interface Access {
  readonly read: readonly Category[]
  readonly write: readonly Category[]
}

/**
 * `record` columns (moments and states) are readable wherever their table is served; whether a
 * purpose may touch a table at all is said by the table's own `serves`.
 */
export const matrix = {
  service: {
    read: ['reference', 'contact', 'session', 'role', 'key', 'sealed', 'record', 'preference', 'content', 'membership', 'usage'],
    write: ['contact', 'session', 'record', 'content', 'membership', 'usage'],
  },
  updates: {
    read: ['reference', 'contact', 'record', 'preference', 'consent', 'content', 'membership'],
    write: ['record', 'preference', 'consent', 'content'],
  },
  billing: {
    read: ['reference', 'contact', 'record', 'content', 'billing', 'membership', 'usage'],
    write: ['record', 'content', 'billing', 'membership'],
  },
  improvement: { read: ['record', 'content', 'visit', 'tally'], write: ['record', 'visit', 'tally'] },
  personalisation: {
    read: ['reference', 'record', 'preference', 'content', 'membership', 'action'],
    write: ['record', 'preference', 'action'],
  },
  support: {
    read: [
      ...['reference', 'contact', 'session', 'role', 'correspondence', 'key', 'sealed', 'record'],
      ...['preference', 'consent', 'content', 'membership'],
    ],
    write: ['sealed', 'role', 'record'],
  },
  rights: {
    read: [
      ...['reference', 'contact', 'session', 'role', 'correspondence', 'key', 'sealed', 'record'],
      ...['preference', 'consent', 'content', 'billing', 'membership', 'usage', 'action'],
    ],
    write: ['reference', 'contact', 'sealed', 'record', 'preference'],
  },
  legal: {
    read: [
      ...['reference', 'contact', 'role', 'correspondence', 'key', 'sealed', 'record'],
      ...['preference', 'consent', 'content', 'billing', 'membership', 'usage', 'action'],
    ],
    write: ['sealed', 'record'],
  },
  security: {
    read: ['reference', 'contact', 'credential', 'key', 'session', 'role', 'record'],
    write: ['reference', 'contact', 'credential', 'session', 'role', 'record'],
  },
  operations: { read: ['reference', 'contact', 'correspondence', 'record'], write: ['correspondence', 'record'] },
} as const satisfies Record<Purpose, Access>

/** May `purpose` read columns of `category`? */
export const mayRead = (purpose: Purpose, category: Category): boolean => (matrix[purpose].read as readonly Category[]).includes(category)

/** May `purpose` change columns of `category`? */
export const mayWrite = (purpose: Purpose, category: Category): boolean => (matrix[purpose].write as readonly Category[]).includes(category)
