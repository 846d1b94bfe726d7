/** The doors: registering, signing in by code, link or password, signing out, a new password. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { personOf, readdress } from '../people/person.ts'
import { clientNetwork } from '../web/client.ts'
import { readCookie, takeCookie } from '../web/cookies.ts'
import { emailAddress, personName, readForm, typedCode } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit, limitLetters, limitPasswords } from '../web/throttle.ts'
import { type Attempt, attemptBehind, begin, countTry, endAttempts, type First, redeem, tryCode } from './attempt.ts'
import { attemptHere, coming, expired, goIn, waitFor, withThen } from './doorway.tsx'
import { addressChangedLetter } from './emails.ts'
import { admit, type Entered, enter, enterBy } from './entering.ts'
import { onward, recognise } from './guard.ts'
import { invitationRoutes } from './invitation-routes.tsx'
import {
  AddressTakenPage,
  CodePage,
  isAsked,
  LinkPage,
  NewPasswordPage,
  NoAttemptPage,
  NoCookiePage,
  ResetPage,
  ResetSentPage,
  SecondFactorPage,
  SignUpPage,
} from './pages.tsx'
import { GUESSABLE, isGuessable, keepPassword, newPassword, personByPassword, typedPassword } from './password.ts'
import { passkeyRoutes, showSignIn } from './passkey-routes.tsx'
import { isSecondFactor } from './second-factor.ts'
import { slowHash } from './secrets.ts'
import { endToken } from './session.ts'
import { recoveryCodeUsed, wayChanged, wordsAround, wrongPassword } from './ways.ts'

type Ctx = Context<Web>

export const sessionRoutes = new Hono<Web>()
  .get('/sign-up', (c) => showPage(c, { title: 'Register' }, <SignUpPage />))
  .post('/sign-up', signUp)
  .get('/sign-in', (c) => showSignIn(c, { then: c.req.query('then'), changed: c.req.query('changed') === 'password' }))
  .post('/sign-in', signInByForm)
  .get('/sign-in/arrived', arrived)
  .get('/sign-in/code', askForCode)
  .post('/sign-in/code', confirmCode)
  .get('/sign-in/code/:link', (c) => askForLink(c, c.req.param('link')))
  .post('/sign-in/code/:link', (c) => confirmLink(c, c.req.param('link')))
  .get('/sign-in/second-factor', askForSecond)
  .post('/sign-in/second-factor', confirmSecond)
  .post('/sign-out', signOut)
  .get('/password/reset', (c) => showPage(c, { title: 'A new password' }, <ResetPage />))
  .post('/password/reset', askForReset)
  .get('/password/reset/:link', (c) => askForNewPassword(c, c.req.param('link')))
  .post('/password/reset/:link', (c) => reset(c, c.req.param('link')))
  .route('/', passkeyRoutes)
  .route('/', invitationRoutes)

const then = z.string().max(300).optional()
const signUpForm = z.object({ name: personName, email: emailAddress })
const signInForm = z.object({ email: emailAddress, password: typedPassword, then })
const codeForm = z.object({ code: typedCode, then })

async function signUp(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, signUpForm)
  if (!form.ok) return showPage(c, { title: 'Register' }, <SignUpPage {...form} />, 422)
  await limit(house.db, 'sign-up by network', clientNetwork(c))
  await limitLetters(c, 'sign-up', form.data.email)
  waitFor(c, await begin(house, { wants: 'sign-up', ...form.data }))
  return c.redirect('/sign-in/code', 303)
}

async function signInByForm(c: Ctx): Promise<Response> {
  const form = await readForm(c, signInForm)
  if (!form.ok) return showSignIn(c, { ...form, then: form.typed['then'] })
  await limit(c.get('house').db, 'sign-in by network', clientNetwork(c))
  return form.data.password ? byPassword(c, { ...form.data, password: form.data.password }) : byLetter(c, form.data)
}

async function byLetter(c: Ctx, { email, then }: { email: string; then?: string | undefined }): Promise<Response> {
  const house = c.get('house')
  await limitLetters(c, 'sign-in', email)
  waitFor(c, await begin(house, { wants: 'sign-in', email }))
  return c.redirect(withThen('/sign-in/code', then), 303)
}

async function byPassword(
  c: Ctx,
  { email, password, then }: { email: string; password: string; then?: string | undefined },
): Promise<Response> {
  const { db } = c.get('house')
  await limitPasswords(c, email)
  const person = await personByPassword(db, email, password)
  log('sessions.password', { right: person !== undefined })
  const errors = { password: 'That address and that password do not belong together.' }
  if (!person) {
    await wrongPassword(c.get('house'), email)
    return showSignIn(c, { errors, typed: { email }, then })
  }
  return goIn(c, await db.as('security', (tx) => enter(tx, person, coming(c, 'password'))), then)
}

/** The first page inside, for a browser that has shown us no cookie yet: if it kept none, it is told. */
async function arrived(c: Ctx): Promise<Response> {
  if (await recognise(c)) return c.redirect(onward(c.req.query('then')), 303)
  return showPage(c, { title: 'No cookie', robots: 'noindex' }, <NoCookiePage />)
}

async function askForCode(c: Ctx): Promise<Response> {
  if (!(await attemptHere(c))) return showPage(c, { title: 'Sign in' }, <NoAttemptPage />)
  // Who is signed in already waits for the code to a new address. What kind the attempt is would tell more
  // than a page may: for an address that is taken it is another.
  return showPage(c, { title: 'Check your inbox' }, <CodePage then={c.req.query('then')} moving={await recognise(c)} />)
}

async function confirmCode(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const form = await readForm(c, codeForm)
  if (!form.ok) return showPage(c, { title: 'Check your inbox' }, <CodePage errors={form.errors} then={form.typed['then']} />, 422)
  await limit(db, 'code by network', clientNetwork(c))
  const tried = await tryCode(db, readCookie(c, 'attempt'), form.data.code)
  log('sessions.code', { right: typeof tried === 'object' })
  if (tried === 'over') return showPage(c, { title: 'Sign in' }, <NoAttemptPage />, 400)
  const errors = { code: 'That is not the code. After five tries you need a new one.' }
  if (tried === 'wrong') return showPage(c, { title: 'Check your inbox' }, <CodePage errors={errors} then={form.data.then} />, 422)
  return confirmed(c, tried, { means: 'code', then: form.data.then })
}

async function askForLink(c: Ctx, link: string): Promise<Response> {
  const attempt = await c.get('house').db.as('security', (tx) => attemptBehind(tx, link))
  if (!attempt || !isAsked(attempt.kind)) return expired(c)
  return showPage(c, { title: 'Is it you?', robots: 'noindex' }, <LinkPage link={link} kind={attempt.kind} email={attempt.email} />)
}

async function confirmLink(c: Ctx, link: string): Promise<Response> {
  const { db } = c.get('house')
  await limit(db, 'link by network', clientNetwork(c))
  const attempt = await db.as('security', (tx) => attemptBehind(tx, link))
  return attempt ? confirmed(c, attempt, { means: 'link' }) : expired(c)
}

/** Acts on a confirmed attempt: once, however many ask at the same time. */
async function confirmed(
  c: Ctx,
  attempt: Attempt,
  { means, then }: { means: First['means']; then?: string | undefined },
): Promise<Response> {
  if (attempt.kind === 'new-address') return move(c, attempt)
  if (attempt.kind !== 'sign-up' && attempt.kind !== 'sign-in') return expired(c)
  const entered = await c
    .get('house')
    .db.as('security', async (tx) => ((await redeem(tx, attempt)) ? enterBy(tx, attempt, coming(c, means)) : 'over'))
  return goIn(c, entered, then)
}

async function move(c: Ctx, attempt: Attempt): Promise<Response> {
  const house = c.get('house')
  const outcome = await house.db
    .as('security', async (tx) => ((await redeem(tx, attempt)) ? moveTo(tx, house, attempt) : 'over'))
    .catch(takenMeanwhile)
  takeCookie(c, 'attempt')
  if (outcome === 'over') return expired(c)
  if (outcome === 'taken') return showPage(c, { title: 'Nothing was changed' }, <AddressTakenPage />, 409)
  return c.redirect('/account?changed=address', 303)
}

// Two people may confirm the same address at the same moment: the database lets one of them have it.
function takenMeanwhile(fault: Error & { cause?: unknown }): 'taken' {
  const code = (fault.cause as { code?: unknown } | undefined)?.code ?? (fault as { code?: unknown }).code
  if (code === '23505') return 'taken'
  throw fault
}

async function moveTo(tx: For<'security'>, house: House, { personId, email }: Attempt): Promise<'moved' | 'taken' | 'over'> {
  const person = personId ? await personOf(tx, personId) : undefined
  if (!person) return 'over'
  if ((await readdress(tx, person.id, email)) === 'taken') return 'taken'
  // A code that went to the old address must not open the door of the new one.
  await endAttempts(tx, person.id)
  for (const to of [person.email, email]) await post(tx, addressChangedLetter(house, { ...person, personId: person.id }, to))
  return 'moved'
}

async function askForSecond(c: Ctx): Promise<Response> {
  if ((await attemptHere(c))?.kind !== 'second-factor') return showPage(c, { title: 'Sign in' }, <NoAttemptPage />)
  return showPage(c, { title: 'Your second factor' }, <SecondFactorPage then={c.req.query('then')} />)
}

async function confirmSecond(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const form = await readForm(c, codeForm)
  if (!form.ok)
    return showPage(c, { title: 'Your second factor' }, <SecondFactorPage errors={form.errors} then={form.typed['then']} />, 422)
  const attempt = await attemptHere(c)
  if (attempt?.kind !== 'second-factor' || !attempt.personId) return showPage(c, { title: 'Sign in' }, <NoAttemptPage />, 400)
  await limit(db, 'second factor by person', attempt.personId)
  const entered = await db.as('security', (tx) => enterBySecond(tx, c, form.data.code))
  log('sessions.second-factor', { right: typeof entered === 'object' })
  if (entered === 'over') return showPage(c, { title: 'Sign in' }, <NoAttemptPage />, 400)
  const errors = { code: 'That is not the code. After five tries you start again.' }
  if (entered === 'wrong')
    return showPage(c, { title: 'Your second factor' }, <SecondFactorPage errors={errors} then={form.data.then} />, 422)
  return goIn(c, entered, form.data.then)
}

// One transaction: the count holds the row, so that of many tries at once each waits for the one before.
async function enterBySecond(tx: For<'security'>, c: Ctx, code: string): Promise<Entered | 'wrong'> {
  const attempt = await countTry(tx, readCookie(c, 'attempt') ?? '')
  const person = attempt?.personId && (await personOf(tx, attempt.personId))
  if (!person) return 'over'
  const by = await isSecondFactor(tx, person.id, code)
  if (!by) return 'wrong'
  if (!(await redeem(tx, attempt))) return 'over'
  if (by === 'recovery code') await recoveryCodeUsed(tx, c.get('house'), { ...person, personId: person.id })
  const session = await admit(tx, person.id, { ...coming(c, attempt.means ?? 'code'), invitationId: attempt.invitationId })
  return { session, personId: person.id }
}

async function signOut(c: Ctx): Promise<Response> {
  const token = readCookie(c, 'session')
  if (token) await c.get('house').db.as('security', (tx) => endToken(tx, token))
  takeCookie(c, 'session')
  c.header('clear-site-data', '"cache", "storage"')
  return c.redirect('/', 303)
}

async function askForReset(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, z.object({ email: emailAddress }))
  if (!form.ok) return showPage(c, { title: 'A new password' }, <ResetPage {...form} />, 422)
  await limit(house.db, 'sign-in by network', clientNetwork(c))
  await limitLetters(c, 'reset', form.data.email)
  await begin(house, { wants: 'reset', email: form.data.email })
  return showPage(c, { title: 'Check your inbox' }, <ResetSentPage />)
}

async function askForNewPassword(c: Ctx, link: string): Promise<Response> {
  const attempt = await c.get('house').db.as('security', (tx) => attemptBehind(tx, link))
  if (attempt?.kind !== 'reset') return expired(c)
  return showPage(c, { title: 'A new password', robots: 'noindex' }, <NewPasswordPage link={link} />)
}

async function reset(c: Ctx, link: string): Promise<Response> {
  const house = c.get('house')
  await limit(house.db, 'link by network', clientNetwork(c))
  const form = await readForm(c, z.object({ password: newPassword }))
  if (!form.ok) return showPage(c, { title: 'A new password' }, <NewPasswordPage link={link} errors={form.errors} />, 422)
  const guessable = await house.db.as('security', (tx) => isGuessableBehind(tx, house, { link, password: form.data.password }))
  if (guessable) return showPage(c, { title: 'A new password' }, <NewPasswordPage link={link} errors={{ password: GUESSABLE }} />, 422)
  const hash = await slowHash(form.data.password)
  const done = await house.db.as('security', (tx) => replacePassword(tx, house, { link, hash }))
  return done ? c.redirect('/sign-in?changed=password', 303) : expired(c)
}

async function isGuessableBehind(
  tx: For<'security'>,
  house: House,
  { link, password }: { link: string; password: string },
): Promise<boolean> {
  const attempt = await attemptBehind(tx, link)
  const person = attempt?.personId && (await personOf(tx, attempt.personId))
  return person ? isGuessable(password, wordsAround(house, person)) : false
}

// Choosing a password signs nobody in: whoever has a second factor is still asked for it.
async function replacePassword(tx: For<'security'>, house: House, { link, hash }: { link: string; hash: string }): Promise<boolean> {
  const attempt = await attemptBehind(tx, link)
  if (attempt?.kind !== 'reset' || !attempt.personId || !(await redeem(tx, attempt))) return false
  const person = await personOf(tx, attempt.personId)
  if (!person) return false
  await keepPassword(tx, person.id, hash)
  await wayChanged(tx, house, { ...person, personId: person.id }, 'A new password was chosen.')
  return true
}
