/** The security page: password and sessions; passkeys and the second factor have files of their own. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import { type FormErrors, readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { endAttempts } from './attempt.ts'
import { factorRoutes } from './factor-routes.tsx'
import { freshly, signedIn } from './guard.ts'
import { passkeysOf } from './passkey.ts'
import { dropPassword, GUESSABLE, isGuessable, isPasswordOf, keepPassword, newPassword, passwordSince, typedPassword } from './password.ts'
import { hasSecondFactor, recoveryCodesLeft } from './second-factor.ts'
import { slowHash } from './secrets.ts'
import { PasswordPage, SecurityPage, type Ways } from './security-pages.tsx'
import { endSession, endSessions, sessionsOf } from './session.ts'
import { wayAdded, wayChanged, wordsAround } from './ways.ts'

type Ctx = Context<Web>

export const securityRoutes = new Hono<Web>()
  .use('/account/security', signedIn)
  .use('/account/security/*', signedIn)
  .get('/account/security', security)
  .get('/account/security/password', freshly, (c) => askForPassword(c))
  .post('/account/security/password', freshly, setPassword)
  .post('/account/security/password/remove', freshly, removePassword)
  .post('/account/security/sessions/end-others', endOthers)
  .post('/account/security/sessions/:id/end', (c) => endOne(c, asId(c.req.param('id'))))
  .route('/', factorRoutes)

async function security(c: Ctx): Promise<Response> {
  const person = c.get('signedIn')
  const ways = await c.get('house').db.as('security', (tx) => waysOf(tx, person.personId))
  const page = (
    <SecurityPage ways={ways} here={person.sessionId} owesFactor={person.strict && !person.factor} changed={c.req.query('changed')} />
  )
  return showPage(c, { title: 'Security', area: 'account' }, page)
}

async function waysOf(tx: For<'security'>, personId: Id): Promise<Ways> {
  return {
    passwordSince: await passwordSince(tx, personId),
    passkeys: await passkeysOf(tx, personId),
    app: await hasSecondFactor(tx, personId),
    codesLeft: await recoveryCodesLeft(tx, personId),
    sessions: await sessionsOf(tx, personId),
  }
}

/** Back to the security page, which says what was done. */
const changed = (c: Ctx, what: string): Response => c.redirect(`/account/security?changed=${what}`, 303)

const hasPassword = async (c: Ctx): Promise<boolean> =>
  (await c.get('house').db.as('security', (tx) => passwordSince(tx, c.get('signedIn').personId))) !== undefined

async function askForPassword(c: Ctx, errors?: FormErrors): Promise<Response> {
  const page = <PasswordPage email={c.get('signedIn').email} exists={await hasPassword(c)} errors={errors} />
  return showPage(c, { title: 'Password', area: 'account' }, page, errors ? 422 : 200)
}

async function setPassword(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const form = await readForm(c, z.object({ old: typedPassword, password: newPassword }))
  if (!form.ok) return askForPassword(c, form.errors)
  const existed = await hasPassword(c)
  if (existed && !(await isOld(c, form.data.old))) return askForPassword(c, { old: 'That is not your password until now.' })
  if (isGuessable(form.data.password, wordsAround(house, person))) return askForPassword(c, { password: GUESSABLE })
  const hash = await slowHash(form.data.password)
  await house.db.as('security', async (tx) => {
    await keepPassword(tx, person.personId, hash)
    if (existed) await wayChanged(tx, house, person, 'A new password was chosen.', person.sessionId)
    else await wayAdded(tx, house, person, 'A password was set. You can sign in with it from now on.')
  })
  return changed(c, existed ? 'password-changed' : 'password-set')
}

async function isOld(c: Ctx, old: string | undefined): Promise<boolean> {
  const { db } = c.get('house')
  const person = c.get('signedIn')
  await limit(db, 'password by person', person.personId)
  return isPasswordOf(db, person.personId, old ?? '')
}

async function removePassword(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  await house.db.as('security', async (tx) => {
    if (await dropPassword(tx, person.personId)) await wayChanged(tx, house, person, 'Your password was removed.', person.sessionId)
  })
  return changed(c, 'password-removed')
}

// Ending sessions asks for no fresh proof: whoever fears a stranger must not be held up.
async function endOthers(c: Ctx): Promise<Response> {
  const person = c.get('signedIn')
  await c.get('house').db.as('security', async (tx) => {
    await endSessions(tx, person.personId, person.sessionId)
    await endAttempts(tx, person.personId)
  })
  return changed(c, 'others-ended')
}

async function endOne(c: Ctx, id: Id | undefined): Promise<Response> {
  const { personId } = c.get('signedIn')
  if (!id || !(await c.get('house').db.as('security', (tx) => endSession(tx, personId, id)))) throw nothingHere('not a session of theirs')
  return changed(c, 'session-ended')
}
