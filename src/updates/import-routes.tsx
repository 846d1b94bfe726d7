/** Bringing in lists of subscribers, in the console. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { dayInWords, now } from '../clock.ts'
import { asId } from '../log.ts'
import { freshly, signedIn } from '../sessions/guard.ts'
import { csvFile, csvLine } from '../web/csv.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, type FormErrors, outcomeTold, readForm, ticked, type Typed } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { describe, type Described, discard, flawsOf, importOf, type ListedImport, newestImports, sign, stageOf, upload } from './import.ts'
import type { Mapping } from './import-columns.ts'
import { openSheet } from '../web/sheet.ts'
import { DescribePage } from './import-describe-pages.tsx'
import { linesOf, ListPage, MOST_FLAWS, UploadPage } from './import-pages.tsx'
import { fieldNames } from './import-tables.ts'
import { allTopics, openTopics, type Topic } from './topic.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/updates/import'

export const importRoutes = new Hono<Web>()
  .get(BASE, signedIn, whoMay('import'), (c) => showUpload(c))
  .post(BASE, signedIn, whoMay('import'), uploadFile)
  .get(`${BASE}/:id`, signedIn, whoMay('import'), async (c) => showList(c, await listHere(c)))
  .post(`${BASE}/:id`, signedIn, whoMay('import'), describeList)
  .get(`${BASE}/:id/errors.csv`, signedIn, whoMay('import'), takeOutErrors)
  .post(`${BASE}/:id/sign`, signedIn, whoMay('import'), freshly, signList)
  .post(`${BASE}/:id/discard`, signedIn, whoMay('import'), discardList)

const outcomes: Typed = {
  discarded: 'The list was deleted, with all that was kept of it.',
  signed: 'It is being brought in.',
  unchanged: 'Nothing was done: the list stands otherwise by now.',
}
const told = (c: Ctx): string | undefined => outcomeTold(c, outcomes)

async function listHere(c: Ctx): Promise<ListedImport> {
  const id = asId(c.req.param('id'))
  const list = id && (await c.get('house').db.as('updates', (tx) => importOf(tx, id)))
  if (!list) throw nothingHere('no such list')
  return list
}

async function showUpload(c: Ctx, errors?: FormErrors): Promise<Response> {
  const lists = await c.get('house').db.as('updates', newestImports)
  return showPage(c, { title: 'Bring in a list', area: 'staff' }, <UploadPage {...{ lists, errors, told: told(c) }} />, errors ? 422 : 200)
}

async function uploadFile(c: Ctx): Promise<Response> {
  await readForm(c, z.object({}))
  const { file } = await c.req.parseBody()
  const sheet = openSheet(file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0))
  if (typeof sheet === 'string') return showUpload(c, { file: sheet })
  const id = await c.get('house').db.as('updates', (tx) => upload(tx, sheet, c.get('signedIn').personId))
  return c.redirect(`${BASE}/${id}`, 303)
}

async function showList(c: Ctx, list: ListedImport, refused?: Failed): Promise<Response> {
  const { db } = c.get('house')
  const title = list.origin === 'other' ? 'A list' : `A list from ${list.origin}`
  const stage = stageOf(list)
  if (stage === 'uploaded' || (stage === 'read' && c.req.query('describe'))) return showDescribing(c, list, refused)
  const [topics, flaws] = await db.as(
    'updates',
    async (tx) => [await allTopics(tx), await flawsOf(tx, list.id, { most: MOST_FLAWS })] as const,
  )
  const statement = statementFor(c.get('house'), list, topics)
  const page = <ListPage {...{ list, topics, flaws, statement, told: told(c), errors: refused?.errors }} />
  return showPage(c, { title, area: 'staff' }, page, refused ? 422 : 200)
}

async function showDescribing(c: Ctx, list: ListedImport, refused?: Failed): Promise<Response> {
  const topics = await c.get('house').db.as('updates', openTopics)
  const page = <DescribePage {...{ list, topics, errors: refused?.errors, typed: refused?.typed }} />
  return showPage(c, { title: 'A list to bring in', area: 'staff' }, page, refused ? 422 : 200)
}

// ---- Saying what it is -------------------------------------------------------------------------

const column = z.string().max(3).regex(/^\d*$/).default('')
const describeForm = z.object({
  ...(Object.fromEntries(fieldNames.map((field) => [field, column])) as Record<(typeof fieldNames)[number], typeof column>),
  topics: ticked,
  proof: z.enum(['rows', 'statement'], 'Please say how you know it.'),
  words: z.string().normalize('NFC').trim().max(2_000, 'At most 2,000 characters, please.').default(''),
  place: z.string().normalize('NFC').trim().max(300, 'At most 300 characters, please.').default(''),
  day: z.union([z.literal(''), z.iso.date('Please give a day.')]).default(''),
})
type Said = z.infer<typeof describeForm>

async function describeList(c: Ctx): Promise<Response> {
  const list = await listHere(c)
  const form = await readForm(c, describeForm)
  if (!form.ok) return showDescribing(c, list, form)
  const open = await c.get('house').db.as('updates', openTopics)
  const described = describedBy(list, form.data, open)
  const errors = missingIn(described, form.data)
  const typed = { ...form.data, topics: form.data.topics.join(',') }
  if (Object.keys(errors).length > 0) return showDescribing(c, list, { ok: false, errors, typed })
  const said = await c.get('house').db.as('updates', (tx) => describe(tx, list.id, described))
  return c.redirect(`${BASE}/${list.id}${said ? '' : '?done=unchanged'}`, 303)
}

function describedBy({ columns }: ListedImport, said: Said, open: readonly Topic[]): Described {
  const chosen = fieldNames.filter((field) => said[field] !== '' && Number(said[field]) < columns.length)
  return {
    mapping: Object.fromEntries(chosen.map((field) => [field, Number(said[field])])) as Mapping,
    topics: open.map(({ slug }) => slug).filter((slug) => said.topics.includes(slug)),
    proof: said.proof,
    wording: said.words.replace(/\r\n/g, '\n') || null,
    source: said.place || null,
    agreedAt: said.day ? new Date(said.day) : null,
  }
}

function missingIn({ mapping, topics, proof, wording, source, agreedAt }: Described, { day }: Said): FormErrors {
  const byRow = proof === 'rows'
  const wanted: (readonly [boolean, string, string])[] = [
    [mapping.email === undefined, 'email', 'Please say which column holds the e-mail addresses.'],
    [topics.length === 0, 'topics', 'Please choose at least one topic.'],
    [byRow && mapping.agreed === undefined, 'agreed', 'Please say which column tells when they agreed, or state it for all of them.'],
    [!wording && !(byRow && mapping.wording !== undefined), 'words', 'Please give the words that they agreed to.'],
    [!source && !(byRow && mapping.source !== undefined), 'place', 'Please say where they agreed.'],
    [!byRow && !day, 'day', 'Please say by which day all of them had agreed.'],
    [(agreedAt ?? new Date(0)) > now(), 'day', 'That day has not come yet.'],
  ]
  return Object.fromEntries(wanted.filter(([missing]) => missing).map(([, field, sentence]) => [field, sentence]))
}

// ---- Signing -----------------------------------------------------------------------------------

/** What whoever brings in a list states about the consent of its people. */
function statementFor({ content }: House, list: ListedImport, topics: readonly Topic[]): string {
  const on = topics.filter(({ slug }) => list.topics.includes(slug)).map(({ title }) => `“${title}”`)
  const company = content.company.name
  const agreed = `I state for ${company}: everybody whom this list subscribes agreed to get e-mail from ${company} on ${new Intl.ListFormat('en-GB').format(on)}`
  const each = list.proof === 'rows' ? ', at the moment that their row says' : `, by ${list.agreedAt ? dayInWords(list.agreedAt) : 'today'}`
  const rest = list.proof === 'rows' && (list.source || list.wording) ? '; where their row does not say it' : ''
  const where = list.source ? `, by “${list.source}”` : ''
  const words = list.wording ? `, in the words “${list.wording}”` : ''
  return `${agreed}${each}${rest}${where}${words}. No address on it was bought, rented, guessed or taken from somewhere else, and nobody on it has withdrawn.`
}

async function signList(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const list = await listHere(c)
  const form = await readForm(c, z.object({ sure: z.literal('yes', 'Please tick this if you sign it.') }))
  if (!form.ok) return stageOf(list) === 'read' ? showList(c, list, form) : c.redirect(`${BASE}/${list.id}?done=unchanged`, 303)
  const signed = await house.db.as('updates', async (tx) => {
    const statement = statementFor(house, list, await allTopics(tx))
    return sign(tx, list.id, { by: c.get('signedIn').personId, statement })
  })
  return c.redirect(`${BASE}/${list.id}?done=${signed ? 'signed' : 'unchanged'}`, 303)
}

async function discardList(c: Ctx): Promise<Response> {
  const list = await listHere(c)
  const gone = await c.get('house').db.as('updates', (tx) => discard(tx, list.id))
  return c.redirect(gone ? `${BASE}?done=discarded` : `${BASE}/${list.id}?done=unchanged`, 303)
}

async function takeOutErrors(c: Ctx): Promise<Response> {
  const list = await listHere(c)
  const flaws = await c.get('house').db.as('updates', (tx) => flawsOf(tx, list.id, { most: 100_000 }))
  const rows = flaws.map((flawed) => csvLine([linesOf(flawed), flawed.flawColumn ?? '', flawed.flaw ?? '']))
  return csvFile(c, 'errors.csv', [csvLine(['line', 'column', 'error']), ...rows])
}
