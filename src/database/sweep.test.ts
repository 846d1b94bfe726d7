import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { DAY, HOUR, MINUTE, setAhead } from '../clock.ts'
import { register } from '../register.ts'
import { sweep } from './sweep.ts'

const house = await openTestHouse()
await house.person('Ada Lovelace')
const count = async (table: string, where = 'true') =>
  Number((await house.query<{ n: string }>(`select count(*) as n from ${table} where ${where}`))[0]?.n)
const sweepAt = async (ahead: number) => {
  setAhead(ahead)
  await sweep(house.house.db, register)
}

/** Rows that end, by the clock of the house, some time from now: `at` is an SQL expression for the moment. */
async function furnish(at: (ms: number) => string): Promise<void> {
  const me = `(select id from people where email = 'ada.lovelace@example.org')`
  const id = 'gen_random_uuid()'
  const key = 'gen_random_uuid()::text'
  for (const ms of [10 * MINUTE, HOUR, 7 * DAY]) {
    const end = at(ms)
    await house.query(
      `insert into attempts (id, kind, email, browser_hash, started_at, expires_at) values (${id}, 'sign-in', 'x@example.org', ${key}, now(), ${end})`,
    )
    await house.query(`insert into challenges values (${key}, 'riddle', ${end})`)
    await house.query(
      `with made as (insert into copies (id, person_id, rows_total, asked_at, expires_at) values (${id}, ${me}, 1, now(), ${end}) returning *)
       insert into copy_parts select id, 0, person_id, 'x', expires_at from made`,
    )
    await house.query(`insert into throttles values (${key}, 1, ${end})`)
    await house.query(
      `insert into invitations (id, email, token_hash, invited_at, expires_at) values (${id}, 'x@example.org', ${key}, now(), ${end})`,
    )
    await house.query(`insert into sessions values (${id}, ${me}, ${key}, 'Firefox', 'code', now(), now(), now(), ${end})`)
  }
  for (const days of [1, 29, 31, 729, 731]) {
    const then = at(-days * DAY)
    await house.query(
      `insert into letters (id, "to", kind, subject, text, html, written_at) values (${id}, 'x@example.org', 'test', '', '', '', ${then})`,
    )
    await house.query(`insert into corrections values (${id}, ${me}, 'name', ${then})`)
    await house.query(`insert into looks (id, person_id, role, reason, looked_at) values (${id}, ${me}, 'support', 'question', ${then})`)
    await house.query(`insert into exports values (${id}, ${me}, 1, false, ${then})`)
    await house.query(`insert into receipts values (${id}, ${key}, '[]', '[]', ${then})`)
  }
}

const ending = ['attempts', 'challenges', 'throttles', 'invitations', 'sessions', 'copy_parts', 'copies']
const aging = { letters: 30, corrections: 730, looks: 730, receipts: 730, exports: 730 }

test('what is due goes, nothing due stays, and nothing else goes', async () => {
  await house.query(ending.map((table) => `delete from ${table}`).join(';'))
  await house.query('delete from letters')
  await furnish((ms) => `now() + interval '${ms / 1000} seconds'`)
  await sweepAt(0)
  for (const table of ending) assert.equal(await count(table), 3, table)
  for (const [table, days] of Object.entries(aging)) assert.equal(await count(table), days === 30 ? 2 : 4, table)
  await sweepAt(11 * MINUTE)
  for (const table of ending) assert.equal(await count(table), 2, table)
  await sweepAt(2 * HOUR)
  for (const table of ending) assert.equal(await count(table), 1, table)
  await sweepAt(8 * DAY)
  for (const table of ending) assert.equal(await count(table), 0, table)
  assert.deepEqual(await house.query("select id from letters where written_at < now() - interval '22 days'"), [])
  assert.equal(await count('letters'), 1)
  assert.equal(await count('corrections'), 3)
  await sweepAt(731 * DAY)
  for (const table of Object.keys(aging)) assert.equal(await count(table), 0, table)
  assert.equal(await count('people'), 1)
  assert.equal(await count('person_keys'), 1)
})

test('many rows go in steps, those of one moment together, and by index', async () => {
  setAhead(0)
  const rows = (n: number, at: string) =>
    house.query(`insert into throttles select gen_random_uuid()::text, 1, ${at} from generate_series(1, ${n}) g`)
  await rows(7_000, "date_trunc('day', now())")
  await rows(6_000, "now() - g * interval '1 second' - interval '2 days'")
  await rows(1, "now() + interval '1 hour'")
  house.log.length = 0
  await sweepAt(0)
  assert.equal(await count('throttles'), 1)
  const steps = house.log
    .map((line) => JSON.parse(line) as { event: string; rows: number })
    .filter(({ event }) => event === 'retention.swept')
  assert.deepEqual(
    steps.map(({ rows }) => rows),
    [5_000, 8_000],
  )
})

test('one table that cannot be swept does not keep the others from it', async () => {
  await house.query(`insert into throttles values ('old', 1, now() - interval '1 day')`)
  await house.query('revoke delete on letters from cloudrun_operations')
  await assert.rejects(sweepAt(40 * DAY), (fault: Error) => (fault.cause as { code: string }).code === '42501')
  await house.query('grant delete on letters to cloudrun_operations')
  assert.equal(await count('throttles'), 0)
})
