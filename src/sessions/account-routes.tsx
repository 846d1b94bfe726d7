/** One's own side: who am I here. */
import { Hono } from 'hono'
import type { Web } from '../web/house.ts'
import { Facts } from '../web/forms.tsx'
import { showPage } from '../web/page.tsx'
import { signedIn } from './guard.ts'

export const accountRoutes = new Hono<Web>().get('/account', signedIn, (c) => {
  const person = c.get('signedIn')
  return showPage(
    c,
    { title: 'Your account', area: 'account' },
    <>
      <h1>{person.name}</h1>
      <Facts rows={[['E-mail address', person.email]]} />
    </>,
  )
})
