/**
 * Whether a letter comes from where it says: SPF, DKIM and DMARC, by what the sender's own domain publishes.
 * Name servers are asked for that domain, and for nothing before the @.
 */
import type { DNSResolver } from 'mailauth'
import { askServers, type RecordType } from './dns.ts'

/** Who brought a letter: the address and the name that the mail door heard; nothing where it was fetched by IMAP. */
export interface Bringer {
  readonly ip: string
  readonly helo: string
}

/**
 * `proven`: the domain vouches for it. `forged`: the domain says that it does not send such letters.
 * `unproven`: it says neither, or could not be asked.
 */
export type Sender = 'proven' | 'forged' | 'unproven'

const resolver: DNSResolver = async (name, type) => (await askServers(name, type as RecordType)) as string[]

/** Looks whether the domain in the `From` of a letter vouches for it; `from` is what stood on its envelope. Never throws: who cannot be asked vouches for nothing. */
export async function senderOf(raw: Buffer, { from, bringer }: { from: string; bringer?: Bringer | undefined }): Promise<Sender> {
  const { authenticate } = await import('mailauth')
  const client = bringer ? { ip: bringer.ip, helo: bringer.helo, sender: from } : {}
  const found = await authenticate(raw, { ...client, mta: 'localhost', resolver, disableArc: true, disableBimi: true }).catch(
    () => undefined,
  )
  if (!found) return 'unproven'
  const dmarc = found.dmarc ? found.dmarc.status.result : 'none'
  if (dmarc === 'pass') return 'proven'
  // Without the address of who brought it, half of the proof is missing, and nothing speaks against it.
  if (!bringer) return 'unproven'
  const policy = found.dmarc ? found.dmarc.policy : 'none'
  if (dmarc === 'fail') return policy === 'none' ? 'unproven' : 'forged'
  const spf = found.spf ? found.spf.status.result : 'none'
  return dmarc === 'none' && spf === 'fail' ? 'forged' : 'unproven'
}
