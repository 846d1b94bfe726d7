/** One's rights, without asking anybody: see, copy, erase. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { now } from '../clock.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { looksAt } from '../staff/look.ts'
import { takeCookie } from '../web/cookies.ts'
import { readForm } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { copyOf } from './copy.ts'
import { erase, receiptBehind, whatStays } from './erasure.ts'
import { ErasurePage, PrivacyPage, ReceiptPage } from './pages.tsx'
import { type Holding, holdings, subjectOf } from './subject.ts'

type Ctx = Context<Web>

export const rightsRoutes = new Hono<Web>()
  .get('/account/privacy', signedIn, show)
  .post('/account/privacy/copy', signedIn, copy)
  .get('/account/privacy/erasure', signedIn, freshly, (c) => askForErasure(c))
  .post('/account/privacy/erasure', signedIn, freshly, eraseByForm)
  .get('/receipts/:token', (c) => showReceipt(c, c.req.param('token')))

/** How many rows of each table the page shows. */
const SHOWN = 20

async function show(c: Ctx): Promise<Response> {
  const { personId } = c.get('signedIn')
  const looks = await c.get('house').db.as('rights', (tx) => looksAt(tx, personId, 100))
  return showPage(c, { title: 'What we hold about you', area: 'account' }, <PrivacyPage held={await heldAbout(c, SHOWN)} looks={looks} />)
}

async function heldAbout(c: Ctx, most: number): Promise<Holding[]> {
  return c.get('house').db.as('rights', async (tx) => {
    const subject = await subjectOf(tx, c.get('signedIn').personId)
    return subject ? holdings(tx, subject, most) : []
  })
}

async function copy(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { personId } = c.get('signedIn')
  await limit(house.db, 'copy by person', personId)
  const zip = await copyOf(house, personId)
  if (!zip) throw nothingHere('copy of nobody')
  const name = `your-data-${now().toISOString().slice(0, 10)}.zip`
  const headers = {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  }
  return c.body(new Uint8Array(zip), 200, headers)
}

async function askForErasure(c: Ctx, errors: Record<string, string> = {}): Promise<Response> {
  const page = <ErasurePage held={await heldAbout(c, 1)} stays={whatStays(c.get('house'))} errors={errors} />
  return showPage(c, { title: 'Erase everything', area: 'account' }, page, Object.keys(errors).length > 0 ? 422 : 200)
}

async function eraseByForm(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ sure: z.literal('yes', 'Please tick the box when you are sure.') }))
  if (!form.ok) return askForErasure(c, form.errors)
  const token = await erase(c.get('house'), c.get('signedIn').personId)
  takeCookie(c, 'session')
  if (!token) throw nothingHere('erased already')
  c.header('clear-site-data', '"cache", "storage"')
  return c.redirect(`/receipts/${token}`, 303)
}

async function showReceipt(c: Ctx, token: string): Promise<Response> {
  const receipt = await receiptBehind(c.get('house'), token)
  if (!receipt) throw nothingHere('no such receipt')
  return showPage(c, { title: 'Erased', robots: 'noindex' }, <ReceiptPage receipt={receipt} />)
}
