/** Asking the name servers: how the operator's own domain is set up, and whether a letter comes from where it says. */
import { Resolver } from 'node:dns/promises'
import { withPass } from '../egress/wall.ts'
import type { Nameplate } from './nameplate.ts'

export const dns: Nameplate = {
  name: 'Name servers',
  does: 'Tell us whether our own domain is set up for e-mail, and whether a letter about privacy comes from where it says',
  where: 'Where the operator’s network asks',
  purposes: ['operations'],
  receives: { 'domain of the address that wrote to us': 'contact' },
  basis: 'legitimate interest',
  forget: 'They are asked for the part of an address behind its @, and keep nothing for us.',
  correct: 'They were asked for a domain, and keep nothing.',
}

export type RecordType = 'TXT' | 'MX' | 'A' | 'AAAA' | 'PTR' | 'CNAME'
/** Looks a name up; throws with `code` `ENOTFOUND` or `ENODATA` when there is nothing. */
export type Resolve = (name: string, type: RecordType) => Promise<readonly unknown[]>

const system: Resolve = (name, type) =>
  withPass({ names: true }, () => new Resolver({ timeout: 3_000, tries: 2 }).resolve(name, type) as Promise<unknown[]>)
let resolve: Resolve = system

/** Lets somebody else look names up, such as a test. */
export function resolveWith(other: Resolve): void {
  resolve = other
}

/** Asks for anything, for the proof of where a letter comes from; the answer is as it came. */
export const askServers = (name: string, type: RecordType): Promise<readonly unknown[]> => resolve(name, type)

/** What the name servers say: the records as text, none, or no answer. */
export type Answer = readonly string[] | 'no answer'

/**
 * Looks up one of the operator's own names.
 * @throws Error for any other name: which domains we ask for would tell with whom we have to do
 */
export async function lookUp(own: string, name: string, type: RecordType): Promise<Answer> {
  if (name !== own && !name.endsWith(`.${own}`)) throw new Error('not a name of our own')
  try {
    return (await resolve(name, type)).map(inText)
  } catch (fault) {
    const { code } = fault as { code?: string }
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : 'no answer'
  }
}

// A long text comes in pieces of 255 signs, an exchanger with its rank.
function inText(record: unknown): string {
  if (Array.isArray(record)) return record.join('')
  if (typeof record === 'object' && record !== null && 'exchange' in record) return String(record.exchange)
  return String(record)
}
