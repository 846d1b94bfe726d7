/** The data map for people and machines, from the register. */
import { answersOf, bases, type Held, type Keeping, type OnErasure } from '../database/classify.ts'
import { categories, mayRead, type Purpose, purposes } from '../database/purposes.ts'
import { register, rowRules } from '../register.ts'
import { csvLine } from '../web/csv.ts'

/** One kind of thing that is kept. */
export interface MappedTable {
  readonly table: string
  readonly says: string
  readonly personal: boolean
  readonly basis: string
  readonly keptFor: string
  readonly onErasure: string
  readonly columns: readonly MappedColumn[]
}

export interface MappedColumn {
  readonly column: string
  readonly says: string
  readonly category: string
  readonly purposes: readonly string[]
}

/** How long something is kept, in words. */
export function keptForInWords(keptFor: Keeping): string {
  if ('while' in keptFor) return `While ${keptFor.while}`
  if ('until' in keptFor) return capital(keptFor.says)
  return keptFor.days % 365 === 0 ? `${keptFor.days / 365} years` : `${keptFor.days} days`
}

/** What erasing does with it, in words. */
export function onErasureInWords(rule: OnErasure): string {
  if (rule === 'delete') return 'Deleted at once'
  if ('blank' in rule) return 'Emptied'
  return `${rule.keep}; kept until ${rule.until}`
}

/** The purposes for which a column may be read, in words. */
export const purposesOf = (held: Held, category: (typeof held.columns)[string][0]): string[] =>
  [...held.serves, ...(held.reads ?? [])].filter((purpose) => mayRead(purpose, category)).map((purpose) => purposeInWords(held, purpose))

function purposeInWords({ name }: Held, purpose: Purpose): string {
  const rule = rowRules.find((one) => one.table === name && one.purpose === purpose)
  return rule ? `${purposes[purpose]} (only ${rule.says})` : purposes[purpose]
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const mapped = (held: Held): MappedTable => ({
  table: held.name,
  says: held.says,
  personal: held.about !== 'nobody',
  basis: bases[held.basis],
  keptFor: keptForInWords(held.keptFor),
  onErasure: onErasureInWords(held.onErasure),
  columns: answersOf(held).map(({ name, category, says }) => ({
    column: name,
    says,
    category: categories[category],
    purposes: purposesOf(held, category),
  })),
})

/** Everything that is kept, people first. */
export const dataMap: readonly MappedTable[] = register.map(mapped).reverse()

/** The map as CSV (RFC 4180), a line a column. */
export function dataMapCsv(): string {
  const head = ['table', 'column', 'what it is', 'category', 'purposes', 'basis', 'kept for', 'on erasure']
  const rows = dataMap.flatMap((table) =>
    table.columns.map((column) => [
      table.table,
      column.column,
      column.says,
      column.category,
      column.purposes.join('; '),
      table.basis,
      table.keptFor,
      table.onErasure,
    ]),
  )
  return [head, ...rows].map(csvLine).join('')
}
