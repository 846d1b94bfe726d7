/** The console's desk for the policy: writing, comparing, publishing, and seeing how the notice stands. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { now } from '../clock.ts'
import { asId } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { allVersions, comingOf, inForceOf, keepDraft } from '../versions/version.ts'
import { type Form, line, outcomeTold, readForm, refuseField } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { disagreementsIn, references } from './claims.ts'
import { DraftPage, OverviewPage, PublishPage } from './draft-pages.tsx'
import { changesBetween, comparable } from './news.ts'
import { deliveryOf } from './notices.ts'
import { deskOf, earliestDay, effectiveOn, isChanged, keepUp, publish, type Published, waitsFor } from './publishing.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>

export const draftRoutes = new Hono<Web>()
  .get('/staff/policy', signedIn, whoMay('policy'), showOverview)
  .get('/staff/policy/draft', signedIn, whoMay('policy'), (c) => showDraft(c))
  .post('/staff/policy/draft', signedIn, whoMay('policy'), keep)
  .get('/staff/policy/publish', signedIn, whoMay('policy'), freshly, (c) => showPublishing(c))
  .post('/staff/policy/publish', signedIn, whoMay('policy'), freshly, publishIt)

const outcomes: Readonly<Record<string, string>> = {
  kept: 'The draft is kept. Nothing was published.',
  published: 'It is published. Those concerned are being told.',
  unchanged: 'Nothing is changed yet, so there is nothing to publish.',
}

async function showOverview(c: Ctx): Promise<Response> {
  const page = await c.get('house').db.as('legal', async (tx) => {
    const versions = await allVersions(tx)
    const coming = []
    for (const version of comingOf(versions)) {
      const delivery = await deliveryOf(tx, version.number)
      coming.push({ version, delivery, waits: waitsFor(version, delivery) })
    }
    return <OverviewPage {...{ versions, coming, inForce: inForceOf(versions)?.number, at: now() }} told={outcomeTold(c, outcomes)} />
  })
  return showPage(c, { title: 'Privacy policy', area: 'staff' }, page)
}

async function showDraft(c: Ctx, form?: Failed): Promise<Response> {
  const house = c.get('house')
  const desk = await house.db.as('legal', (tx) => deskOf(tx, house))
  const page = <DraftPage desk={desk} references={references(house)} told={outcomeTold(c, outcomes)} {...form} />
  return showPage(c, { title: 'Write the privacy policy', area: 'staff' }, page, form ? 422 : 200)
}

const draftForm = z.object({
  title: line(200, 'Please give it a title.'),
  summary: line(500, 'Please say in a sentence what it says.'),
  written: z
    .string('Please write it.')
    .transform((text) => text.replaceAll('\r\n', '\n').trim())
    .pipe(z.string().min(1, 'Please write it.').max(200_000, 'At most 200,000 characters, please.')),
  // Which of the two buttons it was.
  next: z.enum(['compare', '']).default(''),
})

async function keep(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, draftForm)
  if (!form.ok) return showDraft(c, form)
  const wrong = disagreementsIn(house, form.data.written)
  if (wrong.length > 0) return showDraft(c, refuseField(form.data, 'written', wrong.join(' ')))
  const { next, ...written } = form.data
  await house.db.as('legal', (tx) => keepDraft(tx, written))
  return c.redirect(next === 'compare' ? '/staff/policy/publish' : '/staff/policy/draft?done=kept', 303)
}

async function showPublishing(c: Ctx, form?: Failed): Promise<Response> {
  const house = c.get('house')
  const desk = await house.db.as('legal', (tx) => deskOf(tx, house))
  const { draft, source, last } = desk
  if (!draft || !isChanged(desk)) return c.redirect('/staff/policy/draft?done=unchanged', 303)
  const pieces = await changesBetween(comparable(last), comparable({ ...draft, source }))
  const wrong = disagreementsIn(house, draft.written)
  const page = <PublishPage {...{ desk, draft, pieces, wrong }} earliest={earliestDay(true, desk)} {...form} />
  return showPage(c, { title: 'Publish a version', area: 'staff' }, page, form ? 422 : 200)
}

const wish = z.object({
  draft: z.string().max(40),
  material: z.enum(['yes', 'no'], 'Please choose.'),
  reason: z.string('Please say what changes.').trim().min(1, 'Please say what changes.').max(2_000, 'At most 2,000 characters, please.'),
  day: z.iso.date('Please give the day.'),
  sure: z.literal('yes', 'Please tick the box when you are sure.'),
})

async function publishIt(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, wish)
  if (!form.ok) return showPublishing(c, form)
  const { draft, material, reason, day } = form.data
  const typed = { draft, material, reason, day }
  const draftId = asId(draft)
  if (!draftId) return showPublishing(c, refuseField(typed, 'draft', 'Please open this page again.'))
  if (effectiveOn(day, now()).getUTCFullYear() > now().getUTCFullYear() + 2)
    return showPublishing(c, refuseField(typed, 'day', 'Please choose a day within the next two years.'))
  const by = c.get('signedIn').personId
  const done: Published = await house.db.as('legal', async (tx) => {
    const wrong = disagreementsIn(house, (await deskOf(tx, house)).draft?.written ?? '')
    if (wrong.length > 0) return { field: 'draft', words: wrong.join(' ') }
    return publish(tx, house, by, { draftId, material: material === 'yes', reason, day })
  })
  if ('field' in done) return showPublishing(c, refuseField(typed, done.field, done.words))
  await keepUp(house)
  return c.redirect('/staff/policy?done=published', 303)
}
