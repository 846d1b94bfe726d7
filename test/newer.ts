/** The next version of the program, built from these sources: it brings one more migration, and a column for it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const run = promisify(execFile)

function change(file: string, from: RegExp, to: string): void {
  const text = readFileSync(file, 'utf8')
  assert.match(text, from)
  writeFileSync(file, text.replace(from, to))
}

interface Journal {
  entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[]
}

/** Makes it in a folder; returns the path of its command line. */
export async function newerProgram(folder: string): Promise<string> {
  for (const part of ['src', 'scripts', 'migrations', 'package.json', 'package-lock.json', 'tsconfig.json', 'dist/assets'])
    cpSync(checkout(part), join(folder, part), { recursive: true })
  for (const part of ['node_modules', 'content', 'packages']) symlinkSync(checkout(part), join(folder, part))
  const tables = join(folder, 'src/mail/tables.ts')
  change(tables, /( {4}heldAt: moment\('held_at'\),)/, `$1\n    weighedAt: moment('weighed_at'),`)
  change(tables, /( {4}heldAt: \['record', [^\n]*\n)/, `$1    weighedAt: ['record', 'When it was weighed'],\n`)
  const journalFile = join(folder, 'migrations/meta/_journal.json')
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as Journal
  const last = journal.entries.at(-1)
  assert(last)
  const entry = { ...last, idx: last.idx + 1, when: last.when + 1_000, tag: '9999_weighed' }
  writeFileSync(journalFile, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }))
  writeFileSync(join(folder, 'migrations/9999_weighed.sql'), 'ALTER TABLE "letters" ADD COLUMN "weighed_at" timestamp with time zone;\n')
  await run(process.execPath, ['scripts/build.mjs', '--program'], { cwd: folder })
  return join(folder, 'dist/cli.mjs')
}
