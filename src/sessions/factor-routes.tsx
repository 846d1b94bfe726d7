/** Passkeys and the second factor: adding, renewing, removing. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id } from '../log.ts'
import { browserName, clientNetwork } from '../web/client.ts'
import { giveCookie, readCookie } from '../web/cookies.ts'
import { type FormErrors, readForm, typedCode } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { pose, takeBack } from './challenge.ts'
import { tokenHere } from './doorway.tsx'
import { AddPasskeyPage, EnrolPage, RecoveryCodesPage } from './factor-pages.tsx'
import { freshly } from './guard.ts'
import { creationOptions, dropPasskey, keepPasskey, MOST_PASSKEYS } from './passkey.ts'
import { confirmFactor, dropFactor, enrol, enrolmentOf, hasSecondFactor, newRecoveryCodes } from './second-factor.ts'
import { prove } from './session.ts'
import { isLastFactor, wayAdded, wayChanged } from './ways.ts'

type Ctx = Context<Web>

/** Mounted behind `signedIn`, see `security-routes.tsx`. */
export const factorRoutes = new Hono<Web>()
  .get('/account/security/passkeys', freshly, (c) => askForPasskey(c))
  .post('/account/security/passkeys/options', freshly, passkeyOptions)
  .post('/account/security/passkeys', freshly, addPasskey)
  .post('/account/security/passkeys/:id/remove', freshly, (c) => removePasskey(c, asId(c.req.param('id'))))
  .post('/account/security/second-factor', freshly, beginApp)
  .get('/account/security/second-factor', freshly, (c) => askForApp(c))
  .post('/account/security/second-factor/confirm', freshly, confirmApp)
  .post('/account/security/second-factor/remove', freshly, removeApp)
  .post('/account/security/recovery-codes', freshly, renewCodes)

const back = (c: Ctx, changed: string): Response => c.redirect(`/account/security?changed=${changed}`, 303)

const askForPasskey = (c: Ctx, errors?: FormErrors): Response =>
  showPage(
    c,
    { title: 'Add a passkey', area: 'account', script: c.get('house').assets.passkeys },
    <AddPasskeyPage errors={errors} />,
    errors ? 422 : 200,
  )

async function passkeyOptions(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { personId: id, name, email } = c.get('signedIn')
  await limit(house.db, 'passkey by network', clientNetwork(c))
  const token = tokenHere(c)
  const options = await house.db.as('security', async (tx) => creationOptions(tx, house, { id, name, email }, await pose(tx, token)))
  return c.json(options)
}

const refusals = {
  wrong: 'Your device gave an answer that does not fit, or it took too long. Please try again.',
  known: 'That passkey is known already.',
  'too many': `You have ${MOST_PASSKEYS} passkeys, which is as many as we keep. Remove one first.`,
}

async function addPasskey(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const form = await readForm(c, z.object({ answer: z.string().max(50_000).default('') }))
  const answer = form.ok ? form.data.answer : ''
  const outcome = await house.db.as('security', async (tx) => {
    const challenge = await takeBack(tx, readCookie(c, 'attempt') ?? '')
    if (!challenge) return 'wrong'
    const kept = await keepPasskey(tx, house, person.personId, { challenge, answer, label: browserName(c) })
    if (kept !== 'kept') return kept
    await wayAdded(tx, house, person, `A passkey was added in ${browserName(c)}. It signs you in from now on.`)
    // Who just made it could as well sign in with it: the device asked for their finger or PIN.
    return prove(tx, person.sessionId, 'passkey')
  })
  if (typeof outcome === 'string') return askForPasskey(c, { '': refusals[outcome] })
  if (outcome) giveCookie(c, 'session', outcome.token, outcome.seconds)
  return back(c, 'passkey-added')
}

async function removePasskey(c: Ctx, id: Id | undefined): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const outcome = await house.db.as('security', async (tx) => {
    if (await isLastFactor(tx, person.personId)) return 'last'
    if (!id || !(await dropPasskey(tx, person.personId, id))) return 'none'
    await wayChanged(tx, house, person, 'A passkey was removed.', person.sessionId)
    return 'removed'
  })
  if (outcome === 'none') throw nothingHere('not a passkey of theirs')
  return back(c, outcome === 'last' ? 'last-factor' : 'passkey-removed')
}

async function beginApp(c: Ctx): Promise<Response> {
  await c.get('house').db.as('security', (tx) => enrol(tx, c.get('signedIn').personId))
  return c.redirect('/account/security/second-factor', 303)
}

async function askForApp(c: Ctx, errors?: FormErrors): Promise<Response> {
  const { db, content } = c.get('house')
  const enrolment = await db.as('security', (tx) => enrolmentOf(tx, c.get('signedIn'), content.company.short))
  if (!enrolment) return c.redirect('/account/security', 303)
  const page = <EnrolPage enrolment={enrolment} errors={errors} />
  return showPage(c, { title: 'Add an authenticator app', area: 'account' }, page, errors ? 422 : 200)
}

async function confirmApp(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const form = await readForm(c, z.object({ code: typedCode }))
  if (!form.ok) return askForApp(c, form.errors)
  await limit(house.db, 'second factor by person', person.personId)
  const codes = await house.db.as('security', async (tx) => {
    const codes = await confirmFactor(tx, person.personId, form.data.code)
    if (typeof codes === 'object')
      await wayAdded(tx, house, person, 'An app was added as your second factor. Its code is asked for from now on.')
    return codes
  })
  if (codes === 'known') return c.redirect('/account/security', 303)
  if (codes === 'wrong') return askForApp(c, { code: 'That is not the code that the app shows now. Is the clock of your phone right?' })
  return showCodes(c, codes, true)
}

// The codes are in this one answer and nowhere else, so it is no redirect to a page that could be opened again.
const showCodes = (c: Ctx, codes: readonly string[], isNew: boolean): Response =>
  showPage(c, { title: 'Your recovery codes', area: 'account' }, <RecoveryCodesPage codes={codes} isNew={isNew} />)

async function renewCodes(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const codes = await house.db.as('security', async (tx) => {
    if (!(await hasSecondFactor(tx, person.personId))) return undefined
    await wayAdded(tx, house, person, 'New recovery codes were made. The earlier ones are void.')
    return newRecoveryCodes(tx, person.personId)
  })
  return codes ? showCodes(c, codes, false) : c.redirect('/account/security', 303)
}

async function removeApp(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const outcome = await house.db.as('security', async (tx) => {
    if (await isLastFactor(tx, person.personId)) return 'last-factor'
    if (await dropFactor(tx, person.personId)) await wayChanged(tx, house, person, 'Your second factor was removed.', person.sessionId)
    return 'app-removed'
  })
  return back(c, outcome)
}
