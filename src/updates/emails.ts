/** Every letter about subscribing and leaving; one function each. */
import { dayInWords } from '../clock.ts'
import type { Id } from '../log.ts'
import type { Letter, Part } from '../mail/letter.ts'
import type { House } from '../web/house.ts'

interface Reader {
  readonly id: Id
  readonly name: string
  readonly email: string
}

function letter(house: House, to: { email: string; id?: Id | undefined }, kind: string, subject: string, parts: readonly Part[]): Letter {
  return { to: to.email, personId: to.id, kind, subject, parts, from: house.content.company.name }
}

const company = (house: House): string => house.content.company.short
const listed = (topics: readonly string[]): string => new Intl.ListFormat('en-GB').format(topics)
const preferences = (house: House, token: string): Part => ({
  button: 'Choose what you get',
  href: `${house.config.origin}/updates/preferences/${token}`,
})

interface Waiting {
  readonly topics: readonly string[]
  readonly token: string
  readonly hours: number
}

const confirming = (house: House, { token }: Waiting): Part => ({
  button: 'Read and confirm',
  href: `${house.config.origin}/updates/confirm/${token}`,
})

/**
 * To an address that nobody confirmed yet. It does not repeat the name that was typed: whoever typed
 * it may be a stranger, and would write into somebody else's letter.
 */
export const confirmLetter = (house: House, email: string, waiting: Waiting): Letter =>
  letter(house, { email }, 'confirming updates', `Please confirm your updates from ${company(house)}`, [
    'Hello,',
    `somebody, probably you, asked for updates from ${company(house)} for this address: ${listed(waiting.topics)}. Open this page and press its button, and you will get them:`,
    confirming(house, waiting),
    `The page is good for ${waiting.hours} hours. If you did not ask for this, you need do nothing: you will get no updates, and this address is deleted.`,
  ])

/** To somebody known who asked for topics that they do not get yet. */
export const furtherTopicsLetter = (house: House, reader: Reader, waiting: Waiting): Letter =>
  letter(house, reader, 'confirming updates', `Please confirm your updates from ${company(house)}`, [
    `Hello ${reader.name},`,
    `somebody, probably you, asked for these updates from ${company(house)} for your address: ${listed(waiting.topics)}. Open this page and press its button, and you will get them from now on:`,
    confirming(house, waiting),
    `The page is good for ${waiting.hours} hours. If you did not ask for this, you need do nothing: everything stays as it is.`,
  ])

/** To somebody who gets already what they asked for. */
export const alreadySubscribedLetter = (house: House, reader: Reader, { token, hours }: Omit<Waiting, 'topics'>): Letter =>
  letter(house, reader, 'updates', `You get these updates from ${company(house)} already`, [
    `Hello ${reader.name},`,
    `somebody, probably you, asked for updates from ${company(house)} for your address. You get all of them already, so nothing was changed. If you would like to change something:`,
    preferences(house, token),
    `The page is good for ${inHours(hours)}, and it is yours alone: please do not forward this letter.`,
  ])

/** The link to the preferences, sent afresh. */
export const preferencesLetter = (house: House, reader: Reader, { token, hours }: Omit<Waiting, 'topics'>): Letter =>
  letter(house, reader, 'preferences', `Your updates from ${company(house)}`, [
    `Hello ${reader.name},`,
    'on this page you choose what you get from us by e-mail, change your name, or leave altogether:',
    preferences(house, token),
    `The page is good for ${inHours(hours)}, and it is yours alone: please do not forward this letter. If you did not ask for it, you need do nothing.`,
  ])

/** To an address without any subscription, where somebody asked for its preferences. */
export const nothingSubscribedLetter = (house: House, email: string): Letter =>
  letter(house, { email }, 'no updates', `Your updates from ${company(house)}`, [
    'Hello,',
    `somebody, probably you, wanted to change the updates that this address gets from ${company(house)}. It gets none. You may have used another address; or you can subscribe:`,
    { button: 'Choose updates', href: `${house.config.origin}/updates` },
    'If it was not you, you need do nothing. We keep nothing about you.',
  ])

interface Left {
  readonly topic: string
  /** By which way it ended: their letter's link, the button of their mail program, or a program of the company. */
  readonly door: string
  readonly token: string
  readonly undoUntil: Date
  /** The day on which everything about them is deleted, unless they come back. */
  readonly forgottenAt: Date | undefined
}

/** What told us, and who else it may have been. */
function ways(door: string, topic: string): readonly [told: string, orElse: string] {
  if (door === 'program') return [`one of our services told us that you want nothing more on “${topic}”`, 'a mistake']
  const forwarded = 'somebody to whom you forwarded the letter'
  if (door === 'mail program') return [`your mail program told us that you leave “${topic}”`, forwarded]
  return [`with the link in one of our letters you left “${topic}”`, forwarded]
}

const inHours = (hours: number): string => (hours === 1 ? 'an hour' : `${hours} hours`)

/** To the subscriber, when somebody else could have done it: whoever holds a letter with its link, or a program of ours. */
export function leftLetter(house: House, reader: Reader, { topic, door, token, undoUntil, forgottenAt }: Left): Letter {
  const [told, orElse] = ways(door, topic)
  return letter(house, reader, 'leaving updates', `You left “${topic}”`, [
    `Hello ${reader.name},`,
    `${told}. We will write nothing more to you on it. If that was right, you need do nothing.`,
    `If it was ${orElse}, or if you change your mind, you can undo it until ${dayInWords(undoUntil)}:`,
    { button: 'Undo it', href: `${house.config.origin}/updates/return/${token}` },
    ...(forgottenAt
      ? [
          `This was your last topic, and nothing else is why we know you. So on ${dayInWords(forgottenAt)} everything that we hold about you is deleted.`,
        ]
      : []),
  ])
}
