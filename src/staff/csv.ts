/**
 * One line of CSV (RFC 4180). A spreadsheet takes a cell that begins with = + - @ for a formula, and runs
 * it: an apostrophe makes it text again.
 */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`

function cell(text: string): string {
  const safe = /^\s*[=+\-@|]|^[\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
