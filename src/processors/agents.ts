/** The way out to authorised agents: how a request stands that they made for somebody (Data Rights Protocol); `egress/post.ts` carries it. */
import type { Nameplate } from './nameplate.ts'

export const agents: Nameplate = {
  name: 'Agents whom you authorised',
  does: 'Hear how a request stands that they made for you: by its number and state',
  where: 'Where the agent runs it',
  purposes: ['rights'],
  receives: {
    ...{ request_id: 'reference', agent_request_id: 'reference', status: 'record', reason: 'record', received_at: 'record' },
    ...{ expected_by: 'record', processing_details: 'record', user_verification_url: 'record', expires_at: 'record' },
  },
  basis: 'legal obligation',
  forget: 'They hold what you gave them; of ours they know the number of your request and how it stands.',
  correct: 'They are told when the state of your request changes.',
}
