/**
 * A file of comma-separated values (RFC 4180), as programs and spreadsheets write it. A row that is not
 * well made is told by its line, and reading goes on with the next one: a quotation mark that is never
 * closed costs one row and does not swallow those after it.
 */
import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'

/** The largest file that is taken. */
export const MOST_BYTES = 20 * 1024 * 1024
const MOST_COLUMNS = 200
/** Rows that are parsed at once. */
const STEP = 1_000
/** A row that is longer is none: somewhere a quotation mark is not closed. */
const MOST_LINES = 200

/** A file that can be read: its text, what stands between its cells, and what its first line calls them. */
export interface Sheet {
  readonly text: string
  readonly separator: Separator
  readonly columns: readonly string[]
}
export type Separator = ',' | ';' | '\t'

/** Some lines of the file that make a row. */
export interface Row {
  readonly line: number
  readonly lastLine: number
  /** Its cells; none where it is not well made. */
  readonly cells: readonly string[] | undefined
  readonly flaw?: string
}

/** Opens a file, or says in a sentence why it cannot be read. */
export function openSheet(bytes: Buffer): Sheet | string {
  if (bytes.length === 0) return 'Please choose a file; this one is empty.'
  if (bytes.length > MOST_BYTES) return 'That is more than 20 MB. Please bring it in as several files.'
  const read = textIn(bytes)
  return 'flaw' in read ? read.flaw : headed(read.text)
}

/** The text of a file in UTF-8, its lines ended by line feeds; or, in a sentence, why it is none. */
export function textIn(bytes: Buffer): { readonly text: string } | { readonly flaw: string } {
  if (/^(\ufffe|\ufeff)/.test(bytes.subarray(0, 2).toString('utf16le')) || bytes.subarray(0, 1_000).includes(0))
    return { flaw: 'That is no CSV file in UTF-8: it may be a spreadsheet, or text in UTF-16. Please save it as “CSV UTF-8”.' }
  if (bytes.includes(0) || !isUtf8(bytes)) return { flaw: 'Its letters are not written in UTF-8. Please save it as “CSV UTF-8”.' }
  const text = bytes.toString().replace(/^\ufeff/, '')
  return { text: /\n/.test(text) ? text : text.replaceAll('\r', '\n') }
}

/** The same for text that was opened before. */
export function headed(text: string): Sheet | string {
  const separator = separatorOf(text)
  const [first] = rowsIn(text, separator)
  const columns = first?.cells?.map((name) => name.normalize('NFC').trim().slice(0, 100))
  if (!columns) return first?.flaw ? `Its first line cannot be read. ${first.flaw}` : 'There is nothing in that file.'
  if (columns.length > MOST_COLUMNS) return `It has more than ${MOST_COLUMNS} columns. Please take out those that you do not need.`
  if (columns.some((name) => name.includes('@')))
    return 'Its first line must say what the columns are, such as “email,name”. Please add that line.'
  return { text, separator, columns }
}

/** What stands between the cells, as the first line tells. */
export function separatorOf(text: string): Separator {
  const [first = ''] = text.split('\n', 1)
  const bare = first.replace(/"[^"]*"/g, '')
  const among: readonly Separator[] = [',', ';', '\t']
  return among.toSorted((a, b) => bare.split(b).length - bare.split(a).length)[0] ?? ','
}

/** The rows after the first line, in steps. */
export function* rowsOf({ text, separator }: Sheet): Generator<Row[], void, void> {
  let step: Row[] = []
  let first = true
  for (const row of rowsIn(text, separator)) {
    if (!first) step.push(row)
    first = false
    if (step.length < STEP) continue
    yield step
    step = []
  }
  if (step.length > 0) yield step
}

/** The text of a row, and where it stands. */
interface Piece {
  readonly line: number
  readonly lastLine: number
  readonly text: string
}

/** Every row of a text, the first line among them; empty lines are none. */
export function* rowsIn(text: string, separator: Separator): Generator<Row, void, void> {
  for (const piece of piecesOf(text)) {
    if (/^[\s,;]*$/.test(piece.text)) continue
    const row = rowIn(piece, separator)
    const { lastLine, line } = piece
    // What several lines were taken for is no row: the first of them is at fault, and the others are read alone.
    if (row.cells || lastLine === line) yield row
    else yield* again(piece, separator)
  }
}

function* again({ line, text }: Piece, separator: Separator): Generator<Row, void, void> {
  const end = text.indexOf('\n')
  yield { line, lastLine: line, cells: undefined, flaw: words.open }
  for (const row of rowsIn(text.slice(end + 1), separator)) yield { ...row, line: row.line + line, lastLine: row.lastLine + line }
}

const words = {
  open: 'A quotation mark is opened in this row and not closed.',
  quotes: 'A quotation mark stands where none may: double those that are part of the text.',
  other: 'This row cannot be read.',
}

// The library parses one row at a time, so that the fault of one is no other's.
function rowIn({ line, lastLine, text }: Piece, separator: Separator): Row {
  if (!text.includes('"')) return { line, lastLine, cells: text.replace(/\r$/, '').split(separator) }
  try {
    const [cells = []] = parse(text, { delimiter: separator, relax_column_count: true })
    return { line, lastLine, cells }
  } catch (fault) {
    if (!(fault instanceof CsvError)) throw fault
    const flaw = fault.code === 'CSV_QUOTE_NOT_CLOSED' ? words.open : fault.code.includes('QUOTE') ? words.quotes : words.other
    return { line, lastLine, cells: undefined, flaw }
  }
}

// A line ends a row where the quotation marks up to there are even in number.
function* piecesOf(text: string): Generator<Piece, void, void> {
  let line = 1
  for (let at = 0; at < text.length; ) {
    let lastLine = line
    let end = endOf(text, at)
    while (isOpen(text.slice(at, end)) && end < text.length && lastLine - line < MOST_LINES) {
      end = endOf(text, end + 1)
      lastLine++
    }
    yield { line, lastLine, text: text.slice(at, end) }
    at = end + 1
    line = lastLine + 1
  }
}

const endOf = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

const isOpen = (text: string): boolean => text.includes('"') && text.split('"').length % 2 === 0
