// Runs the tests: starts their PostgreSQL once, makes the template that each test file copies, and
// ends with "N passed, N failed". `bin/test FILE…` runs some of them.
import './hooks.mjs'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
process.env.LOG = 'off'

const { openEmbedded } = await import('../src/database/embedded.ts')
const { makeTemplate } = await import('../test/template.ts')

const suites = {
  unit: ['src/**/*.test.{ts,tsx}', 'test/*.test.{ts,tsx}', 'packages/*/test/*.test.ts'],
  browser: ['test/e2e/*.test.{ts,tsx}'],
}
const wanted = process.argv.slice(2)
const groups = wanted.length === 0 ? ['unit', 'browser'] : wanted.filter((word) => word in suites)
const files = [...groups.flatMap((group) => globSync(suites[group])), ...wanted.filter((word) => !(word in suites))].sort()
// Those that look at the whole house, in test/, take longest: they begin first, so that none is left running alone.
files.reverse()

const folder = mkdtempSync(join(tmpdir(), 'cloudrun-test-'))
// No test waits for autovacuum, which would go round hundreds of databases and leave samples when it likes.
const server = await openEmbedded({ dataDir: folder, durable: false, settings: { autovacuum: 'off' } })
let passed = 0
let failed = 0
/** When each file began, and when it was last heard of. */
const times = new Map()
const note = (file) => void times.set(file, { from: times.get(file)?.from ?? Date.now(), to: Date.now() })
try {
  process.env.TEST_SOCKET = server.host
  await makeTemplate(server.host)
  const stream = run({
    files: files.map((file) => join(process.cwd(), file)),
    concurrency: 2,
    // A file that does not end must not keep the others from being told.
    timeout: 15 * 60_000,
    // A larger young generation: what a process reads at its start is not moved about while it grows.
    execArgv: ['--max-semi-space-size=64', '--import', './scripts/hooks.mjs'],
  })
  for (const event of ['test:dequeue', 'test:complete']) stream.on(event, ({ file }) => note(file))
  stream.on('test:pass', ({ details, name, file }) => void (details.type === 'suite' || name === file || passed++))
  stream.on('test:fail', ({ details }) => void (details.type === 'suite' || failed++))
  stream.compose(spec).pipe(process.stdout)
  await new Promise((resolve) => stream.on('close', resolve))
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
if (passed + failed === 0) failed = 1
const slowest = [...times].map(([file, { from, to }]) => ({ file, seconds: (to - from) / 1000 })).sort((a, b) => b.seconds - a.seconds)
for (const { file, seconds } of slowest.slice(0, Number(process.env.SLOWEST ?? 10)))
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${relative(process.cwd(), file)}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
