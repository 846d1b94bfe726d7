/** Asking for letters about visits, in the console; and stopping them by a letter's link, without signing in. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { log } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { clientNetwork } from '../web/client.ts'
import { outcomeTold, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { kindsIn, LETTERS, LettersPage, StopLettersPage, StoppedLettersPage } from './letters-pages.tsx'
import { askForLetters, lettersOf, stopBehind, type StopLink, stopLetters } from './report-letter.ts'

type Ctx = Context<Web>

export const letterRoutes = new Hono<Web>()
  .get('/staff/navigation/letters', signedIn, whoMay('navigation'), showLetters)
  .post('/staff/navigation/letters', signedIn, whoMay('navigation'), saveLetters)
  .get('/visits/letters/:token', openStop)
  .post('/visits/letters/:token', stop)

async function showLetters(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const chosen = await house.db.as('support', (tx) => lettersOf(tx, c.get('signedIn').personId))
  const told = outcomeTold(c, { saved: 'It was saved.' })
  return showPage(
    c,
    { title: 'Letters about visits', area: 'staff' },
    <LettersPage {...{ chosen, told }} least={house.config.navigationThreshold} />,
  )
}

async function saveLetters(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ letters: z.string().max(200).optional() }))
  const { personId } = c.get('signedIn')
  await c.get('house').db.as('support', (tx) => askForLetters(tx, personId, kindsIn(form.ok ? form.data.letters : undefined)))
  log('navigation.letters-chosen', { staff: personId })
  return c.redirect(`${LETTERS}?done=saved`, 303)
}

// Only links that this house did not make count as guesses.
async function stopLinkIn(c: Ctx): Promise<StopLink> {
  c.header('referrer-policy', 'no-referrer')
  const link = stopBehind(c.get('house').db, c.req.param('token') ?? '')
  if (link) return link
  await limit(c.get('house').db, 'wrong link by network', clientNetwork(c))
  throw nothingHere('no such link')
}

async function openStop(c: Ctx): Promise<Response> {
  const { kind } = await stopLinkIn(c)
  return showPage(c, { title: 'Stop letters', robots: 'noindex' }, <StopLettersPage token={c.req.param('token') ?? ''} kind={kind} />)
}

async function stop(c: Ctx): Promise<Response> {
  const link = await stopLinkIn(c)
  await c.get('house').db.as('support', (tx) => stopLetters(tx, link))
  return showPage(c, { title: 'Stopped', robots: 'noindex' }, <StoppedLettersPage kind={link.kind} />)
}
