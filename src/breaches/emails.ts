/** Every letter about a breach; one function each. */
import type { Id } from '../log.ts'
import type { Letter } from '../mail/letter.ts'
import type { House } from '../web/house.ts'

/** To somebody concerned, in the words that two people approved. */
export const noticeLetter = (
  house: House,
  { id, name, email }: { id: Id; name: string; email: string },
  { subject, body }: { subject: string; body: string },
): Letter => ({
  to: email,
  personId: id,
  kind: 'breach',
  subject,
  parts: [`Hello ${name},`, ...body.split(/\n{2,}/).filter((part) => part.trim() !== '')],
  from: house.content.company.name,
})

/** To those of the team who answer: a term comes near, or has passed. It says nothing of what happened. */
export const warningLetter = (house: House, to: string, breachId: Id, facts: readonly (readonly [string, string])[]): Letter => ({
  to,
  kind: 'breach clocks',
  subject: 'A breach: what must be done, and until when',
  parts: [
    'Hello,',
    'about a breach in the register this is still to be done:',
    { facts },
    { button: 'Open the breach', href: `${house.config.origin}/staff/breaches/${breachId}` },
    'A letter like this comes several times before a term ends, and then every day until it is done.',
  ],
  from: house.content.company.name,
})
