/** The tables in the files of an export, and which program wrote them. */
import { setImmediate } from 'node:timers/promises'
import { rowsIn, separatorOf, type Row, textIn } from '../web/sheet.ts'
import { type Unpacked, UploadFlaw } from './history-archive.ts'
import type { Day } from './dimension.ts'
import type { Origin } from './history-tables.ts'

/** A table: its columns as they are named, in lower case, and its rows. */
export interface HistorySheet {
  readonly file: string
  readonly origin: Origin | undefined
  readonly columns: readonly string[]
  /** The days that the lines above it name, where they do. */
  readonly span: { readonly from: string; readonly until: string } | undefined
  /** The rows below its head; whoever else is served gets their turn between them. */
  rows(): AsyncIterable<Row>
}

/** Rows that are read in one turn. */
const TURN = 1_000

/** The tables in a file. Google's files have comments above them, and several tables with empty lines between. @throws UploadFlaw */
export function* sheetsIn({ name, bytes }: Unpacked): Generator<HistorySheet> {
  if (bytes.length === 0) return
  const read = textIn(bytes)
  if ('flaw' in read) throw new UploadFlaw(`${name}: ${read.flaw}`)
  const { text } = read
  if (!/^\uFEFF?"?#/.test(text)) return yield* sheetOf(name, text, { line: 0, span: undefined, commented: false })
  let span: HistorySheet['span']
  for (const block of blocksOf(text)) {
    span = spanIn(block.text) ?? span
    const body = block.text.replace(/^(?:"?#.*(?:\n|$))+/, '')
    const above = block.text.slice(0, block.text.length - body.length).split('\n').length - 1
    if (body.trim()) yield* sheetOf(name, body, { line: block.line + above, span, commented: true })
  }
}

interface Placed {
  /** How many lines stand above it. */
  readonly line: number
  readonly span: HistorySheet['span']
  readonly commented: boolean
}

function* sheetOf(file: string, text: string, { line, span, commented }: Placed): Generator<HistorySheet> {
  const separator = separatorOf(text)
  const rows = (): Iterable<Row> => rowsIn(text, separator)
  const [head] = rows()
  if (!head?.cells) return
  const columns = head.cells.map((name) => name.normalize('NFC').trim().toLowerCase().slice(0, 100))
  const after = async function* (): AsyncGenerator<Row> {
    let count = 0
    for (const row of rows()) {
      if (count > 0) yield { ...row, line: row.line + line, lastLine: row.lastLine + line }
      if (++count % TURN === 0) await setImmediate()
    }
  }
  yield { file, columns, span, origin: originOf(columns, commented), rows: after }
}

// Empty lines part tables from each other.
function* blocksOf(text: string): Generator<{ line: number; text: string }> {
  let line = 0
  for (const piece of text.split(/(\n(?:[ \t\r]*\n)+)/)) {
    if (piece.trim()) yield { line, text: piece.replace(/^\n/, '') }
    line += piece.split('\n').length - 1
  }
}

const spanWords = /(?:start date:?\s*(\d{8})[\s\S]*?end date:?\s*(\d{8}))|(\d{8})\s*[-–]\s*(\d{8})/i

function spanIn(text: string): HistorySheet['span'] {
  const comments = text.split('\n').filter((line) => /^"?#/.test(line))
  const found = spanWords.exec(comments.join('\n'))
  const [from, until] = [found?.[1] ?? found?.[3], found?.[2] ?? found?.[4]]
  return from && until ? { from: dashed(from), until: dashed(until) } : undefined
}

const dashed = (text: string): Day => text.replace(/^(....)(..)(..)$/, '$1-$2-$3')

function originOf(columns: readonly string[], commented: boolean): Origin | undefined {
  const has = (...names: string[]): boolean => names.every((name) => columns.includes(name))
  if (has('session_id', 'created_at', 'url_path') || has('x', 'y')) return 'Umami'
  if (has('date', 'visitors') && !commented) return 'Plausible'
  const googles = /^(active users|total users|users|sessions|views|event count|engaged sessions|new users)$/
  return commented || columns.some((name) => googles.test(name)) ? 'Google Analytics 4' : undefined
}
