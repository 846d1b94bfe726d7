/**
 * A fresh proof: by password, by a code from a letter, by passkey. Where a second factor exists its
 * code is asked for with the first two; a passkey is two factors in itself.
 */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { log, word } from '../log.ts'
import { clientNetwork } from '../web/client.ts'
import { giveCookie, readCookie, takeCookie } from '../web/cookies.ts'
import { type FormErrors, readForm, typedCode } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { Refusal } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { type Attempt, beginProof, redeem, tryCode } from './attempt.ts'
import { pose, takeBack } from './challenge.ts'
import { attemptHere, tokenHere, waitFor, withThen } from './doorway.tsx'
import { onward, signedIn } from './guard.ts'
import { passkeysOf, personByPasskey, requestOptions } from './passkey.ts'
import { isPasswordOf, passwordSince, typedPassword } from './password.ts'
import { ProofCodePage, ProofPage, type Proofs } from './proof-pages.tsx'
import { hasSecondFactor, isSecondFactor } from './second-factor.ts'
import { findSession, prove } from './session.ts'
import { recoveryCodeUsed } from './ways.ts'

type Ctx = Context<Web>

export const proofRoutes = new Hono<Web>()
  .use('/account/proof', signedIn)
  .use('/account/proof/*', signedIn)
  .get('/account/proof', (c) => askForProof(c, onward(c.req.query('then'))))
  .post('/account/proof/password', byPassword)
  .post('/account/proof/letter', sendCode)
  .get('/account/proof/code', askForCode)
  .post('/account/proof/code', byCode)
  .post('/account/proof/passkey/options', passkeyOptions)
  .post('/account/proof/passkey', byPasskey)

const then = z.string().max(300).optional()
const app = typedCode.optional()
const passwordForm = z.object({ password: typedPassword, app, then })
const codeForm = z.object({ code: typedCode, app, then })
const answerForm = z.object({ answer: z.string().max(50_000).default(''), then })

const WRONG_APP = { app: 'That is not the code that your app shows now, nor an unused recovery code.' }

/** By what the person who is signed in can prove that it is them. */
async function proofsOf(c: Ctx): Promise<Proofs> {
  const { db } = c.get('house')
  const { personId } = c.get('signedIn')
  const owesPasskey = (await findSession(db, readCookie(c, 'session') ?? ''))?.owesPasskey ?? false
  return db.as('security', async (tx) => ({
    password: !owesPasskey && (await passwordSince(tx, personId)) !== undefined,
    letter: !owesPasskey,
    passkey: (await passkeysOf(tx, personId)).length > 0,
    app: await hasSecondFactor(tx, personId),
  }))
}

async function askForProof(c: Ctx, then: string, errors?: FormErrors): Promise<Response> {
  const { assets } = c.get('house')
  const page = <ProofPage proofs={await proofsOf(c)} email={c.get('signedIn').email} then={then} errors={errors} />
  return showPage(c, { title: 'Is it still you?', area: 'account', script: assets.passkeys }, page, errors ? 422 : 200)
}

async function byPassword(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const person = c.get('signedIn')
  const form = await readForm(c, passwordForm)
  if (!form.ok) return askForProof(c, onward(form.typed['then']), form.errors)
  const then = onward(form.data.then)
  const proofs = await proofsOf(c)
  if (!proofs.password) return c.redirect(withThen('/account/proof', then), 303)
  await limit(db, 'password by person', person.personId)
  const right = await isPasswordOf(db, person.personId, form.data.password ?? '')
  log('sessions.proof', { by: word('password'), right })
  if (!right) return askForProof(c, then, { password: 'That is not your password.' })
  if (proofs.app) await limit(db, 'second factor by person', person.personId)
  const proven = await db.as(
    'security',
    async (tx) => (await isAppRight(tx, c, proofs, form.data.app)) && prove(tx, person.sessionId, 'other'),
  )
  return proven === false ? askForProof(c, then, WRONG_APP) : goOn(c, proven, then)
}

/** Is the second factor right, where there is one? */
async function isAppRight(tx: For<'security'>, c: Ctx, { app }: Pick<Proofs, 'app'>, code: string | undefined): Promise<boolean> {
  if (!app) return true
  const person = c.get('signedIn')
  const by = await isSecondFactor(tx, person.personId, code ?? '')
  if (by === 'recovery code') await recoveryCodeUsed(tx, c.get('house'), person)
  return by !== false
}

/** Gives the session its new token and leads on; the session may have been ended meanwhile. */
function goOn(c: Ctx, proven: Awaited<ReturnType<typeof prove>>, then: string): Response {
  if (!proven) throw new Refusal(401, 'You are not signed in any more. Please sign in again.')
  giveCookie(c, 'session', proven.token, proven.seconds)
  return c.redirect(then, 303)
}

async function sendCode(c: Ctx): Promise<Response> {
  const house: House = c.get('house')
  const person = c.get('signedIn')
  const form = await readForm(c, z.object({ then }))
  const to = onward(form.ok ? form.data.then : undefined)
  if (!(await proofsOf(c)).letter) return c.redirect(withThen('/account/proof', to), 303)
  await limit(house.db, 'letters by person', person.personId)
  waitFor(c, await beginProof(house, person))
  return c.redirect(withThen('/account/proof/code', to), 303)
}

const isOwnProof = (c: Ctx, attempt: Attempt | undefined): attempt is Attempt =>
  attempt?.kind === 'proof' && attempt.personId === c.get('signedIn').personId

async function askForCode(c: Ctx): Promise<Response> {
  const then = onward(c.req.query('then'))
  if (!isOwnProof(c, await attemptHere(c))) return c.redirect(withThen('/account/proof', then), 303)
  return showCodePage(c, (await proofsOf(c)).app, then)
}

const showCodePage = (c: Ctx, app: boolean, then: string, errors?: FormErrors): Response =>
  showPage(
    c,
    { title: 'Check your inbox', area: 'account' },
    <ProofCodePage app={app} then={then} {...(errors ? { errors } : {})} />,
    errors ? 422 : 200,
  )

async function byCode(c: Ctx): Promise<Response> {
  const { db } = c.get('house')
  const form = await readForm(c, codeForm)
  const proofs = await proofsOf(c)
  if (!form.ok) return showCodePage(c, proofs.app, onward(form.typed['then']), form.errors)
  const then = onward(form.data.then)
  await limit(db, 'code by network', clientNetwork(c))
  const attempt = await tryCode(db, readCookie(c, 'attempt'), form.data.code)
  log('sessions.proof', { by: word('code'), right: typeof attempt === 'object' })
  const errors = { code: 'That is not the code. After five tries you need a new one.' }
  if (attempt === 'wrong') return showCodePage(c, proofs.app, then, errors)
  if (attempt === 'over' || !isOwnProof(c, attempt) || !proofs.letter) return c.redirect(withThen('/account/proof', then), 303)
  if (proofs.app) await limit(db, 'second factor by person', c.get('signedIn').personId)
  const proven = await db.as('security', (tx) => proveByCode(tx, c, { attempt, proofs, app: form.data.app }))
  if (proven === 'wrong app') return showCodePage(c, proofs.app, then, WRONG_APP)
  if (proven === 'over') return c.redirect(withThen('/account/proof', then), 303)
  takeCookie(c, 'attempt')
  return goOn(c, proven, then)
}

async function proveByCode(
  tx: For<'security'>,
  c: Ctx,
  { attempt, proofs, app }: { attempt: Attempt; proofs: Proofs; app: string | undefined },
): Promise<Awaited<ReturnType<typeof prove>> | 'wrong app' | 'over'> {
  if (!(await isAppRight(tx, c, proofs, app))) return 'wrong app'
  return (await redeem(tx, attempt)) ? prove(tx, c.get('signedIn').sessionId, 'other') : 'over'
}

async function passkeyOptions(c: Ctx): Promise<Response> {
  const house = c.get('house')
  await limit(house.db, 'passkey by network', clientNetwork(c))
  const token = tokenHere(c)
  return c.json(await requestOptions(house, await house.db.as('security', (tx) => pose(tx, token))))
}

async function byPasskey(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const form = await readForm(c, answerForm)
  if (!form.ok) return askForProof(c, onward(form.typed['then']), form.errors)
  const then = onward(form.data.then)
  const proven = await house.db.as('security', async (tx) => {
    const challenge = await takeBack(tx, readCookie(c, 'attempt') ?? '')
    const owner = challenge && (await personByPasskey(tx, house, { challenge, answer: form.data.answer }))
    return owner === person.personId && prove(tx, person.sessionId, 'passkey')
  })
  log('sessions.proof', { by: word('passkey'), right: proven !== false })
  const errors = { '': 'That passkey does not prove that it is you, or it took too long. Please try again.' }
  return proven === false ? askForProof(c, then, errors) : goOn(c, proven, then)
}
