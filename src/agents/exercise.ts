/** What an agent asks for somebody, and how it stands: in the words of the Data Rights Protocol 1.0. */
import { z } from 'zod'
import type { Kind } from '../requests/kinds.ts'
import type { Request, Step } from '../requests/steps.ts'
import { emailAddress } from '../web/form.ts'

/** What can be asked. Opting in to a sale cannot: nothing is sold (P11). */
export const exercises = {
  deletion: 'erasure',
  access: 'access',
  'access:categories': 'access',
  'access:specific': 'access',
  // Not an objection, which would end updates that somebody wants: a member of staff answers that nothing is sold.
  'sale:opt-out': 'question',
} as const satisfies Record<string, Kind>
export type Exercise = keyof typeof exercises
export const exerciseNames = Object.keys(exercises) as [Exercise, ...Exercise[]]

/** The part of a signed message that asks for something. */
export const asked = z.object({
  exercise: z
    .string()
    .transform((word) => word.replaceAll('_', '-'))
    .pipe(z.enum(exerciseNames)),
  regime: z.string().max(50).optional(),
  'agent-request-id': z.string().min(1).max(200).optional(),
  status_callback: z.string().max(2_000).optional(),
  email: emailAddress,
})

/** How a request stands, as an agent is told. */
export interface Status {
  readonly request_id: string
  readonly agent_request_id?: string
  readonly status: 'in_progress' | 'fulfilled' | 'revoked' | 'denied' | 'expired'
  readonly reason?: string
  readonly received_at: string
  readonly expected_by?: string
  readonly processing_details?: string
  readonly user_verification_url?: string
  readonly expires_at?: string
}

const endings = {
  done: { status: 'fulfilled', processing_details: 'Whatever there was to give was given to the person, at the address that we know.' },
  overtaken: { status: 'fulfilled', processing_details: 'Everything about the person was erased.' },
  refused: {
    status: 'denied',
    reason: 'other',
    processing_details: 'The person was told on what ground, why, and what they can do about it.',
  },
  none: { status: 'denied', reason: 'other', processing_details: 'A member of staff read it: it asks for nothing.' },
  withdrawn: { status: 'revoked' },
  lapsed: { status: 'expired' },
} as const

// The protocol’s reference reads times that end in an offset, and none that end in Z.
const time = (at: Date): string => at.toISOString().replace('Z', '+00:00')

/** The status of a request. It is the same whether we know anybody at its address or not. */
export function statusOf(
  request: Request,
  steps: readonly Step[],
  { agentRequestId, origin }: { agentRequestId: string | null; origin: string },
): Status {
  const base = {
    request_id: request.id,
    ...(agentRequestId ? { agent_request_id: agentRequestId } : {}),
    received_at: time(request.receivedAt),
  }
  if (request.closedAt) return { ...base, ...endings[request.ending ?? 'done'] }
  const running = { ...base, status: 'in_progress', expected_by: `${request.answerBy}T23:59:59+00:00` } as const
  if (request.provenAt) {
    const extended = steps.some(({ what }) => what === 'extended')
    return extended ? { ...running, processing_details: 'It takes longer; the person was told why.' } : running
  }
  return {
    ...running,
    reason: 'need_user_verification',
    processing_details:
      'We wrote to the person; it goes on once they have confirmed it from there, or our staff have accepted the mandate.',
    user_verification_url: `${origin}/privacy/requests/asked`,
    ...(request.proofUntil ? { expires_at: time(request.proofUntil) } : {}),
  }
}

/** Is it over? */
export const isFinal = ({ status }: Status): boolean => status !== 'in_progress'
