/** The doors: registering, signing in by code, link or password, signing out, a new password. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { MINUTE } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { personOf, readdress } from '../people/person.ts'
import { browserName, clientNetwork } from '../web/client.ts'
import { giveCookie, readCookie, takeCookie } from '../web/cookies.ts'
import { emailAddress, personName, readForm, typedCode } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit } from '../web/throttle.ts'
import { ATTEMPT_MINUTES, type Attempt, attemptBehind, attemptOf, begin, countTry, redeem, tryCode } from './attempt.ts'
import { addressChangedLetter, waysChangedLetter } from './emails.ts'
import { admit, type Coming, type Entered, enter, enterBy } from './entering.ts'
import { onward, signIn } from './guard.ts'
import {
  AddressTakenPage,
  CodePage,
  ExpiredLinkPage,
  LinkPage,
  NewPasswordPage,
  NoAttemptPage,
  ResetPage,
  ResetSentPage,
  SecondFactorPage,
  SignInPage,
  SignUpPage,
} from './pages.tsx'
import { keepPassword, newPassword, personByPassword, typedPassword } from './password.ts'
import { isSecondFactor } from './second-factor.ts'
import { slowHash } from './secrets.ts'
import { endSessions, endToken, isStrict, type Means } from './session.ts'

type Ctx = Context<Web>

export const sessionRoutes = new Hono<Web>()
  .get('/sign-up', (c) => showPage(c, { title: 'Register' }, <SignUpPage />))
  .post('/sign-up', signUp)
  .get('/sign-in', (c) =>
    showPage(c, { title: 'Sign in', script: c.get('house').assets.passkeys }, <SignInPage then={c.req.query('then')} />),
  )
  .post('/sign-in', signInByForm)
  .get('/sign-in/code', askForCode)
  .post('/sign-in/code', confirmCode)
  .get('/sign-in/code/:link', (c) => showPage(c, { title: 'Is it you?', robots: 'noindex' }, <LinkPage link={c.req.param('link')} />))
  .post('/sign-in/code/:link', (c) => confirmLink(c, c.req.param('link')))
  .get('/sign-in/second-factor', askForSecond)
  .post('/sign-in/second-factor', confirmSecond)
  .post('/sign-out', signOut)
  .get('/password/reset', (c) => showPage(c, { title: 'A new password' }, <ResetPage />))
  .post('/password/reset', askForReset)
  .get('/password/reset/:link', (c) =>
    showPage(c, { title: 'A new password', robots: 'noindex' }, <NewPasswordPage link={c.req.param('link')} />),
  )
  .post('/password/reset/:link', (c) => reset(c, c.req.param('link')))

const then = z.string().max(300).optional()
const signUpForm = z.object({ name: personName, email: emailAddress })
const signInForm = z.object({ email: emailAddress, password: typedPassword, then })
const codeForm = z.object({ code: typedCode, then })

async function signUp(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, signUpForm)
  if (!form.ok) return showPage(c, { title: 'Register' }, <SignUpPage {...form} />, 422)
  await limit(house.db, 'sign-up by network', clientNetwork(c))
  await limit(house.db, 'letters by address', form.data.email)
  waitFor(c, await begin(house, { wants: 'sign-up', ...form.data }))
  return c.redirect('/sign-in/code', 303)
}

async function signInByForm(c: Ctx): Promise<Response> {
  const form = await readForm(c, signInForm)
  if (!form.ok) return showPage(c, { title: 'Sign in' }, <SignInPage {...form} then={form.typed['then']} />, 422)
  await limit(c.get('house').db, 'sign-in by network', clientNetwork(c))
  return form.data.password ? byPassword(c, { ...form.data, password: form.data.password }) : byLetter(c, form.data)
}

async function byLetter(c: Ctx, { email, then }: { email: string; then?: string | undefined }): Promise<Response> {
  const house = c.get('house')
  await limit(house.db, 'letters by address', email)
  waitFor(c, await begin(house, { wants: 'sign-in', email }))
  return c.redirect(withThen('/sign-in/code', then), 303)
}

async function byPassword(
  c: Ctx,
  { email, password, then }: { email: string; password: string; then?: string | undefined },
): Promise<Response> {
  const { db } = c.get('house')
  await limit(db, 'password by address', email)
  const person = await personByPassword(db, email, password)
  log('sessions.password', { right: person !== undefined })
  const errors = { password: 'That address and that password do not belong together.' }
  if (!person) return showPage(c, { title: 'Sign in' }, <SignInPage errors={errors} typed={{ email }} then={then} />, 422)
  return goIn(c, await db.as('security', (tx) => enter(tx, person, coming(c, 'password'))), then)
}

async function askForCode(c: Ctx): Promise<Response> {
  if (!(await attemptHere(c))) return showPage(c, { title: 'Sign in' }, <NoAttemptPage />)
  return showPage(c, { title: 'Check your inbox' }, <CodePage then={c.req.query('then')} />)
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

async function confirmLink(c: Ctx, link: string): Promise<Response> {
  const { db } = c.get('house')
  await limit(db, 'link by network', clientNetwork(c))
  const attempt = await db.as('security', (tx) => attemptBehind(tx, link))
  return attempt ? confirmed(c, attempt, { means: 'link' }) : expired(c)
}

/** Acts on a confirmed attempt: once, however many ask at the same time. */
async function confirmed(c: Ctx, attempt: Attempt, { means, then }: { means: Means; then?: string | undefined }): Promise<Response> {
  if (attempt.kind === 'new-address') return move(c, attempt)
  if (attempt.kind !== 'sign-up' && attempt.kind !== 'sign-in') return expired(c)
  const entered = await c
    .get('house')
    .db.as('security', async (tx) => ((await redeem(tx, attempt)) ? enterBy(tx, attempt, coming(c, means)) : 'over'))
  return goIn(c, entered, then)
}

async function move(c: Ctx, attempt: Attempt): Promise<Response> {
  const house = c.get('house')
  const outcome = await house.db.as('security', async (tx) => ((await redeem(tx, attempt)) ? moveTo(tx, house, attempt) : 'over'))
  takeCookie(c, 'attempt')
  if (outcome === 'over') return expired(c)
  if (outcome === 'taken') return showPage(c, { title: 'Nothing was changed' }, <AddressTakenPage />, 409)
  return c.redirect('/account?changed=address', 303)
}

async function moveTo(tx: For<'security'>, house: House, { personId, email }: Attempt): Promise<'moved' | 'taken' | 'over'> {
  const person = personId ? await personOf(tx, personId) : undefined
  if (!person) return 'over'
  if ((await readdress(tx, person.id, email)) === 'taken') return 'taken'
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
  log('sessions.second-factor', { right: entered !== undefined })
  const errors = { code: 'That is not the code. After five tries you start again.' }
  if (!entered) return showPage(c, { title: 'Your second factor' }, <SecondFactorPage errors={errors} then={form.data.then} />, 422)
  return goIn(c, entered, form.data.then)
}

async function enterBySecond(tx: For<'security'>, c: Ctx, code: string): Promise<Entered | undefined> {
  const attempt = await countTry(tx, readCookie(c, 'attempt') ?? '')
  if (!attempt?.personId || !(await isSecondFactor(tx, attempt.personId, code)) || !(await redeem(tx, attempt))) return undefined
  return { session: await admit(tx, attempt.personId, coming(c, 'password')), personId: attempt.personId }
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
  await limit(house.db, 'letters by address', form.data.email)
  await begin(house, { wants: 'reset', email: form.data.email })
  return showPage(c, { title: 'Check your inbox' }, <ResetSentPage />)
}

async function reset(c: Ctx, link: string): Promise<Response> {
  const house = c.get('house')
  await limit(house.db, 'link by network', clientNetwork(c))
  const form = await readForm(c, z.object({ password: newPassword }))
  if (!form.ok) return showPage(c, { title: 'A new password' }, <NewPasswordPage link={link} errors={form.errors} />, 422)
  const hash = await slowHash(form.data.password)
  const done = await house.db.as('security', (tx) => replacePassword(tx, house, { link, hash }))
  return done ? c.redirect('/sign-in', 303) : expired(c)
}

// Choosing a password signs nobody in: whoever has a second factor is still asked for it.
async function replacePassword(tx: For<'security'>, house: House, { link, hash }: { link: string; hash: string }): Promise<boolean> {
  const attempt = await attemptBehind(tx, link)
  if (attempt?.kind !== 'reset' || !attempt.personId || !(await redeem(tx, attempt))) return false
  const person = await personOf(tx, attempt.personId)
  if (!person) return false
  await keepPassword(tx, person.id, hash)
  await endSessions(tx, person.id)
  await post(tx, waysChangedLetter(house, { ...person, personId: person.id }, 'A new password was chosen, and all sessions were ended.'))
  return true
}

/** Where an entrance leads: inside, to the second factor, or to the page that says it is over. */
export async function goIn(c: Ctx, entered: Entered, then: string | undefined): Promise<Response> {
  if (entered === 'over') return expired(c)
  if ('second' in entered) {
    waitFor(c, entered.second)
    return c.redirect(withThen('/sign-in/second-factor', then), 303)
  }
  takeCookie(c, 'attempt')
  signIn(c, entered.session, await c.get('house').db.as('security', (tx) => isStrict(tx, entered.personId)))
  log('sessions.opened', { person: entered.personId })
  return c.redirect(onward(then), 303)
}

const expired = (c: Ctx): Response => showPage(c, { title: 'That link has expired' }, <ExpiredLinkPage />, 410)
const waitFor = (c: Ctx, token: string): void => giveCookie(c, 'attempt', token, (ATTEMPT_MINUTES * MINUTE) / 1000)
const coming = (c: Ctx, means: Means): Coming => ({ means, browser: browserName(c), before: readCookie(c, 'session') })
const withThen = (path: string, then: string | undefined): string => (then ? `${path}?then=${encodeURIComponent(then)}` : path)

async function attemptHere(c: Ctx): Promise<Attempt | undefined> {
  const token = readCookie(c, 'attempt')
  return token ? c.get('house').db.as('security', (tx) => attemptOf(tx, token)) : undefined
}
