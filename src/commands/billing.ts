/** `cloudrun billing reconcile`: compares what is kept with what Stripe says, now. */
import { type Finding, findings } from '../billing/finding.ts'
import { lastRuns, reconcile } from '../billing/reconciliation.ts'
import { hasStripe, StripeTrouble } from '../processors/stripe.ts'
import type { House } from '../web/house.ts'
import { inHouse } from './house.ts'
import { columns, CommandError, counted, exits, say, sayJson, wrongUsage } from './terminal.ts'

/** @throws CommandError when payments are off or Stripe cannot be reached */
export async function billing([act]: readonly string[], options: { json?: boolean | undefined }): Promise<number> {
  if (act !== 'reconcile') throw wrongUsage('What about billing? cloudrun billing reconcile.')
  const { run, found } = await inHouse(compare)
  if (options.json) sayJson({ run, found })
  else if (run) {
    say(`${counted(run.events)} events, ${counted(run.customers)} customers at Stripe, ${counted(run.asked)} asked about anew.`)
    say(
      found.length === 0
        ? 'Everything agrees.'
        : columns(found.map(({ kind, times, mendedAt }) => [`${times} × ${kind}`, mendedAt ? 'mended' : 'open'])),
    )
  }
  return found.some(({ mendedAt }) => mendedAt === null) ? exits.failed : exits.done
}

async function compare(house: House) {
  if (!hasStripe(house.config)) throw new CommandError('Payments are off: set STRIPE_SECRET_KEY.', exits.failed)
  try {
    while (!(await reconcile(house)).done);
  } catch (fault) {
    if (!(fault instanceof StripeTrouble)) throw fault
    throw new CommandError(`Stripe cannot be reached, or refused (${fault.message}): nothing was lost, try again later.`, exits.failed)
  }
  return house.db.as('billing', async (tx) => {
    const [run] = await lastRuns(tx, 1)
    const fresh = ({ seenAt }: Finding): boolean => run !== undefined && seenAt >= run.begunAt
    return { run, found: (await findings(tx)).filter(fresh) }
  })
}
