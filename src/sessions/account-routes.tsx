/** One's own side: who am I here, another name, another address. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { rename } from '../people/person.ts'
import { emailAddress, type Form, personName, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit, limitLettersFrom } from '../web/throttle.ts'
import { AccountPage, AddressPage } from './account-pages.tsx'
import { beginMove } from './attempt.ts'
import { waitFor } from './doorway.tsx'
import { freshly, signedIn } from './guard.ts'
import { mailboxRoutes } from './mailbox-routes.tsx'
import { proofRoutes } from './proof-routes.tsx'
import { securityRoutes } from './security-routes.tsx'

type Ctx = Context<Web>

export const accountRoutes = new Hono<Web>()
  .get('/account', signedIn, (c) => account(c))
  .post('/account/name', signedIn, changeName)
  .get('/account/address', signedIn, freshly, (c) => askForAddress(c))
  .post('/account/address', signedIn, freshly, changeAddress)
  .route('/', mailboxRoutes)
  .route('/', proofRoutes)
  .route('/', securityRoutes)

type Failed = Extract<Form<unknown>, { ok: false }>

function account(c: Ctx, form?: Failed): Response {
  const person = c.get('signedIn')
  const page = <AccountPage person={person} joinedAt={person.joinedAt} changed={c.req.query('changed')} {...form} />
  return showPage(c, { title: 'Your account', area: 'account' }, page, form ? 422 : 200)
}

async function changeName(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ name: personName }))
  if (!form.ok) return account(c, form)
  await c.get('house').db.as('service', (tx) => rename(tx, c.get('signedIn').personId, form.data.name))
  return c.redirect('/account?changed=name', 303)
}

const askForAddress = (c: Ctx, form?: Failed): Response =>
  showPage(
    c,
    { title: 'Another e-mail address', area: 'account' },
    <AddressPage email={c.get('signedIn').email} {...form} />,
    form ? 422 : 200,
  )

async function changeAddress(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const person = c.get('signedIn')
  const form = await readForm(c, z.object({ email: emailAddress }))
  if (!form.ok) return askForAddress(c, form)
  const { email } = form.data
  if (email === person.email) return askForAddress(c, refuseField({ email }, 'email', 'That is your address already.'))
  await limit(house.db, 'new address by person', person.personId)
  await limitLettersFrom(c, email)
  waitFor(c, await beginMove(house, person, email))
  return c.redirect('/sign-in/code', 303)
}
