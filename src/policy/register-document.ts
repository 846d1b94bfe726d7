/** The data map as a document for those who read the repository: `docs/register.md`, generated. */
import { categories, matrix, purposeNames, purposes } from '../database/purposes.ts'
import { dataMap } from './data-map.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  row(head) + row(head.map(() => '---')) + rows.map(row).join('')

const tables = (): string =>
  dataMap
    .map(
      (kept) =>
        `### \`${kept.table}\`: ${kept.says}\n\n${kept.personal ? 'About a person' : 'About nobody'}. Basis: ${kept.basis}. Kept for: ${kept.keptFor}. On erasure: ${kept.onErasure}.\n\n` +
        table(
          ['column', 'what it is', 'category', 'read for'],
          kept.columns.map((column) => [`\`${column.column}\``, column.says, column.category, column.purposes.join('; ') || 'nothing']),
        ),
    )
    .join('\n')

const purposeRows = (): string[][] =>
  purposeNames.map((name) => [`\`${name}\``, purposes[name], matrix[name].read.join(', '), matrix[name].write.join(', ') || 'nothing'])

/** The whole document. */
export const registerDocument = (): string =>
  `# The register\n\nGenerated from \`src/register.ts\` and \`src/database/purposes.ts\`; do not edit. Every table that is kept, with its answers; every purpose, which is a PostgreSQL login of its own, with what it may read and change.\n\n` +
  `## Purposes\n\n${table(['purpose', 'what for', 'reads', 'changes'], purposeRows())}\n` +
  `## Categories\n\n${table(
    ['category', 'what it is'],
    Object.entries(categories).map(([name, says]) => [`\`${name}\``, says]),
  )}\n` +
  `## Tables\n\n${tables()}`
