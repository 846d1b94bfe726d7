/** Every company that receives data, in the order in which people read them. */
import type { Nameplate } from './nameplate.ts'
import { dns } from './dns.ts'
import { imap } from './imap.ts'
import { smtp } from './smtp.ts'
import { stripe } from './stripe.ts'
import { webhooks } from './webhooks.ts'

export const processors: readonly Nameplate[] = [smtp, imap, stripe, dns, webhooks]
