/** That something tried to get out on a way that is not declared. */
import { logFault, word } from '../log.ts'

/**
 * By what it tried: a connection to a place that no nameplate declares, or to a private one behind a public name; a name
 * that nobody may ask for; a datagram; another program; a thread, which would not know these rules; a field that the
 * nameplate does not list; a company whose notice has not run out.
 */
export type Trick = 'place' | 'private place' | 'name' | 'datagram' | 'program' | 'thread' | 'field' | 'too early'

/** Nothing went out. The code tells it from a network that fails. */
export class EgressRefused extends Error {
  override name = 'EgressRefused'
  readonly code = 'EGRESS_REFUSED'
  readonly trick: Trick

  constructor(trick: Trick, message: string) {
    super(message)
    this.trick = trick
  }
}

/** How often each was refused since the program began. */
export const refusals = new Map<Trick, number>()

/**
 * Makes a refusal, counts it and logs it: what was tried and by which line, but not where to, because a name can carry
 * what it should not.
 */
export function refuse(trick: Trick, message: string): EgressRefused {
  const refused = new EgressRefused(trick, message)
  refusals.set(trick, (refusals.get(trick) ?? 0) + 1)
  logFault('egress.refused', refused, { trick: word(trick) })
  return refused
}
