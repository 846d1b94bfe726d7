/** The retention of every table about somebody, whichever rooms there are: made from the register. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fill, personal } from '../../test/canaries.ts'
import { openTestHouse, superuser } from '../../test/harness.ts'
import { register } from '../register.ts'
import { columnOf } from './classify.ts'
import { sweep } from './sweep.ts'

const house = await openTestHouse()

/** What else must change for a row to be one that can end. */
const along: Readonly<Record<string, string>> = { memberships: ", standing = 'ended'" }

test('in every table about somebody that ends by itself nothing goes before its moment, and everything after it', async () => {
  await house.person('Ada Lovelace')
  const client = await superuser(house.database)
  after(() => client.end())
  await fill(client, { who: 'true', rows: 3, marker: 'canary', sealed: Buffer.from('sealed') })
  const timed = personal.filter(({ keptFor }) => !('while' in keptFor))
  const rows = () =>
    Promise.all(
      timed.map(async ({ name }) => [name, Number((await client.query(`select count(*) as n from "${name}"`)).rows[0]?.n)] as const),
    )
  // Some rows may not be changed by anybody; only time passes over them.
  await client.query('set session_replication_role = replica')
  const setAll = async (hours: number) => {
    for (const { name, ...held } of timed) {
      const { keptFor } = held
      const [key, days] = 'until' in keptFor ? [keptFor.until, 0] : 'days' in keptFor ? [keptFor.after, keptFor.days] : ['', 0]
      const column = columnOf({ name, ...held }, key).name
      await client.query(
        `update "${name}" set "${column}" = now() - interval '${days} days' + interval '${hours} hours'${along[name] ?? ''}`,
      )
    }
  }
  await setAll(1)
  const before = await rows()
  assert(before.every(([, n]) => n > 0))
  await sweep(house.house.db, register)
  assert.deepEqual(await rows(), before)
  await setAll(-1)
  await sweep(house.house.db, register)
  assert.deepEqual(
    (await rows()).filter(([, n]) => n > 0),
    [],
  )
})
