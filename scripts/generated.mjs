// Writes what is generated from the code: docs/register.md, docs/promises.md, docs/licences.md, docs/openapi.json,
// packages/sdk/src/api.ts. With --check it changes nothing and fails
// when a generated file, or the migrations, are not what the code would make now.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { licencesDocument } from './licences.mjs'
import { sdkTypes } from './sdk-types.mjs'

const { operations } = await import('../src/app.ts')
const { openApiDocument } = await import('../src/programs/document.ts')
const { registerDocument } = await import('../src/policy/register-document.ts')
const { promisesDocument } = await import('../test/mutations/document.ts')
const checking = process.argv.includes('--check')
// The operator's name and address are settings, so the document of the repository bears an example's.
const example = { company: 'Cloudrun Inc', origin: 'https://cloudrun.example', contact: 'hello@cloudrun.example' }
const api = openApiDocument(operations, example)
const files = {
  'docs/register.md': registerDocument(),
  'docs/promises.md': `${promisesDocument()}\n`,
  'docs/licences.md': licencesDocument(),
  'docs/openapi.json': `${JSON.stringify(api, null, 2)}\n`,
  'packages/sdk/src/api.ts': sdkTypes(JSON.parse(JSON.stringify(api))),
}
const stale = []

for (const [path, text] of Object.entries(files)) {
  if (!checking) writeFileSync(path, text)
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(`${path} is not what the code says: run npm run generate`)
}

/** Would drizzle-kit write a migration now? Then a table was changed without one. */
function missingMigration() {
  const folder = mkdtempSync(join(tmpdir(), 'cloudrun-migrations-'))
  try {
    cpSync('migrations', folder, { recursive: true })
    const before = readdirSync(folder).length
    execFileSync(
      'node_modules/.bin/drizzle-kit',
      ['generate', '--dialect', 'postgresql', '--schema', './src/*/*tables.ts', '--out', folder],
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
