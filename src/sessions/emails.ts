/** Every letter about signing in and staying in; one function each. */
import type { Id } from '../log.ts'
import type { Letter, Part } from '../mail/letter.ts'
import type { House } from '../web/house.ts'

export interface Addressed {
  readonly wants: 'sign-up' | 'sign-in' | 'reset' | 'new-address' | 'proof'
  readonly kind: 'sign-up' | 'sign-in' | 'second-factor' | 'new-address' | 'reset' | 'proof' | 'stranger'
  readonly email: string
  readonly name?: string | undefined
  readonly personId?: Id | undefined
  readonly code: string
  readonly link: string
}

const greeting = (name: string | undefined): string => (name ? `Hello ${name},` : 'Hello,')
const IGNORE = 'If you did not ask for this, you need do nothing: without the code nothing happens.'
const VALID = 'The code is good for ten minutes and works once.'

/** The letter that answers what was asked: the page's answer is the same for everyone, this one fits. */
export function letterFor(house: House, about: Addressed): Letter {
  if (about.kind === 'stranger') return about.wants === 'new-address' ? addressTakenLetter(house, about) : strangerLetter(house, about)
  if (about.kind === 'sign-up') return welcomeCodeLetter(house, about)
  if (about.kind === 'reset') return resetLetter(house, about)
  if (about.kind === 'new-address') return newAddressLetter(house, about)
  if (about.kind === 'proof') return proofLetter(house, about)
  return about.wants === 'sign-up' ? knownAlreadyLetter(house, about) : signInCodeLetter(house, about)
}

const company = (house: House): string => house.content.company.short

function letter(
  house: House,
  to: { email: string; personId?: Id | undefined },
  kind: string,
  subject: string,
  parts: readonly Part[],
): Letter {
  return { to: to.email, personId: to.personId, kind, subject, parts, from: house.content.company.name }
}

const byLink = (house: House, link: string, button: string): Part => ({ button, href: `${house.config.origin}/sign-in/code/${link}` })

const welcomeCodeLetter = (house: House, { email, name, code, link }: Addressed): Letter =>
  letter(house, { email }, 'registering', `${code} is your code for ${company(house)}`, [
    greeting(name),
    `type this code into the page where you registered for ${company(house)}:`,
    { code },
    'Or, on any device, open this page and press its button:',
    byLink(house, link, 'Confirm my address'),
    `${VALID} ${IGNORE} In that case what was typed is deleted after ten minutes.`,
  ])

const signInCodeLetter = (house: House, { email, personId, name, code, link }: Addressed): Letter =>
  letter(house, { email, personId }, 'signing in', `${code} is your code for ${company(house)}`, [
    greeting(name),
    `type this code into the page where you are signing in to ${company(house)}:`,
    { code },
    'Or, on the device where you want to be signed in, open this page and press its button:',
    byLink(house, link, 'Sign me in'),
    `${VALID} Never give it to anybody. ${IGNORE}`,
  ])

const knownAlreadyLetter = (house: House, { email, personId, name, code, link }: Addressed): Letter =>
  letter(house, { email, personId }, 'signing in', `${code} is your code for ${company(house)}`, [
    greeting(name),
    `somebody, probably you, wanted to register for ${company(house)} with this address. You are registered already. This code signs you in:`,
    { code },
    'Or, on the device where you want to be signed in, open this page and press its button:',
    byLink(house, link, 'Sign me in'),
    `${VALID} ${IGNORE}`,
  ])

const strangerLetter = (house: House, { email }: Addressed): Letter =>
  letter(house, { email }, 'no account', `Signing in to ${company(house)}`, [
    'Hello,',
    `somebody, probably you, wanted to sign in to ${company(house)} with this address. There is no account with it. You may have used another address; or you can register:`,
    { button: 'Register', href: `${house.config.origin}/sign-up` },
    'If it was not you, you need do nothing. We keep nothing about you.',
  ])

const resetLetter = (house: House, { email, personId, name, link }: Addressed): Letter =>
  letter(house, { email, personId }, 'new password', `A new password for ${company(house)}`, [
    greeting(name),
    'you asked to choose a new password. Open this page to choose it:',
    { button: 'Choose a new password', href: `${house.config.origin}/password/reset/${link}` },
    'The page is good for ten minutes. If you did not ask for this, you need do nothing: your password stays as it is.',
  ])

const newAddressLetter = (house: House, { email, name, code, link }: Addressed): Letter =>
  letter(house, { email }, 'new address', `${code} confirms your new address`, [
    greeting(name),
    `type this code into the page where you are changing your address for ${company(house)}:`,
    { code },
    'Or open this page and press its button:',
    byLink(house, link, 'This is my new address'),
    `${VALID} ${IGNORE}`,
  ])

const addressTakenLetter = (house: House, { email, personId, name }: Addressed): Letter =>
  letter(house, { email, personId }, 'new address', `An address for ${company(house)}`, [
    greeting(name),
    `somebody, perhaps you with another account, wanted to use this address for ${company(house)}. You are registered with it already, so nothing was changed and nothing will be. If it was not you, you need do nothing.`,
  ])

const proofLetter = (house: House, { email, personId, name, code }: Addressed): Letter =>
  letter(house, { email, personId }, 'proof', `${code} proves that it is you`, [
    greeting(name),
    'you are about to do something that deserves a second look. Type this code into the page that asks for it:',
    { code },
    `${VALID} Never give it to anybody. If you are not doing anything at ${company(house)} right now, somebody else is signed in as you: end all sessions and tell us.`,
  ])

interface Known {
  readonly email: string
  readonly personId: Id
  readonly name: string
}

const ALARM = (house: House): string =>
  `If this was not you, choose a new way to sign in at ${house.config.origin}/account/security and write to ${house.content.company.securityAddress}.`

/** To the old address, when a new one was asked for. */
export const addressAskedLetter = (house: House, person: Known): Letter =>
  letter(house, person, 'new address', 'Your address is about to change', [
    greeting(person.name),
    `somebody who is signed in as you at ${company(house)} asked to use another e-mail address from now on. It takes effect once the new address is confirmed.`,
    ALARM(house),
  ])

/** To both addresses, when the new one is confirmed. */
export const addressChangedLetter = (house: House, person: Known, to: string): Letter =>
  letter(house, { ...person, email: to }, 'new address', 'Your address was changed', [
    greeting(person.name),
    `from now on you sign in to ${company(house)} with another e-mail address than before. Letters go there.`,
    ALARM(house),
  ])

/** When something about signing in was changed: a password, a passkey, a second factor. */
export const waysChangedLetter = (house: House, person: Known, what: string): Letter =>
  letter(house, person, 'security', `Your way of signing in to ${company(house)} was changed`, [greeting(person.name), what, ALARM(house)])

/** When wrong passwords were given for an account, one after another. */
export const guessedLetter = (house: House, person: Known, tries: number): Letter =>
  letter(house, person, 'security', `Wrong passwords for your account at ${company(house)}`, [
    greeting(person.name),
    `within an hour, somebody gave ${tries} wrong passwords for your account. None of them opened it.`,
    `If this was you, you can always sign in with a code by e-mail, and choose a new password at ${house.config.origin}/account/security.`,
    'If it was not you, there is nothing that you must do. Further tries are slowed down, and this letter comes once an hour at most. A passkey or a second factor keeps out even somebody who knows your password.',
  ])

/** When a recovery code stood in for the app. */
export const recoveryCodeLetter = (house: House, person: Known, left: number): Letter =>
  letter(house, person, 'security', `A recovery code for ${company(house)} was used`, [
    greeting(person.name),
    `one of your recovery codes was used in place of your app, and is void now. ${left} of them are left; you can make new ones at ${house.config.origin}/account/security.`,
    ALARM(house),
  ])

/** An invitation by a member of staff; answering it is the first thing that links to the person. */
export const invitationLetter = (
  house: House,
  { email, role, link, days }: { email: string; role: string | null; link: string; days: number },
): Letter =>
  letter(house, { email }, 'invitation', `${company(house)} invites you`, [
    'Hello,',
    role
      ? `you are invited to join the team of ${house.content.company.name} in the role "${role}".`
      : `you are invited to register for ${house.content.company.name}: ${house.content.company.tagline}`,
    { button: 'Read the invitation', href: `${house.config.origin}/invitations/${link}` },
    `Opening the page does not answer it: there you can accept or decline. If you do nothing, the invitation and your address are deleted after ${days} days.`,
  ])
