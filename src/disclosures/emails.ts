/** Every letter about a legal demand; one function each. */
import type { Id } from '../log.ts'
import type { Letter } from '../mail/letter.ts'
import type { House } from '../web/house.ts'

/** What somebody is told. */
export interface Told {
  readonly told: string
  /** What was handed over, or what became of the demand. */
  readonly standing: string
  /** A bar forbade to tell until now. */
  readonly waited: boolean
}

/** To somebody whom a demand names. */
export const demandLetter = (house: House, { id, name, email }: { id: Id; name: string; email: string }, one: Told): Letter => ({
  to: email,
  personId: id,
  kind: 'legal demand',
  subject: 'An authority demanded data about you',
  parts: [
    `Hello ${name},`,
    one.told,
    one.standing,
    one.waited ? 'The law forbade us to tell you until now.' : 'You can object in court, and ask a lawyer whether you should.',
    { button: 'See it on your privacy page', href: `${house.config.origin}/account/privacy` },
    `Questions reach us at ${house.config.privacyAddress}.`,
  ],
  from: house.content.company.name,
})

/** To those of the team who answer: a day comes near. It says nothing of the demand. */
export const dueLetter = (house: House, to: string, demandId: Id, dueOn: string): Letter => ({
  to,
  kind: 'legal demand due',
  subject: 'A legal demand is to be answered',
  parts: [
    'Hello,',
    `a demand in the register is to be answered until ${dueOn}.`,
    { button: 'Open the demand', href: `${house.config.origin}/staff/demands/${demandId}` },
  ],
  from: house.content.company.name,
})
