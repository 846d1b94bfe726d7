/** What a page says when Stripe cannot be reached, or refuses. */
import type { Context } from 'hono'
import { log, word } from '../log.ts'
import { hasStripe, StripeTrouble } from '../processors/stripe.ts'
import type { Web } from '../web/house.ts'
import { nothingHere, Refusal } from '../web/refusal.ts'

type Handler = (c: Context<Web>) => Promise<Response>

/** A handler that needs Stripe. When Stripe cannot be reached nothing was done, and the same works later. */
export const withStripe =
  (handler: Handler): Handler =>
  async (c) => {
    if (!hasStripe(c.get('house').config)) throw nothingHere('payments are off')
    try {
      return await handler(c)
    } catch (fault) {
      if (!(fault instanceof StripeTrouble)) throw fault
      log('billing.trouble', { status: fault.told.status ?? 0, kind: word(fault.told.type) }, 'warn')
      if (fault.final && fault.told.status !== 401) throw new Refusal(422, 'Stripe refused this, so nothing was done.')
      throw new Refusal(503, 'Stripe cannot be reached just now, so nothing was done. Please try again in a few minutes.', {
        retryAfter: 120,
      })
    }
  }
