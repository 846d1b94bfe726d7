/** Letters that tell a person what staff did; one function each. */
import type { Fault } from '../audit/chain.ts'
import type { Head } from '../audit/head.ts'
import type { Letter } from '../mail/letter.ts'
import type { Person } from '../people/person.ts'
import type { House } from '../web/house.ts'

/** When the record of what was done is not whole. */
export const tamperedLetter = (house: House, { at, says }: Fault, more: number): Letter => ({
  to: house.config.privacyAddress,
  kind: 'alarm',
  subject: `The record of ${house.content.company.short} was tampered with`,
  parts: [
    'The nightly look over the record of what was done found something wrong:',
    { facts: [[at, says]] },
    ...(more > 0 ? [more === 1 ? 'And one further fault.' : `And ${more} further faults.`] : []),
    'Keep the machine and its database as they are. Compare with the signed heads that came to you by letter: cloudrun audit verify names each fault, and bin/verify-audit does the same without the program.',
  ],
  from: house.content.company.name,
})

/** The end of the record, signed: a copy outside of the machine, which whoever breaks in cannot change. */
export const headLetter = (house: House, head: Head, key: string): Letter => ({
  to: house.config.privacyAddress,
  kind: 'record',
  subject: `The record of ${house.content.company.short} up to entry ${head.number}`,
  parts: [
    'Keep this letter: with it, bin/verify-audit finds out whether the record of what was done was cut or written anew since.',
    JSON.stringify(head),
    { facts: [['The key that verifies it', key]] },
  ],
  from: house.content.company.name,
})

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
