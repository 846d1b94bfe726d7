/** `/dev/mail`: in development, every letter that was sent. It does not exist in production. */
import { type Context, Hono } from 'hono'
import { Empty } from '../web/layout.tsx'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { type SentLetter, sentLetters } from './delivery.ts'

export const devMailRoutes = new Hono<Web>().get('/dev/mail', async (c) => {
  const house = c.get('house')
  if (house.config.environment !== 'development') throw nothingHere()
  const letters = await sentLetters(house)
  return wantsJson(c)
    ? c.json(letters, 200, { 'cache-control': 'no-store' })
    : showPage(c, { title: 'Letters', robots: 'noindex' }, <LettersPage letters={letters} />)
})

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
