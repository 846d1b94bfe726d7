/** The comparison with Stripe, for staff who see money. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { enqueue } from '../jobs/queue.ts'
import { hasStripe } from '../processors/stripe.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere, Refusal } from '../web/refusal.ts'
import { moveHere } from './destination.ts'
import { findings } from './finding.ts'
import { lastRuns } from './reconciliation.ts'
import { ReconciliationPage } from './reconciliation-pages.tsx'
import { withStripe } from './trouble.ts'

type Ctx = Context<Web>
const HERE = '/staff/billing/reconciliation'

export const reconciliationOffice = new Hono<Web>()
  .get(HERE, signedIn, whoMay('billing'), show)
  .post(HERE, signedIn, whoMay('billing'), begin)
  .post(`${HERE}/destination`, signedIn, whoMay('billing'), freshly, withStripe(move))

const told: Readonly<Record<string, string>> = {
  begun: 'It begins within seconds. Load this page again to see what it found.',
  moved: 'Stripe sends its events here from now on.',
}

async function show(c: Ctx): Promise<Response> {
  const { db, config } = c.get('house')
  const lists = await db.as('billing', async (tx) => ({ findings: await findings(tx), runs: await lastRuns(tx) }))
  const done = c.req.query('done') ?? ''
  const page = <ReconciliationPage {...lists} available={hasStripe(config)} told={Object.hasOwn(told, done) ? told[done] : undefined} />
  return showPage(c, { title: 'Reconciliation', area: 'staff' }, page)
}

async function begin(c: Ctx): Promise<Response> {
  const { db, config } = c.get('house')
  if (!hasStripe(config)) throw nothingHere('payments are off')
  await db.as('billing', (tx) => enqueue(tx, 'billing.reconcile', {}))
  return c.redirect(`${HERE}?done=begun`, 303)
}

async function move(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ destination: z.string().regex(/^ed_\w{6,250}$/) }))
  if (!form.ok) throw new Refusal(422, 'Please press the button beside the finding.')
  if (!(await moveHere(c.get('house'), form.data.destination))) throw nothingHere('no such finding is open')
  return c.redirect(`${HERE}?done=moved`, 303)
}
