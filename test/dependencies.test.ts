/** What is built on: licences, hashes, the bill of materials, known weaknesses. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { judge } from '../scripts/audit.mjs'
import { isAllowed, licencesDocument, productionPackages } from '../scripts/licences.mjs'

const run = promisify(execFile)

test('every package that production runs on has a licence that we may use', () => {
  const packages = productionPackages()
  assert(packages.length > 100)
  assert.deepEqual(
    packages.filter(({ license }) => !isAllowed(license)),
    [],
  )
  for (const license of ['GPL-3.0', 'AGPL-3.0-only', 'none', 'SEE LICENSE IN LICENSE.md', '(GPL-2.0 OR LGPL-3.0)', 'UNLICENSED'])
    assert(!isAllowed(license), license)
  assert.equal(readFileSync('docs/licences.md', 'utf8'), licencesDocument())
})

test('every package comes from the registry, with its hash', () => {
  const odd = productionPackages().filter(
    ({ integrity, resolved }) =>
      !(integrity ?? '').startsWith('sha512-') || !(resolved ?? 'https://registry.npmjs.org/').startsWith('https://registry.npmjs.org/'),
  )
  assert.deepEqual(odd, [])
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name} is pinned`)
})

test('the bill of materials names what production runs on, and nothing else', async () => {
  const { stdout } = await run(process.execPath, ['bin/sbom'], { maxBuffer: 50_000_000 })
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string
    components: { group?: string; name: string; version: string; purl: string }[]
  }
  assert.equal(bomFormat, 'CycloneDX')
  const named = new Set(components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name} ${version}`))
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    string,
    Record<string, string>
  >
  const missing = Object.entries(dependencies).filter(([name, version]) => !named.has(`${name} ${version}`))
  assert.deepEqual(missing, [])
  assert(!named.has(`typescript ${devDependencies['typescript']}`) && !named.has(`oxlint ${devDependencies['oxlint']}`))
  assert.match(components.find(({ name }) => name === 'hono')?.purl ?? '', /^pkg:npm\/hono@\d/)
})

test('a grave weakness fails the gate, a slight one and a silent registry do not', () => {
  const told = (severity: string): string => JSON.stringify({ vulnerabilities: { a: { name: 'a', severity, range: '<2' } } })
  assert.deepEqual(judge(told('critical')), { asked: true, grave: ['a <2: critical'] })
  assert.deepEqual(judge(told('high')).grave.length, 1)
  assert.deepEqual(judge(told('moderate')), { asked: true, grave: [] })
  for (const nothing of ['', 'npm error', JSON.stringify({ message: '405 Method Not Allowed' })])
    assert.deepEqual(judge(nothing), { asked: false, grave: [] })
})
