/** Letters about the company's own programs; one function each. */
import type { Letter } from '../mail/letter.ts'
import type { Id } from '../log.ts'
import type { Member } from '../staff/team.ts'
import type { House } from '../web/house.ts'

/** To each owner, when a program took nothing for days and is told nothing more. */
export const endpointOffLetter = (
  house: House,
  { personId, name, email }: Member,
  off: { id: Id; url: string; gone: boolean },
): Letter => ({
  to: email,
  personId,
  kind: 'programs',
  subject: 'A program is not told anything any more',
  parts: [
    `Hello ${name},`,
    off.gone
      ? 'one of your programs answered that nothing is wanted at its address any more (410 Gone), so we stopped telling it what happens here:'
      : 'one of your programs took nothing of what we told it for three days, so we stopped telling it what happens here:',
    { facts: [['Address', new URL(off.url).host]] },
    'What happens from now on is not kept for it. Once it works again, switch it on in the console; there you also see what it answered.',
    { button: 'Look at it', href: `${house.config.origin}/staff/programs/endpoints/${off.id}` },
  ],
  from: house.content.company.name,
})
