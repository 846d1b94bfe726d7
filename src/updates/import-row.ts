/** A row of a list, read: somebody with a proof of consent, somebody who is not subscribed, or a flaw with its place. */
import { now } from '../clock.ts'
import { emailAddress, languageTag, line, personName } from '../web/form.ts'
import { isSubscribed, type Mapping } from './import-columns.ts'
import type { Row } from '../web/sheet.ts'
import type { FieldName } from './import-tables.ts'

/** How the rows of a list are to be read. */
export interface Reading {
  readonly columns: readonly string[]
  readonly mapping: Mapping
  /** Whether each row must say when its person agreed. */
  readonly proof: 'rows' | 'statement'
}

/** A row as it waits to be carried out. */
export interface ReadRow {
  readonly line: number
  readonly last: number
  readonly state: 'waiting' | 'unsubscribed' | 'flawed'
  readonly email?: string
  readonly name?: string
  readonly language?: string | null
  readonly agreed?: string | null
  readonly source?: string | null
  readonly wording?: string | null
  readonly column?: string | undefined
  readonly flaw?: string
}

/** What is wrong, and in which column: never what stands there. */
class Flaw extends Error {
  readonly field: FieldName | undefined

  constructor(sentence: string, field?: FieldName) {
    super(sentence)
    this.field = field
  }
}

/** Reads a row of the file. */
export function readRow({ line, lastLine: last, cells, flaw }: Row, reading: Reading): ReadRow {
  try {
    if (!cells) throw new Flaw(flaw ?? 'This row cannot be read.')
    return { line, last, ...personIn(cells, reading) }
  } catch (fault) {
    if (!(fault instanceof Flaw)) throw fault
    const at = fault.field && reading.mapping[fault.field]
    return { line, last, state: 'flawed', column: at === undefined ? undefined : reading.columns[at], flaw: fault.message }
  }
}

function personIn(cells: readonly string[], { columns, mapping, proof }: Reading): Omit<ReadRow, 'line' | 'last'> {
  if (cells.length !== columns.length) throw new Flaw(`It has ${cells.length} cells, and the first line has ${columns.length}.`)
  const cell = (field: FieldName): string => (mapping[field] === undefined ? '' : (cells[mapping[field]] ?? '').trim())
  const email = checked(emailAddress, cell('email'), 'email')
  if (!subscribed(cell, mapping)) return { state: 'unsubscribed', email }
  return {
    state: 'waiting',
    email,
    name: nameIn(cell, email),
    language: languageTag.parse(cell('language') || null),
    agreed: proof === 'rows' ? momentIn(cell('agreed')).toISOString() : null,
    source: cell('source') ? checked(line(300, ''), cell('source'), 'source') : null,
    wording: cell('wording') ? wordingIn(cell('wording')) : null,
  }
}

type Cell = (field: FieldName) => string

function subscribed(cell: Cell, mapping: Mapping): boolean {
  if (cell('ended') !== '') return false
  if (mapping.status === undefined) return true
  const answer = isSubscribed(cell('status'))
  if (answer === undefined) throw new Flaw('It does not say whether they are subscribed, in a word that is known here.', 'status')
  return answer
}

function nameIn(cell: Cell, email: string): string {
  const parts = [cell('first'), cell('last')].filter(Boolean).join(' ')
  const field = cell('name') ? 'name' : 'first'
  return checked(personName, cell('name') || parts || email.replace(/@[^@]*$/, ''), field)
}

function wordingIn(text: string): string {
  if (text.length > 2_000) throw new Flaw('At most 2,000 characters, please.', 'wording')
  return text.normalize('NFC')
}

const MOMENT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$/

/** A moment as programs write it; without a zone it is taken for UTC. */
function momentIn(text: string): Date {
  if (text === '') throw new Flaw('It does not say when they agreed.', 'agreed')
  if (!MOMENT.test(text)) throw new Flaw('Please write moments such as 2024-03-31 or 2024-03-31 14:05.', 'agreed')
  const [day = '', time = '00:00', zone = 'Z'] = text
    .replace(' UTC', ' Z')
    .split(/[T ]|(?=[Z+]|-\d{2}:?\d{2}$)/)
    .filter(Boolean)
  const moment = new Date(`${day}T${time}${zone}`)
  if (Number.isNaN(moment.getTime())) throw new Flaw('There is no such day, or no such time.', 'agreed')
  if (moment > now()) throw new Flaw('That moment has not come yet.', 'agreed')
  return moment
}

interface Check {
  safeParse(text: string): { success: true; data: string } | { success: false; error: { issues: readonly { message: string }[] } }
}

function checked(check: Check, text: string, field: FieldName): string {
  const result = check.safeParse(text)
  if (result.success) return result.data
  throw new Flaw(result.error.issues[0]?.message ?? 'It cannot be read.', field)
}
