/** The page of a copy: read from a folder, in any browser, years from now. */
import { now } from '../clock.ts'
import { answersOf, bases, type Held } from '../database/classify.ts'
import { keptForInWords } from '../policy/data-map.ts'
import type { Contents } from './copy.ts'
import type { Receiving } from './recipients.ts'
import { type Row, rowsOf } from './rows.ts'
import type { Found } from './subject.ts'

// The page shows the first thousand rows of each table; the JSON beside it holds all.
const SHOWN = 1_000

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

/** The page, piece by piece. */
export async function* copyPage(contents: Contents): AsyncGenerator<string, void, void> {
  yield head(contents)
  for (const one of contents.found) yield* section(contents, one)
  yield receivedSection(contents.received)
  yield '</html>\n'
}

const head = ({ house: { content }, subject }: Contents): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Your data at ${escaped(content.company.name)}</title>
<style>body{font:16px/1.5 system-ui;max-width:70rem;margin:2rem auto;padding:0 1rem}div{overflow:auto}td,th{padding:.2rem .6rem;text-align:left;vertical-align:top;border-top:1px solid #8884}</style>
<h1>What ${escaped(content.company.name)} holds about ${escaped(subject.name)}</h1><p>Made ${escaped(now())}. What is kept as a hash only (passwords, codes, tokens) cannot be shown.</p>
`

async function* section({ tx, key }: Contents, { held, where, rows }: Found): AsyncGenerator<string, void, void> {
  const why = `${bases[held.basis]}. Kept for: ${keptForInWords(held.keptFor)}. ${rows} in all. ${remark(held, rows)}`
  yield `<h2>${escaped(held.says)}</h2><p>${escaped(why.trim())}</p>`
  if (held.repeats) return
  let columns: { key: string; says: string }[] | undefined
  yield '<div><table>'
  for await (const step of rowsOf(tx, { held, where, key, most: SHOWN })) {
    const [first] = step
    if (first && !columns) {
      columns = answersOf(held).filter((answer) => answer.key in first)
      yield `<tr>${columns.map(({ says }) => `<th>${escaped(says)}</th>`).join('')}</tr>\n`
    }
    yield step.map((row) => `${line(columns ?? [], row)}\n`).join('')
  }
  yield '</table></div>\n'
}

function remark(held: Held, rows: number): string {
  if (held.repeats) return 'They repeat what stands here.'
  return rows > SHOWN ? `The first ${SHOWN} are shown here; data/${held.name}.json has all.` : ''
}

const line = (columns: readonly { key: string }[], row: Row): string =>
  `<tr>${columns.map(({ key }) => `<td>${escaped(row[key])}</td>`).join('')}</tr>`

const receivedSection = (received: readonly Receiving[]): string =>
  `<h2>Who received it</h2>${received.map(({ name, does, told }) => `<h3>${escaped(name)}</h3><p>${escaped(does)}. ${escaped(told)}</p>`).join('')}\n`
