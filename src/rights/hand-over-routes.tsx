/** A question that asks for somebody's data is handed over to those who answer for privacy: from there on it has a clock. */
import { type Context, Hono } from 'hono'
import type { For } from '../database/connection.ts'
import { conversationForRights, noteHandOver } from '../help/hand-over.ts'
import { asId, type Id } from '../log.ts'
import { file } from '../requests/request.ts'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import type { House, Web } from '../web/house.ts'
import { nothingHere } from '../web/refusal.ts'

export const handOverRoutes = new Hono<Web>().post('/staff/help/:id/hand-over', signedIn, whoMay('help'), act)

async function act(c: Context<Web>): Promise<Response> {
  const house = c.get('house')
  const id = asId(c.req.param('id'))
  const by = c.get('signedIn').personId
  const done = id && (await house.db.as('rights', (tx) => handOver(tx, house, { id, by })))
  if (!done) throw nothingHere('no such conversation')
  return c.redirect(`/staff/help/${id}?done=handed`, 303)
}

// Nothing is done before somebody has said what it asks for, and the person has confirmed it.
async function handOver(tx: For<'rights'>, house: House, { id, by }: { id: Id; by: Id }): Promise<boolean> {
  const found = await conversationForRights(tx, id)
  if (!found) return false
  const { email, words, beganAt } = found
  const doubt = { why: 'handed over by those who answer questions', silent: false }
  await file(tx, house, { kind: 'question', channel: 'email', email, words, receivedAt: beganAt, by, doubt })
  await noteHandOver(tx, found.conversation, by)
  return true
}
