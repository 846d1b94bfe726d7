/** E-mail updates: subscribing, choosing, leaving; the archive; the topics in the console. */
import { Hono } from 'hono'
import type { Web } from '../web/house.ts'
import { archiveRoutes } from './archive-routes.tsx'
import { deskRoutes } from './desk-routes.tsx'
import { importRoutes } from './import-routes.tsx'
import { issueRoutes } from './issue-routes.tsx'
import { leavingRoutes } from './leaving-routes.tsx'
import { preferenceRoutes } from './preference-routes.tsx'
import { subscribingRoutes } from './subscribing-routes.tsx'
import { topicRoutes } from './topic-routes.tsx'

export const updateRoutes = new Hono<Web>()
  .route('/', subscribingRoutes)
  .route('/', leavingRoutes)
  .route('/', preferenceRoutes)
  .route('/', archiveRoutes)
  .route('/', topicRoutes)
  .route('/', importRoutes)
  .route('/', issueRoutes)
  .route('/', deskRoutes)
