/** The way out for what the company's own programs are told (Standard Webhooks); `egress/post.ts` carries it. */
import type { Nameplate } from './nameplate.ts'

export const webhooks: Nameplate = {
  name: 'The programs of our own services',
  does: 'Hear what happened to somebody who uses them: by number and state, never by name or address',
  where: 'Where the operator runs them',
  purposes: ['service', 'rights'],
  receives: { type: 'record', timestamp: 'record', states: 'record', numbers: 'reference' },
  basis: 'contract',
  forget:
    'Each is told the number of a person who was erased, and deletes what it holds under it; until it took that, the receipt says so.',
  correct:
    'They know you by number and state alone; each is told that something was corrected, and until it took that, your privacy page says so.',
}
