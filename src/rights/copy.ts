/** A copy to take away: a ZIP of JSON, with a page that one can read without any program but a browser. */
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { now } from '../clock.ts'
import { answersOf, bases } from '../database/classify.ts'
import { log } from '../log.ts'
import type { Id } from '../log.ts'
import { keptForInWords, purposesOf } from '../policy/data-map.ts'
import type { House } from '../web/house.ts'
import { type Holding, holdings, type Subject, subjectOf } from './subject.ts'

/** Everything about this person as a ZIP; undefined when nobody is known by this id. */
export async function copyOf(house: House, personId: Id): Promise<Buffer | undefined> {
  const found = await house.db.as('rights', async (tx) => {
    const subject = await subjectOf(tx, personId)
    return subject && { subject, held: await holdings(tx, subject, Number.MAX_SAFE_INTEGER) }
  })
  if (!found) return undefined
  log('rights.copied', { person: personId, tables: found.held.length })
  return zip(house, found.subject, found.held)
}

async function zip(house: House, subject: Subject, held: readonly Holding[]): Promise<Buffer> {
  const file = new ZipFile()
  const add = (name: string, text: string) => file.addBuffer(Buffer.from(text), name)
  for (const one of held) add(`data/${one.held.name}.json`, JSON.stringify(one.shown, null, 1))
  add('data-map.json', JSON.stringify(held.map(mapped), null, 1))
  add('index.html', page(house, subject, held))
  file.end()
  return buffer(file.outputStream)
}

/** What each column of a copied table means, why it is kept, and for how long. */
const mapped = ({ held, rows }: Holding) => ({
  table: held.name,
  what: held.says,
  rows,
  basis: bases[held.basis],
  keptFor: keptForInWords(held.keptFor),
  columns: answersOf(held).map(({ key, category, says }) => ({ column: key, what: says, purposes: purposesOf(held, category) })),
})

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (value: unknown): string => inWords(value).replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign)

/** A value as people read it. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (value instanceof Date)
    return value
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, ' UTC')
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean)
}

// The page shows the first thousand rows of each table; the JSON beside it holds all.
const SHOWN = 1_000

function section({ held, rows, shown }: Holding): string {
  const columns = answersOf(held).filter(({ key }) => key in (shown[0] ?? {}))
  const head = columns.map(({ says }) => `<th>${escaped(says)}</th>`).join('')
  const body = shown.slice(0, SHOWN).map((row) => `<tr>${columns.map(({ key }) => `<td>${escaped(row[key])}</td>`).join('')}</tr>`)
  const why = `${bases[held.basis]}. Kept for: ${keptForInWords(held.keptFor)}. ${rows} in all.`
  return `<h2>${escaped(held.says)}</h2><p>${escaped(why)}</p><div><table><tr>${head}</tr>${body.join('\n')}</table></div>`
}

const page = ({ content }: House, { name }: Subject, held: readonly Holding[]): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Your data at ${escaped(content.company.name)}</title>
<style>body{font:16px/1.5 system-ui;max-width:70rem;margin:2rem auto;padding:0 1rem}div{overflow:auto}td,th{padding:.2rem .6rem;text-align:left;vertical-align:top;border-top:1px solid #8884}</style>
<h1>What ${escaped(content.company.name)} holds about ${escaped(name)}</h1><p>Made ${escaped(now())}. What is kept as a hash only (passwords, codes, tokens) cannot be shown.</p>
${held.map(section).join('\n')}</html>`
