/** Letters to those who answer for the promises; one function each. */
import type { Letter } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import type { Run } from './running.ts'

const subjects = {
  broken: (promise: string) => `Promise ${promise} of the privacy policy is broken`,
  unexamined: (promise: string) => `Nobody knows whether promise ${promise} holds`,
  holds: (promise: string) => `Promise ${promise} of the privacy policy holds again`,
} as const

const first = {
  broken:
    'the hourly look whether we keep our promises found one that is broken. Everybody can read that at once, on the page of promises.',
  unexamined:
    'the hourly look whether we keep our promises could not find out about one of them. Everybody can read that on the page of promises.',
  holds: 'the hourly look whether we keep our promises found that one of them holds again. The page of promises says so.',
} as const

/** How a promise stands has changed. */
export const changeLetter = (house: House, to: string, { promise, standing, findings }: Run): Letter => ({
  to,
  kind: 'alarm',
  subject: subjects[standing](promise),
  parts: [
    `Hello, ${first[standing]}`,
    ...(findings.length > 0 ? [{ facts: findings.slice(0, 10).map((words, at): [string, string] => [String(at + 1), words]) }] : []),
    ...(findings.length > 10 ? [`And ${findings.length - 10} more.`] : []),
    { button: 'See what was found', href: `${house.config.origin}/staff/promises` },
    `You can look again at any time: cloudrun promises check ${promise}. We write once when this changes, and not again while it stays.`,
  ],
  from: house.content.company.name,
})
