/** Bringing in the history of another analytics program, in the console. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { asId, type Id } from '../log.ts'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type FormErrors, line, outcomeTold, readForm, type Typed } from '../web/form.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { UploadFlaw } from './history-archive.ts'
import { confirmHistory, type HistoryImport, historyImportOf, newestHistory, planOf, takeUpload, undoHistory } from './history-import.ts'
import { HistoryImportPage, HistoryPage, IMPORT } from './history-pages.tsx'

type Ctx = Context<Web>

export const historyRoutes = new Hono<Web>()
  .get('/staff/navigation/import', signedIn, whoMay('navigation'), (c) => showUpload(c))
  .post('/staff/navigation/import', signedIn, whoMay('navigation'), upload)
  .get('/staff/navigation/import/:id', signedIn, whoMay('navigation'), showImport)
  .post('/staff/navigation/import/:id/confirm', signedIn, whoMay('navigation'), confirm)
  .post('/staff/navigation/import/:id/undo', signedIn, whoMay('navigation'), undo)

const outcomes: Typed = {
  confirmed: 'It is being brought in.',
  undone: 'It was taken away, with everything that came with it.',
  unchanged: 'Nothing was done: it stands otherwise by now.',
}

const site = z.object({ site: line(100, 'Please say which website it is about.').transform((text) => text.toLowerCase()) })

async function showUpload(c: Ctx, refused?: { errors: FormErrors; typed: Typed }): Promise<Response> {
  const house = c.get('house')
  const imports = await house.db.as('improvement', newestHistory)
  const page = <HistoryPage {...{ imports, ...refused, told: outcomeTold(c, outcomes) }} least={house.config.navigationThreshold} />
  return showPage(c, { title: 'Bring in history', area: 'staff' }, page, refused ? 422 : 200)
}

async function upload(c: Ctx): Promise<Response> {
  const form = await readForm(c, site)
  if (!form.ok) return showUpload(c, form)
  const { file } = await c.req.parseBody({ all: true })
  const files = [file].flat().filter((one): one is File => one instanceof File && one.size > 0)
  const refuse = (sentence: string): Promise<Response> => showUpload(c, { errors: { file: sentence }, typed: form.data })
  if (files.length === 0) return refuse('Please choose a file; this one is empty.')
  try {
    const id = await takeUpload(c.get('house'), { files, site: form.data.site, by: c.get('signedIn').personId })
    return c.redirect(`${IMPORT}/${id}`, 303)
  } catch (fault) {
    if (fault instanceof UploadFlaw) return refuse(fault.message)
    throw fault
  }
}

async function importHere(c: Ctx): Promise<HistoryImport> {
  const id = asId(c.req.param('id'))
  const one = id && (await c.get('house').db.as('improvement', (tx) => historyImportOf(tx, id)))
  if (!one) throw nothingHere('no such import')
  return one
}

async function showImport(c: Ctx): Promise<Response> {
  const one = await importHere(c)
  const plan = one.confirmedAt ? undefined : await c.get('house').db.as('improvement', (tx) => planOf(tx, one.id as Id))
  const page = <HistoryImportPage {...{ one, plan, told: outcomeTold(c, outcomes) }} />
  return showPage(c, { title: `${one.origin}, ${one.site}`, area: 'staff' }, page)
}

async function confirm(c: Ctx): Promise<Response> {
  const { id } = await importHere(c)
  const done = await c.get('house').db.as('improvement', (tx) => confirmHistory(tx, id as Id, c.get('signedIn').personId))
  return c.redirect(`${IMPORT}/${id}?done=${done ? 'confirmed' : 'unchanged'}`, 303)
}

async function undo(c: Ctx): Promise<Response> {
  const { id } = await importHere(c)
  const done = await c.get('house').db.as('improvement', (tx) => undoHistory(tx, id as Id, c.get('signedIn').personId))
  return c.redirect(`${IMPORT}?done=${done ? 'undone' : 'unchanged'}`, 303)
}
