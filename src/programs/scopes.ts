/** What a key can open. A room that offers something to programs adds its scope here, in words. */
export const scopes = {
  'updates:read': 'Ask whether somebody receives updates, and which',
  'updates:write': 'Ask somebody by letter whether they want updates, and end what they receive',
  'access:read': 'Ask whether somebody may use a service, until when, and how much',
  'usage:write': 'Report how much of a service somebody used',
  'questions:read': 'Ask how somebody’s questions stand, without a word of what is said',
  'questions:write': 'Ask us something for somebody who asks within a service',
  'reports:read': 'Read how the websites are used, in numbers that name nobody',
} as const
export type Scope = keyof typeof scopes
export const scopeNames = Object.keys(scopes) as [Scope, ...Scope[]]

/** The scopes among these words: a word that the program has forgotten opens nothing. */
export const scopesAmong = (words: readonly string[]): Scope[] => scopeNames.filter((name) => words.includes(name))
