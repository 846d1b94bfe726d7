import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { openTestHouse, rootOf, socket, superuser } from '../../test/harness.ts'
import { newId } from '../database/columns.ts'
import { loginName, loginPassword } from '../database/connection.ts'
import { handlers } from '../worker.ts'
import { lookOver, verify } from './chain.ts'
import { headsFile, publicKeyOf, readHeads } from './head.ts'
import { entries, record } from './record.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'cloudrun-audit-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

const run = promisify(execFile)
const house = await openTestHouse({ DATA_DIR: dataDir })
const { db } = house.house
const seed = db.keyring.own('audit')
const file = headsFile(dataDir)

const looked = async () => db.as('operations', async (tx) => verify(tx, await readHeads(file, seed)))
const signNow = () => handlers(house.house)['audit.sign-head']({})

/** What the other verifier says, which knows nothing of the program. */
async function secondOpinion(): Promise<{ whole: boolean; says: string }> {
  const url = `postgres://postgres@localhost/${house.database}?host=${socket()}`
  const { stdout } = await run(process.execPath, ['bin/verify-audit', url, file, publicKeyOf(seed)]).catch(
    (fault: { stdout: string }) => fault,
  )
  return { whole: stdout.startsWith('✓'), says: stdout }
}

/** Does something as superuser that nobody should, with the guards off, looks whether both verifiers name it, and undoes it. */
async function tamper(statements: string, named: RegExp): Promise<void> {
  const client = await superuser(house.database)
  await client.query('create table kept_entries as table audit_entries; create table kept_details as table audit_details')
  await client.query('set session_replication_role = replica')
  try {
    await client.query(statements)
    const verdict = await looked()
    assert.match(verdict.faults.map(({ at, says }) => `${at}: ${says}`).join('\n'), named)
    const second = await secondOpinion()
    assert.equal(second.whole, false)
    assert.match(second.says, named)
    await handlers(house.house)['staff.check-record']({})
    assert.match((await house.inbox(house.house.config.privacyAddress))[0]?.subject ?? '', /tampered/)
  } finally {
    await client.query('delete from audit_entries; delete from audit_details')
    await client.query('insert into audit_entries table kept_entries; insert into audit_details table kept_details')
    await client.query('drop table kept_entries; drop table kept_details')
    await client.end()
  }
}

const ada = await house.person('Ada')
const owner = await house.member('owner')
const [adaRow] = await house.query<{ id: string }>('select id from people where email = $1', ['ada@example.org'])
await ada.post('/account/name', { name: 'Ada Byron' })
await owner.post(`/staff/people/${adaRow?.id}/look`, { reason: 'question', note: '' })
for (let i = 0; i < 10; i++) await db.as('service', (tx) => record(tx, { act: 'program.given-key', thing: newId() }))
await signNow()

test('what people do through the front door is recorded, and both verifiers find it whole', async () => {
  const acts = (await db.as('legal', (tx) => entries(tx, { most: 50 }))).map(({ act }) => act)
  for (const act of ['person.renamed', 'team.appointed'] as const) assert(acts.includes(act), act)
  const verdict = await looked()
  assert.deepEqual(verdict.faults, [])
  assert.equal(verdict.heads, 1)
  assert.equal(verdict.entries, acts.length)
  assert.deepEqual(await secondOpinion(), { whole: true, says: `✓ whole: ${acts.length} entries, 1 signed heads\n` })
})

test('what is rolled back is not recorded, and leaves no gap', async () => {
  const before = (await looked()).entries
  const failed = db.as('service', async (tx) => {
    await record(tx, { act: 'program.lost-key', thing: newId() })
    throw new Error('it was not done')
  })
  await assert.rejects(failed, /not done/)
  assert.deepEqual(await looked().then(({ entries, faults }) => ({ entries, faults })), { entries: before, faults: [] })
})

test('fifty at once make one chain', async () => {
  const before = (await looked()).entries
  await Promise.all(Array.from({ length: 50 }, () => db.as('service', (tx) => record(tx, { act: 'program.lost-key', thing: newId() }))))
  const verdict = await looked()
  assert.deepEqual([verdict.entries, verdict.faults], [before + 50, []])
})

test('no login of the program changes the chain, and not even its owner by an ordinary statement', async () => {
  for (const purpose of ['rights', 'legal', 'operations', 'service', 'security'] as const) {
    const act = (statement: string) => db.as(purpose, (tx) => tx.$client.query(statement))
    await assert.rejects(act("update audit_entries set act = 'person.listed'"), /permission denied/)
    await assert.rejects(act('delete from audit_entries'), /permission denied/)
    await assert.rejects(act('insert into audit_entries table audit_entries'), /permission denied/)
  }
  const client = await superuser(house.database)
  await assert.rejects(client.query('delete from audit_entries'), /only ever added to/)
  await assert.rejects(client.query('truncate audit_entries'), /only ever added to/)
  await client.end()
})

test('a superuser who alters, deletes, swaps, cuts or writes anew is found out by both verifiers', async () => {
  await signNow()
  await tamper('update audit_entries set about = set_byte(about, 3, get_byte(about, 3) # 1) where number = 4', /entry 4: .*changed/)
  await tamper("update audit_entries set done_at = done_at + interval '1 second' where number = 5", /entry 5: .*changed/)
  await tamper('delete from audit_entries where number = 6', /entry 7: .*missing/)
  await tamper(
    'update audit_entries set number = -1 where number = 7; update audit_entries set number = 7 where number = 8; update audit_entries set number = 8 where number = -1',
    /entry 7: .*place/,
  )
  await tamper('delete from audit_entries where number > 8; delete from audit_details where number > 8', /entry 9: the end was cut off/)
  await tamper('delete from audit_entries where number = (select max(number) from audit_entries)', /details .*entry is missing/)
  await tamper(
    `delete from audit_entries where number > 2;
     do $$ declare e audit_entries; p bytea := (select hash from audit_entries where number = 2); begin
       for e in select * from kept_entries where number > 3 order by number loop
         e.number := e.number - 1; e.hash := audit_hash(e, p); p := e.hash;
         insert into audit_entries values (e.number, e.act, e.about, e.actor, e.done_at, e.hash);
       end loop; end $$;
     delete from audit_details where number > 2;
     insert into audit_entries select number + 1, act, about, actor, done_at, hash from audit_entries order by number desc limit 1`,
    /written anew|the one that was signed/,
  )
  await tamper(
    'update audit_details set person_id = null, actor_id = null, thing_id = gen_random_uuid() where number = 5',
    /entry 5: its details were changed/,
  )
  assert.deepEqual((await looked()).faults, [])
})

test('those who answer for it see who did what, and nobody else; a broken record raises the alarm', async () => {
  const legal = await house.member('legal')
  assert.match(await legal.read('/staff/audit'), /Somebody was given a role in the team/)
  assert.match(await (await legal.post('/staff/audit/verify')).text(), /The record is whole/)
  for (const role of ['support', 'marketing', 'billing', 'analyst'] as const)
    assert.equal((await (await house.member(role)).get('/staff/audit')).status, 404)
  assert.equal((await ada.get('/staff/audit')).status, 404)
  await handlers(house.house)['staff.send-head']({})
  await handlers(house.house)['staff.check-record']({})
  assert.match((await house.inbox(house.house.config.privacyAddress))[0]?.text ?? '', /"signature":/)
  await tamper("update audit_entries set act = 'person.listed' where number = 4", /entry 4/)
})

test('a head that was not signed here is refused, and one that a crash cut short is passed over', async () => {
  const whole = readFileSync(file, 'utf8')
  const [first = ''] = whole.split('\n')
  writeFileSync(file, `${first.replace(/"number":\d+/, '"number":1')}\n`)
  await assert.rejects(looked(), /line 1 was not signed/)
  assert.match((await lookOver(house.house)).faults[0]?.says ?? '', /not signed by this house/)
  assert.equal((await secondOpinion()).whole, false)
  writeFileSync(file, whole)
  appendFileSync(file, '{"number":9')
  await db.as('service', (tx) => record(tx, { act: 'program.lost-key', thing: newId() }))
  await signNow()
  const verdict = await looked()
  assert.deepEqual([verdict.heads, verdict.faults], [3, []])
})

test('an erasure takes the details, and the chain stays whole', async () => {
  const before = await looked()
  await ada.post('/account/privacy/erasure', { sure: 'yes' })
  assert.deepEqual(await house.query('select from people where id = $1', [adaRow?.id]), [])
  assert.deepEqual(
    (await house.traces(adaRow?.id ?? 'nobody')).filter((place) => place.startsWith('audit')),
    [],
  )
  const verdict = await looked()
  assert.deepEqual([verdict.entries, verdict.faults], [before.entries + 1, []])
  assert(verdict.details < verdict.entries)
  assert.deepEqual(await secondOpinion().then(({ whole }) => whole), true)
})

test('reading the chain needs no more than a login that may', async () => {
  const eyes = await superuser(house.database)
  const login = encodeURIComponent(loginPassword(await rootOf(eyes), 'operations'))
  await eyes.end()
  const url = `postgres://${loginName('cloudrun', 'operations')}:${login}@localhost/${house.database}?host=${socket()}`
  const { stdout } = await run(process.execPath, ['bin/verify-audit', url])
  assert.match(stdout, /^✓ whole/)
})
