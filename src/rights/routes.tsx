import { Hono } from 'hono'
import type { Web } from '../web/house.ts'
export const rightsRoutes = new Hono<Web>()
