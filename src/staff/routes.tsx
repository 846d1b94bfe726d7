import { Hono } from 'hono'
import type { Web } from '../web/house.ts'
export const staffRoutes = new Hono<Web>()
