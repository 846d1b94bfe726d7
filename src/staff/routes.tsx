/** The console. Who may do what in it stands in `roles.ts`. */
import { Hono } from 'hono'
import { signedIn } from '../sessions/guard.ts'
import type { Web } from '../web/house.ts'
import { nothingHere } from '../web/refusal.ts'
import { auditRoutes } from './audit-routes.tsx'
import { firstRoutes } from './first-routes.tsx'
import { jobsRoutes } from './jobs-routes.tsx'
import { mailRoutes } from './mail-routes.tsx'
import type { Parts } from './parts.ts'
import { peopleRoutes } from './people-routes.tsx'
import { recipientsRoutes } from './recipients-routes.tsx'
import { recordRoutes } from './record-routes.tsx'
import { stopsRoutes } from './stops-routes.tsx'
import { teamRoutes } from './team-routes.tsx'

/** The console, with what the rooms above hand to it. */
export const staffRoutes = (parts: Parts) =>
  new Hono<Web>()
    .route('/', firstRoutes(parts))
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
