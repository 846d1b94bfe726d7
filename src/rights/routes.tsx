/** One's rights, without asking anybody: see, copy, erase. */
import { Readable } from 'node:stream'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { freshly, signedIn } from '../sessions/guard.ts'
import { looksAt } from '../staff/look.ts'
import { takeCookie } from '../web/cookies.ts'
import { file, requestsOf } from '../requests/request.ts'
import { statusPath } from '../requests/link.ts'
import { asking } from '../requests/asking.ts'
import { type Form, readForm } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { appliedTo } from '../policy/applied.tsx'
import { limit } from '../web/throttle.ts'
import { erase, ErasureWaits, waitingErasure, whatStays } from './erasure.ts'
import { handOverRoutes } from './hand-over-routes.tsx'
import { askForCopy, fetchCopy, keptCopyOf, recordCopy, smallCopy } from './kept-copy.ts'
import { ErasurePage, PrivacyPage, ReceiptPage } from './pages.tsx'
import { receiptBehind } from './receipt.ts'
import { recipientsOf } from './recipients.ts'
import { download, rightsRequestRoutes } from './request-routes.tsx'
import { restrictedRoutes } from './restricted-routes.tsx'
import { holdings, type Subject, subjectOf, tablesAbout, writtenBy } from './subject.ts'
import { resultsOf } from '../programs/opendsr.ts'
import { tellingsOf } from './telling.ts'
import type { For } from '../database/connection.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>

export const rightsRoutes = new Hono<Web>()
  .get('/account/privacy', signedIn, (c) => show(c))
  .post('/account/privacy/requests', signedIn, ask)
  .post('/account/privacy/copy', signedIn, freshly, copy)
  .get('/account/privacy/copy.zip', signedIn, freshly, fetchKept)
  .get('/account/privacy/erasure', signedIn, freshly, (c) => askForErasure(c))
  .post('/account/privacy/erasure', signedIn, freshly, eraseByForm)
  .get('/receipts/:token', (c) => showReceipt(c, c.req.param('token')))
  .route('/', rightsRequestRoutes)
  .route('/', restrictedRoutes)
  .route('/', handOverRoutes)

/** How many rows of each table the page shows. */
const SHOWN = 20

async function show(c: Ctx, form?: Failed): Promise<Response> {
  const house = c.get('house')
  const shown = await aboutMe(c, async (tx, subject) => ({
    held: await holdings(tx, subject, SHOWN),
    looks: await looksAt(tx, subject.personId, 100),
    received: await recipientsOf(tx, house, subject),
    told: await tellingsOf(tx, subject.personId),
    results: await resultsOf(tx, subject.personId),
    copy: await keptCopyOf(tx, subject.personId),
    requests: await myRequests(tx, house, subject),
    applied: await appliedTo(tx, c.get('signedIn')),
  }))
  const page = <PrivacyPage {...shown} address={house.config.privacyAddress} {...form} />
  return showPage(c, { title: 'What we hold about you', area: 'account' }, page, form ? 422 : 200)
}

/** Reads about whoever is signed in; somebody who is erased at this moment is not found any more. */
async function aboutMe<R>(c: Ctx, read: (tx: For<'rights'>, subject: Subject) => Promise<R>): Promise<R> {
  return c.get('house').db.as('rights', async (tx) => {
    const subject = await subjectOf(tx, c.get('signedIn').personId)
    if (!subject) throw nothingHere('erased meanwhile')
    return read(tx, subject)
  })
}

async function myRequests(tx: For<'rights'>, { db }: House, { personId, emails: [email = ''] }: Subject) {
  return (await requestsOf(tx, { personId, email })).map((request) => ({ request, path: statusPath(db, request.id) }))
}

/** Who is signed in needs no further proof; an erasure has a page of its own, which asks twice. */
async function ask(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, asking)
  if (!form.ok) return show(c, form)
  if (form.data.kind === 'erasure') return c.redirect('/account/privacy/erasure', 303)
  const { personId, email } = c.get('signedIn')
  await limit(house.db, 'requests by person', personId)
  const request = await house.db.as('rights', (tx) => file(tx, house, { ...form.data, email, channel: 'account', proven: true }))
  return c.redirect(statusPath(house.db, request.id), 303)
}

async function copy(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { personId } = c.get('signedIn')
  await limit(house.db, 'copy by person', personId)
  const small = await smallCopy(house, personId)
  if (!small) throw nothingHere('copy of nobody')
  if ('zip' in small) {
    await recordCopy(house, personId)
    return download(c, { body: new Uint8Array(small.zip), size: small.zip.length })
  }
  await askForCopy(house, personId, small.rows)
  return c.redirect('/account/privacy#copy', 303)
}

async function fetchKept(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { personId } = c.get('signedIn')
  await limit(house.db, 'copy by person', personId)
  const kept = await fetchCopy(house, personId)
  if (!kept) throw nothingHere('no copy is ready')
  return download(c, { body: Readable.toWeb(Readable.from(kept.pieces)) as ReadableStream, size: kept.size })
}

async function askForErasure(c: Ctx, errors: Record<string, string> = {}): Promise<Response> {
  const shown = await aboutMe(c, async (tx, subject) => ({
    held: await tablesAbout(tx, subject),
    written: await writtenBy(tx, subject),
    waiting: await waitingErasure(tx, subject.personId),
  }))
  const page = <ErasurePage {...shown} stays={whatStays(c.get('house'))} errors={errors} />
  return showPage(c, { title: 'Erase everything', area: 'account' }, page, Object.keys(errors).length > 0 ? 422 : 200)
}

async function eraseByForm(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ sure: z.literal('yes', 'Please tick the box when you are sure.') }))
  if (!form.ok) return askForErasure(c, form.errors)
  const token = await erase(c.get('house'), c.get('signedIn').personId).catch(unlessItWaits)
  if (token === 'waits') return c.redirect('/account/privacy/erasure', 303)
  takeCookie(c, 'session')
  if (!token) throw nothingHere('erased already')
  c.header('clear-site-data', '"cache", "storage"')
  return c.redirect(`/receipts/${token}`, 303)
}

function unlessItWaits(fault: unknown): 'waits' {
  if (fault instanceof ErasureWaits) return 'waits'
  throw fault
}

async function showReceipt(c: Ctx, token: string): Promise<Response> {
  const receipt = await receiptBehind(c.get('house'), token)
  if (!receipt) throw nothingHere('no such receipt')
  return showPage(c, { title: 'Erased', robots: 'noindex' }, <ReceiptPage receipt={receipt} />)
}
