/** The answer to the question about services of others, from the banner and from the switches. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DAY } from '../clock.ts'
import { type Asked, askedOf } from '../processors/analytics-question.ts'
import { onward, recognise } from '../sessions/guard.ts'
import { ANSWER_DAYS, type Answers, answersIn } from '../web/answers.ts'
import { giveCookie } from '../web/cookies.ts'
import { readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { Refusal } from '../web/refusal.ts'
import { answer, answerOf } from './consent.ts'
import { asksNotTo } from './sight.ts'
import { mayUse } from '../versions/permission.ts'

type Ctx = Context<Web>

export const consentRoutes = new Hono<Web>().post('/privacy/choices', choose)

const SECONDS = (ANSWER_DAYS * DAY) / 1000

const chosen = z.object({
  answer: z.enum(['yes', 'no']),
  /** One service; without it, all of them. */
  service: z.string().max(20).optional(),
  /** The page with the banner. */
  then: z.string().max(500).optional(),
})

async function choose(c: Ctx): Promise<Response> {
  const { config } = c.get('house')
  const form = await readForm(c, chosen)
  const services = askedOf(config)
  const one = form.ok ? form.data.service : undefined
  if (!form.ok || (one !== undefined && !services.some(({ service }) => service === one)))
    throw new Refusal(422, 'Please use the buttons on the page.')
  const { answer: said, then } = form.data
  const before = answersIn(config, c.req.header('cookie'))
  // Who asks not to be followed has refused, whatever a button says.
  const signal = asksNotTo({ header: (name) => c.req.header(name) })
  const agreed = services.filter(({ service, mark }) =>
    one === undefined || service === one ? said === 'yes' && !signal : (before?.agreed.has(mark) ?? false),
  )
  if (services.length > 0) await keep(c, { agreed, before })
  return c.redirect(then !== undefined && onward(then) === then ? then : '/privacy#choices', 303)
}

async function keep(c: Ctx, { agreed, before }: { agreed: readonly Asked[]; before: Answers | undefined }): Promise<void> {
  const { config, db } = c.get('house')
  const personId = (await recognise(c)) ? c.get('signedIn').personId : undefined
  const said = { agreed: agreed.map(({ service }) => service), by: { personId, receipt: before?.receipt } }
  giveCookie(c, 'answers', await db.as('personalisation', (tx) => answer(tx, config, said)), SECONDS)
}

/** What somebody answered on one device holds on the others: their browser is told, and remembers it. */
export async function bringAnswers(c: Ctx): Promise<void> {
  const { config, db } = c.get('house')
  const person = c.get('signedIn')
  if (!person || askedOf(config).length === 0 || !(await mayUse(db, { purpose: 'personalisation' }))) return
  const theirs = await db.as('personalisation', (tx) => answerOf(tx, config, person.personId))
  if (theirs && answersIn(config, c.req.header('cookie'))?.receipt !== theirs.id) giveCookie(c, 'answers', theirs.remembered, SECONDS)
}
