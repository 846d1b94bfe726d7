/** Letters about paying; one function each. They name a service and a date, and never a card or an amount. */
import { dayInWords } from '../clock.ts'
import type { Id } from '../log.ts'
import type { Letter } from '../mail/letter.ts'
import type { Person } from '../people/person.ts'
import type { House } from '../web/house.ts'

interface About {
  readonly person: Person
  readonly service: string
  readonly membershipId: Id
}

const letter = ({ content }: House, { person }: About, subject: string, parts: Letter['parts']): Letter => ({
  to: person.email,
  personId: person.id,
  kind: 'billing',
  subject,
  from: content.company.name,
  parts: [`Hello ${person.name},`, ...parts],
})

/** When a payment failed and the service goes on for a while. */
export const failedLetter = (house: House, about: About & { until: Date }): Letter =>
  letter(house, about, `A payment for ${about.service} failed`, [
    `your last payment for ${about.service} did not go through. That happens: a card expires, or a bank says no. ${about.service} works on until ${dayInWords(about.until)}.`,
    'Please look at your card on Stripe’s page. Once it is changed, the payment is tried again at once.',
    { button: 'Look at the card', href: `${house.config.origin}/account/billing` },
  ])

/** When a payment went through after all. */
export const worksAgainLetter = (house: House, about: About): Letter =>
  letter(house, about, `${about.service} is paid`, [
    `the payment for ${about.service} went through. Everything is as it was.`,
    { button: `Look at ${about.service}`, href: `${house.config.origin}/account/services/${about.membershipId}` },
  ])

/** When a membership that was paid for has ended. */
export const endedLetter = (house: House, about: About): Letter =>
  letter(house, about, `${about.service} has ended for you`, [
    `your registration for ${about.service} has ended, and nothing more is charged for it.`,
    'You can come back at any time.',
    { button: 'Look at your services', href: `${house.config.origin}/account/services` },
  ])

/** When a decision waited for a member of staff and was made. */
export const decidedLetter = (house: House, about: About & { passed: boolean | 'deposit' }): Letter =>
  letter(
    house,
    about,
    about.passed ? `You can go on with ${about.service}` : `We cannot take this card for ${about.service}`,
    about.passed
      ? [
          about.passed === 'deposit'
            ? `a member of our staff looked at your registration for ${about.service}. You can go on once a deposit is paid. It is yours: your invoices are paid from it, and what is left when you leave comes back to you.`
            : `a member of our staff looked at your registration for ${about.service}, and you can go on.`,
          { button: 'Go on', href: `${house.config.origin}/account/billing/begin/${about.membershipId}` },
        ]
      : [
          `a member of our staff looked at your registration for ${about.service}. With the card that you gave we cannot offer it. You can try another card, or write to us.`,
          { button: 'Try another card', href: `${house.config.origin}/account/billing/begin/${about.membershipId}` },
        ],
  )
