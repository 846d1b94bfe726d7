/** The console. Who may do what in it stands in `roles.ts`. */
import { type Context, Hono } from 'hono'
import { DAY, fromNow } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { deadLetters, queueStates } from '../jobs/overview.ts'
import type { Id } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import { openInvitations } from '../sessions/invitation.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { roleHere, whoMay } from './guard.ts'
import { auditRoutes } from './audit-routes.tsx'
import { jobsRoutes } from './jobs-routes.tsx'
import { looksBy } from './look.ts'
import { FirstPage } from './pages.tsx'
import { mailRoutes } from './mail-routes.tsx'
import { peopleRoutes } from './people-routes.tsx'
import { recipientsRoutes } from './recipients-routes.tsx'
import { recordRoutes } from './record-routes.tsx'
import { may } from './roles.ts'
import { howMany } from './search.ts'
import type { Role } from './tables.ts'
import { team } from './team.ts'
import { stopsRoutes } from './stops-routes.tsx'
import { teamRoutes } from './team-routes.tsx'

export const staffRoutes = new Hono<Web>()
  .get('/staff', signedIn, whoMay('console'), showFirst)
  .route('/', peopleRoutes)
  .route('/', recordRoutes)
  .route('/', teamRoutes)
  .route('/', auditRoutes)
  .route('/', jobsRoutes)
  .route('/', mailRoutes)
  .route('/', stopsRoutes)
  .route('/', recipientsRoutes)
  // What is not there answers as what one may not know of: the same page, after the same question who it is.
  .all('/staff/*', signedIn, () => {
    throw nothingHere()
  })

async function showFirst(c: Context<Web>): Promise<Response> {
  const { name, personId } = c.get('signedIn')
  const role = roleHere(c)
  const counts = [...(await countsOf(c.get('house').db, role, personId))]
  return showPage(c, { title: 'Console', area: 'staff' }, <FirstPage {...{ name, role, counts }} />)
}

const written = (count: number, about = false): string => `${about ? 'about ' : ''}${count.toLocaleString('en')}`

/** What somebody in this role wants to know when they come in. */
async function countsOf(db: Database, role: Role, personId: Id): Promise<[string, string][]> {
  const counts: [string, string][] = []
  if (may(role, 'people')) {
    const { people, looks } = await db.as('support', async (tx) => ({
      people: await howMany(tx),
      looks: await looksBy(tx, personId, fromNow(-30 * DAY)),
    }))
    counts.push(['People', written(people.count, people.about)], ['Records that you opened in 30 days', written(looks)])
  }
  if (may(role, 'team')) {
    const { members, waiting } = await db.as('support', async (tx) => ({ members: await team(tx), waiting: await openInvitations(tx) }))
    counts.push(['In the team', written(members.length)], ['Invitations that wait', written(waiting.length)])
  }
  if (may(role, 'jobs')) {
    const { queues, dead } = await db.as('operations', async (tx) => ({ queues: await queueStates(tx), dead: await deadLetters(tx, 0) }))
    const waiting = queues.reduce((sum, queue) => sum + queue.waiting + queue.running, 0)
    counts.push(['Jobs that wait or run', written(waiting)], ['Jobs that were given up', written(dead.count)])
  }
  return counts
}
