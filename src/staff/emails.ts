/** Letters that tell a person what staff did; one function each. */
import type { Letter } from '../mail/letter.ts'
import type { Person } from '../people/person.ts'
import type { House } from '../web/house.ts'

/** When a member of staff ended all of a person's sessions. */
export const sessionsEndedLetter = (house: House, person: Person): Letter => ({
  to: person.email,
  personId: person.id,
  kind: 'security',
  subject: `You were signed out of ${house.content.company.short}`,
  parts: [
    `Hello ${person.name},`,
    `a member of our staff ended all your sessions at ${house.content.company.name}, to keep your account safe. Nothing else was changed: you can sign in as always.`,
    { button: 'Sign in', href: `${house.config.origin}/sign-in` },
    `Who looked at your record, when, and why, is at ${house.config.origin}/account/privacy.`,
  ],
  from: house.content.company.name,
})
