import type { Context } from 'hono'

/**
 * One line of CSV (RFC 4180). A spreadsheet takes a cell that begins with = + - @ for a formula, and runs
 * it: an apostrophe makes it text again.
 */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`

function cell(text: string): string {
  const safe = /^\s*[=+\-@|]|^[\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Lines of CSV as a file to save. */
export const csvFile = (c: Context, name: string, lines: readonly string[] | ReadableStream<Uint8Array>): Response =>
  c.body(lines instanceof ReadableStream ? lines : lines.join(''), 200, {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  })
