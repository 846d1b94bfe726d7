/**
 * The way out to services of the company that answer requests about data by OpenDSR 2.0: a request to erase, to hand over
 * or to correct what they hold under a number. x.
 */
import type { Config } from '../config.ts'
import { post } from '../egress/post.ts'
import type { Nameplate } from './nameplate.ts'

export const opendsr: Nameplate = {
  name: 'Services of ours that answer requests themselves',
  does: 'Erase, correct or hand over what they hold under the number that stands for you, and sign that it is done',
  where: 'Where the operator runs them',
  purposes: ['rights'],
  receives: { account: 'reference', request: 'reference', kind: 'record', submitted: 'record', field: 'record' },
  basis: 'legal obligation',
  forget: 'Each that you registered for is asked to erase you before we do, and signs that it is done; until then the erasure waits.',
  correct: 'Those that take corrections by this way are told that something was corrected, and sign that it is put right.',
}

const MOST_ANSWER = 64 * 1024

/** What is asked of a service. */
export interface Asking {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: string
  /** What lets us in there, if it wants something. */
  readonly bearer?: string | undefined
}

/** An answer as it came; nothing in it is to be believed before its signature was verified. */
export interface Answered {
  readonly status: number
  readonly text: string
  readonly domain: string
  readonly signature: string
}

/** Asks a service; undefined when it cannot be reached, or says more than it may. Nothing follows a redirect. */
export async function askService(
  config: Pick<Config, 'environment'>,
  { method, url, body, bearer }: Asking,
): Promise<Answered | undefined> {
  const outcome = await post(config, opendsr, {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
    },
    ...(body === undefined ? {} : { body }),
    reads: MOST_ANSWER,
  })
  if ('failed' in outcome) return undefined
  const header = (name: string): string => String(outcome.headers?.[name] ?? '')
  const { status, text } = outcome
  return { status, text, domain: header('x-opendsr-processor-domain'), signature: header('x-opendsr-signature') }
}
