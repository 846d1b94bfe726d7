// Writes what is generated from the code: docs/register.md. With --check it changes nothing and fails
// when a generated file, or the migrations, are not what the code would make now.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { registerDocument } = await import('../src/policy/register-document.ts')
const checking = process.argv.includes('--check')
const files = { 'docs/register.md': registerDocument() }
const stale = []

for (const [path, text] of Object.entries(files)) {
  if (!checking) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) stale.push(`${path} is not what the code says: run npm run generate`)
}

/** Would drizzle-kit write a migration now? Then a table was changed without one. */
function missingMigration() {
  const folder = mkdtempSync(join(tmpdir(), 'cloudrun-migrations-'))
  try {
    cpSync('migrations', folder, { recursive: true })
    const before = readdirSync(folder).length
    execFileSync(
      'node_modules/.bin/drizzle-kit',
      ['generate', '--dialect', 'postgresql', '--schema', './src/*/tables.ts', '--out', folder],
      { stdio: 'pipe' },
    )
    return readdirSync(folder).length !== before
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (checking && missingMigration()) stale.push('A table changed without a migration: run npx drizzle-kit generate --name <what>')
for (const sentence of stale) console.error(sentence)
process.exit(stale.length > 0 ? 1 : 0)
