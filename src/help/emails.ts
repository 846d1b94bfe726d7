/** Every letter of a conversation, and the reminder to those who answer. None repeats what was asked: anybody may have typed the address. */
import type { Letter, Part } from '../mail/letter.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'

/** Whom a letter goes to. */
export interface Asker {
  readonly id: Id
  readonly personId: Id | null
  readonly email: string
  readonly name: string | null
}

function letter(house: House, { personId, email }: Asker, subject: string, parts: readonly Part[]): Letter {
  return { to: email, personId: personId ?? undefined, kind: 'question', subject, parts, from: house.content.company.name }
}

const greeting = ({ name }: Asker): string => (name ? `Hello ${name},` : 'Hello,')

// Only whoever has an account has a page that shows it.
const page = (house: House, { id, personId }: Asker): Part[] =>
  personId
    ? ['Or read the whole conversation in your account:', { button: 'Read it', href: `${house.config.origin}/account/help/${id}` }]
    : []

/** That a question came in. */
export const receivedLetter = (house: House, asker: Asker): Letter =>
  letter(house, asker, `Your question to ${house.content.company.short} has come in`, [
    'Hello,',
    'somebody of our staff reads it and answers to this address. If there is more to say, answer this letter; pictures and other documents are not kept, so please use words.',
    ...page(house, asker),
    'If you did not ask us anything, you need do nothing.',
  ])

/** An answer in the words of a member of staff. */
export const answerLetter = (house: House, asker: Asker, words: string): Letter =>
  letter(house, asker, `About your question to ${house.content.company.short}`, [
    greeting(asker),
    ...words.split(/\n{2,}/),
    'If that does not help, or there is more to say, answer this letter.',
    ...page(house, asker),
  ])

/** To those of the team who answer: questions wait. It names nobody. */
export const waitingLetter = (house: House, to: string, facts: readonly (readonly [string, string])[]): Letter => ({
  to,
  kind: 'questions that wait',
  subject: 'Questions wait for an answer',
  parts: [
    'Hello,',
    'these questions have waited for two days or longer:',
    { facts },
    { button: 'Open the questions', href: `${house.config.origin}/staff/help` },
    'A letter like this comes every morning until none waits so long.',
  ],
  from: house.content.company.name,
})
