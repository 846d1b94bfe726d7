/** Every letter about a request; one function each. None of them tells whether we know anybody at the address. */
import { dayInWords } from '../clock.ts'
import type { Letter, Part } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import type { Day } from './holidays.ts'
import { copyAddress, proofAddress, statusAddress } from './link.ts'
import { type Refused, refusals } from './refusal.ts'
import type { Request } from './steps.ts'
import { kinds } from './kinds.ts'

type About = Pick<Request, 'id' | 'personId' | 'email' | 'kind' | 'receivedOn' | 'answerBy'>

function letter(house: House, { personId, email }: About, subject: string, parts: readonly Part[]): Letter {
  if (!email) throw new Error('a request without an address cannot be answered')
  return { to: email, personId: personId ?? undefined, kind: 'privacy request', subject, parts, from: house.content.company.name }
}

const standing = (house: House, { id }: About): Part => ({ button: 'See how it stands', href: statusAddress(house, id) })
const short = (house: House): string => house.content.company.short

/** To the address that somebody asked for, whoever reads there. */
export const confirmLetter = (house: House, about: About, { code, until }: { code: string; until: Date }): Letter =>
  letter(house, about, `Please confirm your privacy request to ${short(house)}`, [
    'Hello,',
    `on ${dayInWords(about.receivedOn)} somebody, probably you, asked ${house.content.company.name} for ${kinds[about.kind]}, for this address. The request has come in, and we go on with it as soon as you have confirmed that it is yours. Open this page and press its button:`,
    { button: 'Read and confirm', href: proofAddress(house, code) },
    `The button works once, until ${dayInWords(until)}. We ask for nothing else: no papers, no account. Whoever wrote to us learns nothing from us but by this letter.`,
    `You get an answer by ${dayInWords(about.answerBy)}, also if we hold nothing. How it stands you can see at any time:`,
    standing(house, about),
    'If you did not ask for this, you need do nothing: nothing happens, and the request is closed by itself.',
  ])

/** To somebody of whom it is certain that they asked. */
export const receivedLetter = (house: House, about: About): Letter =>
  letter(house, about, `Your privacy request to ${short(house)} has come in`, [
    'Hello,',
    `you asked us for ${kinds[about.kind]}. It came in on ${dayInWords(about.receivedOn)}, and you get an answer by ${dayInWords(about.answerBy)}. What can be done without anybody is done at once; the rest goes to those of our staff who answer for privacy. How it stands you can see at any time:`,
    standing(house, about),
  ])

/** To somebody of whose letter it is not plain what it asks for. */
export const inDoubtLetter = (house: House, about: About): Letter =>
  letter(house, about, `Your letter to ${short(house)} has come in`, [
    'Hello,',
    `on ${dayInWords(about.receivedOn)} a letter from this address came in. Somebody of our staff reads it, to see what it asks for; nothing is done before you have confirmed it. You hear from us by ${dayInWords(about.answerBy)}. How it stands you can see at any time:`,
    standing(house, about),
    'If you did not write to us, you need do nothing.',
  ])

/** When the copy that was asked for can be fetched. */
export const copyLetter = (house: House, about: About, { code, until }: { code: string; until: Date }): Letter =>
  letter(house, about, `Your copy from ${short(house)} is ready`, [
    'Hello,',
    'everything that we hold about you is ready to be fetched: as JSON for programs, and with a page that you can read. Open this page and press its button:',
    { button: 'Fetch the copy', href: copyAddress(house, code) },
    `The button works once, until ${dayInWords(until)}. If you miss it, the page of your request sends you another one:`,
    standing(house, about),
    'The copy has in it what we hold, for what and how long, where it came from by what you did here, and who received it. You may have it corrected or erased, restrict or object to its use, and complain to a data protection authority. No decision about you is made by a machine alone.',
  ])

/** When what was asked for is done, in words that say what. */
export const doneLetter = (house: House, about: About, says: readonly string[]): Letter =>
  letter(house, about, `Your privacy request to ${short(house)} is done`, ['Hello,', ...says, standing(house, about)])

/** An answer in the words of a member of staff. */
export const answerLetter = (house: House, about: About, words: string): Letter =>
  letter(house, about, `About your privacy request to ${short(house)}`, [
    'Hello,',
    ...words.split(/\n{2,}/),
    'You can answer this letter, or see how your request stands:',
    standing(house, about),
  ])

/** That a restriction ends, and why. */
export const liftedLetter = (house: House, about: About, words: string): Letter =>
  letter(house, about, `Your data at ${short(house)} is used again`, [
    'Hello,',
    'at your request we only stored what we hold about you. That ends with this letter. The reasons:',
    ...words.split(/\n{2,}/),
    ...remedies,
    standing(house, about),
  ])

/** That it takes longer, until when, and why. */
export const extendedLetter = (house: House, about: About, { until, words }: { until: Day; words: string }): Letter =>
  letter(house, about, `Your privacy request to ${short(house)} takes longer`, [
    'Hello,',
    `you asked us for ${kinds[about.kind]}. We cannot answer it by ${dayInWords(about.answerBy)}. You get the answer by ${dayInWords(until)} at the latest. The reasons:`,
    ...words.split(/\n{2,}/),
    ...remedies,
    standing(house, about),
  ])

/** That it is refused: on what ground, why, and what one can do about it. */
export const refusedLetter = (house: House, about: About, { ground, words }: Refused): Letter =>
  letter(house, about, `Your privacy request to ${short(house)} is refused`, [
    'Hello,',
    `you asked us for ${kinds[about.kind]}. We do not do that, ${refusals[ground]}. The reasons:`,
    ...words.split(/\n{2,}/),
    ...remedies,
    `If you think that we are wrong, answer this letter: somebody else than who decided looks at it again, and you hear within 60 days what came of it.`,
    standing(house, about),
  ])

// What the laws want told with a refusal or a delay.
const remedies: readonly string[] = [
  'You have the right to complain to a data protection authority: in the European Union and the United Kingdom the one where you live, work, or where you think that the law was broken; in California the California Privacy Protection Agency; in Florida the Department of Legal Affairs.',
  'You also have the right to go to court.',
]

/** To those of the team who answer: a day comes near. It names nobody. */
export const warningLetter = (house: House, to: string, facts: readonly (readonly [string, string])[]): Letter => ({
  to,
  kind: 'privacy clocks',
  subject: 'Privacy requests that must be answered soon',
  parts: [
    'Hello,',
    'these requests wait for an answer, and their days come near or have passed:',
    { facts },
    { button: 'Open the requests', href: `${house.config.origin}/staff/requests` },
    'A letter like this comes ten days, three days and no day before the last one, and then every day until each is answered.',
  ],
  from: house.content.company.name,
})
