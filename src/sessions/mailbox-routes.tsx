/** One's mailbox: which letters went there, and saying that it works again. */
import { type Context, Hono } from 'hono'
import { lettersTo } from '../mail/letter.ts'
import { askMailbox } from '../mail/mailbox.ts'
import { suppressionOf } from '../mail/suppression.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { limit } from '../web/throttle.ts'
import { signedIn } from './guard.ts'
import { MailboxPage } from './mailbox-pages.tsx'

export const mailboxRoutes = new Hono<Web>().get('/account/mailbox', signedIn, show).post('/account/mailbox', signedIn, ask)

async function show(c: Context<Web>): Promise<Response> {
  const { personId, email } = c.get('signedIn')
  const { stop, letters } = await c.get('house').db.as('rights', async (tx) => ({
    stop: await suppressionOf(tx, email),
    letters: await lettersTo(tx, { personId, email }),
  }))
  const page = <MailboxPage {...{ email, stop, letters, asked: c.req.query('done') === 'asked' }} />
  return showPage(c, { title: 'Letters to you', area: 'account' }, page)
}

async function ask(c: Context<Web>): Promise<Response> {
  const house = c.get('house')
  const { personId, email } = c.get('signedIn')
  await limit(house.db, 'letters by person', personId)
  await house.db.as('service', (tx) => askMailbox(tx, house, { personId, email }))
  return c.redirect('/account/mailbox?done=asked', 303)
}
