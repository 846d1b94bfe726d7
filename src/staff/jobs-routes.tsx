/** Later work, for those who keep the program running. */
import { type Context, Hono } from 'hono'
import { deadLetters, keptAppointments, queueStates, retryDeadLetters } from '../jobs/overview.ts'
import { asId } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { whoMay } from './guard.ts'
import { JobsPage } from './jobs-pages.tsx'

type Ctx = Context<Web>

export const jobsRoutes = new Hono<Web>()
  .get('/staff/jobs', signedIn, whoMay('jobs'), showJobs)
  .post('/staff/jobs/retry', signedIn, whoMay('jobs'), retryAll)
  .post('/staff/jobs/:id/retry', signedIn, whoMay('jobs'), (c) => retryOne(c, c.req.param('id')))

async function showJobs(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const clock = await keptAppointments(db)
  const lists = await db.as('operations', async (tx) => ({ queues: await queueStates(tx), dead: await deadLetters(tx) }))
  const told = c.req.query('done') === 'retried' ? 'Back in the queue.' : undefined
  return showPage(c, { title: 'Later work', area: 'staff' }, <JobsPage {...lists} {...{ clock, told }} />)
}

async function retryAll(c: Ctx): Promise<Response> {
  await retryDeadLetters(c.get('house').db)
  return c.redirect('/staff/jobs?done=retried', 303)
}

async function retryOne(c: Ctx, text: string): Promise<Response> {
  const id = asId(text)
  if (!id || (await retryDeadLetters(c.get('house').db, id)) === 0) throw nothingHere('no such job')
  return c.redirect('/staff/jobs?done=retried', 303)
}
