/** The link that says that a mailbox works again; and in development, every letter that was sent. */
import { type Context, Hono } from 'hono'
import { clientNetwork } from '../web/client.ts'
import { Submit } from '../web/forms.tsx'
import type { Web } from '../web/house.ts'
import { Empty } from '../web/layout.tsx'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { type SentLetter, sentLetters } from './delivery.ts'
import { isStopBehind, worksAgain } from './mailbox.ts'

export const devMailRoutes = new Hono<Web>().get('/dev/mail', async (c) => {
  const house = c.get('house')
  if (house.config.environment !== 'development') throw nothingHere()
  const letters = await sentLetters(house)
  return wantsJson(c)
    ? c.json(letters, 200, { 'cache-control': 'no-store' })
    : showPage(c, { title: 'Letters', robots: 'noindex' }, <LettersPage letters={letters} />)
})

/** A link opens a page, and a button acts: mail scanners open links. */
export const mailboxRoutes = new Hono<Web>()
  .get('/mailbox/:token', (c) => showMailbox(c, c.req.param('token')))
  .post('/mailbox/:token', (c) => endStop(c, c.req.param('token')))

type Ctx = Context<Web>

async function showMailbox(c: Ctx, token: string): Promise<Response> {
  if (!(await c.get('house').db.as('security', (tx) => isStopBehind(tx, token)))) return nothingToMend(c)
  return showPage(c, { title: 'Your mailbox', robots: 'noindex' }, <MailboxPage token={token} />)
}

async function endStop(c: Ctx, token: string): Promise<Response> {
  if (!(await c.get('house').db.as('security', (tx) => worksAgain(tx, token)))) return nothingToMend(c)
  return showPage(c, { title: 'We write to you again', robots: 'noindex' }, <MendedPage />)
}

async function nothingToMend(c: Ctx): Promise<Response> {
  await limit(c.get('house').db, 'wrong link by network', clientNetwork(c))
  return showPage(c, { title: 'That link does not work any more', robots: 'noindex' }, <NothingToMendPage />, 410)
}

const MailboxPage = ({ token }: { token: string }) => (
  <article class="prose">
    <h1>Does this mailbox work again?</h1>
    <p>You read our letter, so it seems to. Press the button, and we write to you again.</p>
    <form method="post" action={`/mailbox/${token}`}>
      <Submit>My mailbox works again</Submit>
    </form>
  </article>
)

const MendedPage = () => (
  <article class="prose">
    <h1>We write to you again</h1>
    <p>
      Letters go to this address from now on. Which updates you get is up to you: <a href="/updates/preferences">choose them</a>.
    </p>
  </article>
)

const NothingToMendPage = () => (
  <article class="prose">
    <h1>That link does not work any more</h1>
    <p>
      Either we write to this address again already, or the link is mistyped. You can see it <a href="/account/mailbox">in your account</a>.
    </p>
  </article>
)

const wantsJson = (c: Context): boolean => (c.req.header('accept') ?? '').includes('application/json')

const LettersPage = ({ letters }: { letters: readonly SentLetter[] }) => (
  <>
    <h1>Letters</h1>
    <p>Every letter that was sent, newest first. This page exists in development only.</p>
    {letters.length === 0 && (
      <Empty icon="inbox" title="No letter yet">
        <p>Register, and the first one appears here.</p>
      </Empty>
    )}
    {letters.map((letter) => (
      <details class="letter">
        <summary>
          {letter.subject} <small>to {letter.to}</small>
        </summary>
        <pre>{letter.text}</pre>
      </details>
    ))}
  </>
)
