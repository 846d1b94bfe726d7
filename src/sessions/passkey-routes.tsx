/** The sign-in page, and signing in there by passkey. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { log } from '../log.ts'
import { clientNetwork } from '../web/client.ts'
import { readCookie } from '../web/cookies.ts'
import { type FormErrors, readForm, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit } from '../web/throttle.ts'
import { pose, takeBack } from './challenge.ts'
import { coming, goIn, tokenHere } from './doorway.tsx'
import { admit } from './entering.ts'
import { SignInPage } from './pages.tsx'
import { personByPasskey, requestOptions } from './passkey.ts'

type Ctx = Context<Web>

export const passkeyRoutes = new Hono<Web>().post('/sign-in/passkey/options', passkeyOptions).post('/sign-in/passkey', signInByPasskey)

interface SignInShown {
  readonly errors?: FormErrors
  readonly typed?: Typed
  readonly then: string | undefined
  readonly changed?: boolean
}

/** The sign-in page, again with what was wrong if something was. */
export const showSignIn = (c: Ctx, shown: SignInShown): Response =>
  showPage(c, { title: 'Sign in', script: c.get('house').assets.passkeys }, <SignInPage {...shown} />, shown.errors ? 422 : 200)

async function passkeyOptions(c: Ctx): Promise<Response> {
  const house = c.get('house')
  await limit(house.db, 'passkey by network', clientNetwork(c))
  const token = tokenHere(c)
  return c.json(await requestOptions(house, await house.db.as('security', (tx) => pose(tx, token))))
}

// A passkey that is unknown, one that was removed and an answer that does not fit are refused in the same words.
async function signInByPasskey(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, z.object({ answer: z.string().max(50_000).default(''), then: z.string().max(300).optional() }))
  await limit(house.db, 'sign-in by network', clientNetwork(c))
  const { answer, then } = form.ok ? form.data : { answer: '', then: undefined }
  const entered = await house.db.as('security', async (tx) => {
    const challenge = await takeBack(tx, readCookie(c, 'attempt') ?? '')
    const personId = challenge && (await personByPasskey(tx, house, { challenge, answer }))
    return personId ? { session: await admit(tx, personId, coming(c, 'passkey')), personId } : undefined
  })
  log('sessions.passkey', { right: entered !== undefined })
  const errors = { '': 'That passkey does not sign anybody in here. You can use a code or your password instead.' }
  return entered ? goIn(c, entered, then) : showSignIn(c, { errors, then })
}
