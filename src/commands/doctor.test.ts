/** The doctor, called to deployments that are well, and to some that are not. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { collect } from '../../test/collector.ts'
import { openTestHouse, SECRET, socket, superuser } from '../../test/harness.ts'
import { serve } from '../main.ts'
import { examine } from './doctor.ts'
import type { Finding } from './finding.ts'

const house = await openTestHouse()
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-doctor-'))
const server = await serve({ ...house.house, config: { ...house.house.config, port: 0 } }, { leaving: false, migrations: 1 })
const { port } = server.address() as { port: number }
after(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const secretFile = join(folder, 'given')
writeFileSync(secretFile, SECRET, { mode: 0o600 })
for (const dir of ['data', 'ledger', 'backups']) mkdirSync(join(folder, dir))

const settings = (more: Record<string, string | undefined> = {}): NodeJS.ProcessEnv => ({
  DATABASE_URL: `postgres://cloudrun_owner@localhost/${house.database}?host=${encodeURIComponent(socket())}`,
  SECRET_FILE: secretFile,
  DATA_DIR: join(folder, 'data'),
  ERASURE_LEDGER: join(folder, 'ledger', 'erasures.txt'),
  CONTENT_DIR: fileURLToPath(new URL('../../content', import.meta.url)),
  PORT: '3000',
  LOCAL_STRIPE: 'no',
  ...more,
})

// The purposes' logins of tests are shared, and bear another prefix than the database's name.
const look = (more: Record<string, string | undefined> = {}): Promise<Finding[]> =>
  examine(settings(more), { unwalled: true, prefix: 'cloudrun' })

const says = (findings: readonly Finding[], state: Finding['state'], pattern: RegExp): void =>
  assert(
    findings.some((one) => one.state === state && pattern.test(`${one.what}: ${one.says}`)),
    `${state} ${pattern} in ${JSON.stringify(findings, null, 1)}`,
  )
const never = (findings: readonly Finding[], pattern: RegExp): void =>
  assert(
    !findings.some((one) => one.state !== 'pass' && pattern.test(`${one.what}: ${one.says}`)),
    `${pattern} in ${JSON.stringify(findings, null, 1)}`,
  )

test('a wrong setting, and a database that is away, are each told in one sentence', async () => {
  assert.deepEqual(await look({ PORT: 'many' }), [{ what: 'settings', state: 'fail', says: 'PORT must be a number.' }])
  says(
    await look({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }),
    'fail',
    /^database: The database at 127\.0\.0\.1:1 cannot be reached/,
  )
  says(
    await look({ DATABASE_URL: `postgres://cloudrun_owner@localhost/none?host=${encodeURIComponent(socket())}` }),
    'fail',
    /^database: .*does not exist: create it/,
  )
})

test('every finding is a sentence, and those to be mended say how', async () => {
  const findings = await look()
  assert(findings.length > 12)
  for (const { says, state } of findings) {
    assert.match(says, /[.)]$|chmod/, says)
    if (state !== 'pass') assert.match(says, /: [a-z]|\. [A-Z]/i, says)
  }
})

test('a house that has been well begun is found well, but for what a test lacks', async () => {
  await house.member('owner')
  await house.member('owner')
  await house.settle()
  await house.query(`update letters set sent_at = now()`)
  const findings = await look({ ORIGIN: `http://localhost:${port}` })
  for (const pattern of [
    /^migrations: .*agrees/,
    /^secret: What is sealed opens/,
    /^root: The root of the keys is 0 days old\.$/,
    /^team: 2 owners/,
    /^jobs: Later work/,
    /^clock: .*same time/,
    /^requests: No/,
  ])
    says(findings, 'pass', pattern)
  never(findings, /^(data map|migrations|secret|team|jobs|letters|requests|clock|secrets)/)
})

test('open secrets, missing proxies, tests in production, old backups and one disk for all are found', async () => {
  chmodSync(secretFile, 0o644)
  writeFileSync(join(folder, 'backups', 'cloudrun-2020-01-02T030405Z.tar.zst.age'), 'old')
  const findings = await look({
    ...{
      ENVIRONMENT: 'production',
      ORIGIN: 'https://cloudrun.example',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'hello@cloudrun.example',
    },
    ...{ PRIVACY_ADDRESS: 'privacy@cloudrun.example', STRIPE_SECRET_KEY: 'sk_test_x', STRIPE_WEBHOOK_SECRET: 'whsec_x' },
    ...{ BACKUP_DIR: join(folder, 'backups'), BACKUP_KEY: 'age1qqqq', SMTP_IN_PORT: '1' },
  })
  says(findings, 'fail', /^secrets: .*given can be read by other users.*chmod 600/)
  says(findings, 'warn', /^secrets: STRIPE_SECRET_KEY.*_FILE/)
  says(findings, 'fail', /^proxy: .*TRUSTED_PROXIES is not set/)
  says(findings, 'fail', /^payments: .*one for tests/)
  says(findings, 'warn', /^metrics: .*METRICS_TOKEN/)
  says(findings, 'fail', /^backups: The newest backup is \d+ days old/)
  says(findings, 'warn', /^backups: Backups lie on the disk/)
  says(findings, 'warn', /^erasures: ERASURE_LEDGER lies on one disk/)
  says(findings, 'fail', /^mail: The mail server 127\.0\.0\.1 does not take us/)
  says(findings, 'fail', /^mail door: Nobody listens on SMTP_IN_PORT 1/)
  says(findings, 'fail', /^DMARC: Publish it/)
  says(findings, 'fail', /^site: https:\/\/cloudrun\.example cannot be reached/)
  chmodSync(secretFile, 0o600)
})

test('a collector of traces that answers and one that does not are told apart, and so is one that no policy names', async () => {
  const collecting = await collect()
  says(await look({ OTEL_EXPORTER_OTLP_ENDPOINT: collecting.url }), 'warn', /^traces: No version of the privacy policy in force names/)
  // Nobody may change a version, so this takes one who may do anything.
  await house.query('set session_replication_role = replica')
  await house.query(`update policy_versions set processors = processors || 'Our collector of traces'::text`)
  await house.query('set session_replication_role = origin')
  says(await look({ OTEL_EXPORTER_OTLP_ENDPOINT: collecting.url }), 'pass', /^traces: .* answers/)
  assert.deepEqual(collecting.spans, [])
  collecting.answer = (response) => void response.writeHead(401).end()
  says(await look({ OTEL_EXPORTER_OTLP_ENDPOINT: collecting.url }), 'warn', /^traces: .*takes nothing \(it answers 401\)/)
  await collecting.down()
  says(await look({ OTEL_EXPORTER_OTLP_ENDPOINT: collecting.url }), 'warn', /^traces: .*takes nothing \(unreachable\)/)
  never(await look(), /^traces/)
})

test('a proxy that changes Host is found by its answer', async () => {
  says(await look({ ORIGIN: `http://127.0.0.1:${port}` }), 'fail', /^site: .*answers 421: the proxy changes Host/)
})

test('work that nobody does, letters that wait, requests that are overdue and a lonely owner are found', async () => {
  await house.query(`update staff set role = 'support' where person_id = (select person_id from staff limit 1)`)
  await house.browser().post('/updates', { name: 'Ada', email: 'ada@example.org', topics: 'news' })
  await house.query(`update letters set written_at = now() - interval '5 hours', sent_at = null`)
  await house.query(`update pgboss.job set start_after = now() - interval '3 hours' where name = 'mail.deliver' and state = 'created'`)
  await house.query(`delete from second_factors`)
  const findings = await look()
  says(findings, 'fail', /^jobs: A job has been due for \d+ minutes/)
  says(findings, 'fail', /^letters: \d+ letters wait, the oldest for 5 hours/)
  says(findings, 'warn', /^team: There is one owner/)
  says(findings, 'warn', /^team: 2 of the team have no second factor/)
})

test('another SECRET is found, and so is a record that nobody signs', async () => {
  const other = join(folder, 'other')
  writeFileSync(other, 'another secret than the one of this house', { mode: 0o600 })
  says(await look({ SECRET_FILE: other }), 'fail', /^secret: SECRET does not open this database/)
  // No login may change the record, so this takes one that may do anything.
  await house.query('set session_replication_role = replica')
  assert((await house.query(`update audit_entries set done_at = now() - interval '1 hour' returning number`)).length > 0)
  says(await look(), 'fail', /^record: Entries after 0 of the record are signed nowhere/)
})

test('a SECRET that is being changed, and what is left of the change, are found', async () => {
  const other = join(folder, 'new')
  writeFileSync(other, 'the secret that comes after it, long enough', { mode: 0o600 })
  says(await look({ SECRET_FILE: other, SECRET_PREVIOUS_FILE: secretFile }), 'warn', /^root: SECRET was changed.*start the program/)
  says(await look({ SECRET_PREVIOUS_FILE: other }), 'warn', /^root: Nothing is sealed under SECRET_PREVIOUS any more: take it away/)
  says(await look({ SECRET_PREVIOUS: 'a third one' }), 'warn', /^root: Nothing is sealed/)
  await house.query(`update house_roots set made_at = now() - interval '40 days', sealed_at = now() - interval '1 day'`)
  says(await look(), 'pass', /^root: The root of the keys is 40 days old, sealed under this SECRET for 1 day\.$/)
  await house.query(`update house_roots set origin = 'first secret'`)
  says(await look(), 'warn', /^root: .*its keys still come from its first SECRET/)
})

test('pending migrations, a column of nobody, and a newer database are found, and nothing is changed', async () => {
  const client = await superuser(house.database)
  after(() => client.end())
  const before = (await client.query('select count(*)::int as n from drizzle.__drizzle_migrations')).rows[0] as { n: number }
  await client.query('create table kept as select * from drizzle.__drizzle_migrations order by id desc limit 1')
  await client.query('delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)')
  says(await look(), 'warn', /^migrations: Migrations are pending/)
  assert.equal(
    ((await client.query('select count(*)::int as n from drizzle.__drizzle_migrations')).rows[0] as { n: number }).n,
    before.n - 1,
  )
  await client.query('insert into drizzle.__drizzle_migrations select * from kept')
  says(await look(), 'fail', /^data map: kept\.\w+ is in the database/)
  await client.query('drop table kept')
  await client.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('next', 99999999999999)`)
  says(await look(), 'fail', /^migrations: The database belongs to a newer version/)
})
