/** E-mail, for whoever runs the program. */
import { type Context, Hono } from 'hono'
import { checkUp, findings } from '../mail/checkup.ts'
import { cameIn } from '../mail/incoming.ts'
import { complaintsAddress } from '../mail/mailboxes.ts'
import { keysOf, makeKey, senderDomain } from '../mail/signing.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import type { Typed } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { whoMay } from './guard.ts'
import { MailPage } from './mail-pages.tsx'

type Ctx = Context<Web>

export const mailRoutes = new Hono<Web>()
  .get('/staff/mail', signedIn, whoMay('mail'), showMail)
  .post('/staff/mail/check', signedIn, whoMay('mail'), lookAgain)
  .post('/staff/mail/keys', signedIn, whoMay('mail'), freshly, addKey)

const outcomes: Typed = {
  looked: 'Looked up anew.',
  made: 'A key was made. Publish its record; it signs as soon as it is found.',
  waits: 'A key waits already: publish that one first.',
}

async function showMail(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const found = await findings(house)
  const lists = await house.db.as('operations', async (tx) => ({ keys: await keysOf(tx, senderDomain(house)), came: await cameIn(tx) }))
  const page = <MailPage {...{ found, ...lists, doors: doorsOf(house), told: outcomes[c.req.query('done') ?? ''] }} />
  return showPage(c, { title: 'E-mail', area: 'staff' }, page)
}

const doorsOf = (house: House): [string, string][] => {
  const { smtpUrl, smtpInPort, imapUrl, bounceAddress } = house.config
  return [
    ['Letters go out by', smtpUrl ? new URL(smtpUrl).host : 'no server: they stay here (SMTP_URL)'],
    ['The door for letters', smtpInPort === undefined ? 'closed (SMTP_IN_PORT)' : `open on port ${smtpInPort}`],
    ['The mailbox that is emptied', imapUrl ? new URL(imapUrl).host : 'none (IMAP_URL)'],
    ['Return path', bounceAddress?.replace('@', '+…@') ?? 'none (BOUNCE_ADDRESS)'],
    ['Complaints of providers to', complaintsAddress(house) ?? 'nowhere'],
  ]
}

async function lookAgain(c: Ctx): Promise<Response> {
  await checkUp(c.get('house'))
  return c.redirect('/staff/mail?done=looked', 303)
}

async function addKey(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const made = await house.db.as('operations', async (tx) => {
    const waits = (await keysOf(tx, senderDomain(house))).some(({ state }) => state === 'waits')
    if (!waits) await makeKey(tx, house)
    return !waits
  })
  return c.redirect(`/staff/mail?done=${made ? 'made' : 'waits'}`, 303)
}
