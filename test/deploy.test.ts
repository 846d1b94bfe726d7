/** What an operator is handed beside the program: each file says what is true of it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { readConfig } from '../src/config.ts'
import { openTestHouse } from './harness.ts'

const run = promisify(execFile)
const read = (file: string): string => readFileSync(file, 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-deploy-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const settingNames = [...read('src/config.ts').matchAll(/^ {2}([A-Z_]+): (?:setting|optional)\(/gm)].map(([, name]) => name ?? '')
const isSetting = (name: string): boolean => settingNames.includes(name.replace(/_FILE$/, ''))
/** What the processes read that is none of ours. */
const FOREIGN = new Set(['MALLOC_ARENA_MAX'])

test('the dashboard shows nothing but what /metrics says', async () => {
  const { house, browser } = await openTestHouse({ DATA_DIR: folder, BACKUP_DIR: folder })
  assert(house)
  const visitor = browser()
  // What has not happened yet is not there yet.
  await visitor.post('/privacy/requests/new', { kind: 'access', email: 'ada@example.org', name: 'Ada' })
  const metrics = await visitor.read('/metrics')
  const known = new Set(
    [...metrics.matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name, kind]) =>
      kind === 'histogram' || kind === 'summary' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    ),
  )
  // These are there once there is a request to answer, or a backup.
  for (const later of ['cloudrun_request_days_left', 'cloudrun_backup_age_seconds']) {
    assert(
      globSync('src/*/gauges.ts').some((file) => read(file).includes(`'${later}'`)),
      later,
    )
    known.add(later)
  }
  const board = JSON.parse(read('deploy/grafana-dashboard.json')) as { panels: { targets?: { expr: string }[] }[] }
  const exprs = board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  const named = new Set(exprs.flatMap((expr) => expr.match(/\b(?:cloudrun|http|nodejs|process)_[a-z0-9_]+(?=\{| |\)|$)/g) ?? []))
  assert(named.size > 20)
  assert.deepEqual(
    [...named].filter((name) => !known.has(name)),
    [],
  )
  // And all of ours are on it, but what a stat or another panel says already.
  const ours = [...known].filter((name) => name?.startsWith('cloudrun_'))
  assert.deepEqual(
    ours.filter((name) => !named.has(name ?? '')),
    [],
  )
})

test('the image is made of files that are there, runs as nobody of importance, and holds no secret', async () => {
  const lines = read('Dockerfile').replace(/\\\n/g, ' ').split('\n')
  for (const line of lines.filter((line) => /^COPY (?!--from)/.test(line)))
    for (const source of line.replace('COPY ', '').trim().split(/\s+/).slice(0, -1)) {
      assert(existsSync(source), source)
      assert(read('.dockerignore').includes(`!${source.split('/')[0]}`), `${source} is ignored`)
    }
  assert.equal(
    lines.findLast((line) => line.startsWith('USER')),
    'USER cloudrun',
  )
  const [, env = ''] = /^ENV (.*)$/m.exec(read('Dockerfile')) ?? []
  for (const pair of env.split(' ')) assert(isSetting(pair.split('=')[0] ?? '') || FOREIGN.has(pair.split('=')[0] ?? ''), pair)
  assert.doesNotMatch(env, /SECRET|PASSWORD|TOKEN|KEY|DATABASE_URL|SMTP_URL/)
  // It starts the program as bin/cloudrun does.
  const [, own = ''] = /exec "\$root\/node_modules\/\.bin\/node" (.*) "\$root\/dist\/cli\.mjs"/.exec(read('bin/cloudrun')) ?? []
  assert(own && lines.some((line) => line.startsWith('ENTRYPOINT') && line.includes(`"${own}"`)))
  assert(read('deploy/cloudrun.service').includes(`/node_modules/.bin/node ${own} /srv/cloudrun/dist/cli.mjs start`))
  for (const file of ['bin/cloudrun', 'Dockerfile', 'deploy/cloudrun.service']) assert.match(read(file), /MALLOC_ARENA_MAX[:=-]+2/)
})

interface Compose {
  services: Record<
    string,
    { environment: Record<string, string>; secrets: string[]; volumes: string[]; networks: string[]; stop_grace_period: string }
  >
  volumes: Record<string, null>
  secrets: Record<string, { file: string }>
  networks: Record<string, { internal?: boolean }>
}

test('compose hands over settings that there are, and secrets that the script makes', async () => {
  const compose = parse(read('compose.yaml')) as Compose
  const { cloudrun, database } = compose.services
  assert(cloudrun && database)
  for (const name of Object.keys(cloudrun.environment)) assert(isSetting(name), name)
  const secrets = join(folder, 'secrets')
  await run('deploy/compose/make-secrets', [secrets])
  const first = read(join(secrets, 'secret'))
  await run('deploy/compose/make-secrets', [secrets])
  assert.equal(read(join(secrets, 'secret')), first, 'a secret that is there stays')
  assert.equal(statSync(secrets).mode & 0o777, 0o700)
  for (const service of [cloudrun, database])
    for (const name of service.secrets) assert(existsSync(join(secrets, compose.secrets[name]?.file.replace(/^.*\//, '') ?? '-')), name)
  for (const volume of [...cloudrun.volumes, ...database.volumes].map((volume) => volume.split(':')[0] ?? ''))
    assert(volume in compose.volumes || existsSync(volume), volume)
  assert.equal(compose.networks['inside']?.internal, true)
  assert.deepEqual(database.networks, ['inside'])
  // With what the script made, production starts.
  const files = Object.fromEntries(
    Object.entries(cloudrun.environment).map(([name, value]) => [name, value.replace('/run/secrets', secrets)]),
  )
  const example = Object.fromEntries(
    read('deploy/compose/settings.example.env')
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => line.split(/=(.*)/s)),
  )
  const config = readConfig({ ...files, ...example, ENVIRONMENT: 'production' })
  assert.deepEqual(
    [config.environment, new URL(config.databaseUrl ?? '').hostname, config.origin],
    ['production', 'database', 'https://example.com'],
  )
})

test('the unit names settings that there are, and systemd finds no fault with it', async () => {
  const unit = read('deploy/cloudrun.service')
  for (const [, pairs = ''] of unit.matchAll(/^#?Environment=(.*)$/gm))
    for (const pair of pairs.split(' ')) assert(isSetting(pair.split('=')[0] ?? '') || FOREIGN.has(pair.split('=')[0] ?? ''), pair)
  const handed = [...unit.matchAll(/LoadCredential=(\w+):/g)].map(([, name]) => name)
  assert.deepEqual(handed.toSorted(), [...unit.matchAll(/_FILE=%d\/(\w+)/g)].map(([, name]) => name).toSorted())
  const leaving = 5 + 15 + 20
  assert(Number(/TimeoutStopSec=(\d+)/.exec(unit)?.[1]) > leaving)
  assert(Number(/stop_grace_period: (\d+)s/.exec(read('compose.yaml'))?.[1]) > leaving)
  const { stderr } = await run('systemd-analyze', ['verify', '--man=no', 'deploy/cloudrun.service']).catch(
    (fault: { stderr?: string; code?: unknown }) => ({
      stderr: fault.code === 'ENOENT' ? '' : (fault.stderr ?? ''),
    }),
  )
  const faults = stderr.split('\n').filter((line) => line.includes('cloudrun.service') && !line.includes('is not executable'))
  assert.deepEqual(faults, [])
})
