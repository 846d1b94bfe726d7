import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { asId } from '../log.ts'
import { Refusal } from '../web/refusal.ts'
import { erase, eraseAddress } from './erasure.ts'
import { smallCopy } from './kept-copy.ts'

const house = await openTestHouse()
const ada = await house.person('Ada Lovelace')
const AHEAD = `insert into drizzle.__drizzle_migrations (hash, created_at) values ('of the next version', 99999999999999)`

const idOf = async (email: string) => {
  const id = asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id)
  assert(id)
  return id
}
const isTooOld = (fault: unknown): boolean => fault instanceof Refusal && fault.status === 503

test('while a newer version is at work on the database, this one neither erases nor copies; everything else goes on', async () => {
  const id = await idOf('ada.lovelace@example.org')
  await house.query(AHEAD)
  await assert.rejects(erase(house.house, id), isTooOld)
  await assert.rejects(eraseAddress(house.house, 'somebody@example.org'), isTooOld)
  await assert.rejects(smallCopy(house.house, id), isTooOld)
  const page = await ada.get('/account/privacy')
  assert.equal(page.status, 200)
  assert.match(await page.text(), /Ada Lovelace/)
  assert.equal((await house.query('select from people where id = $1', [id])).length, 1)
  await house.query(`delete from drizzle.__drizzle_migrations where created_at = 99999999999999`)
  assert(await smallCopy(house.house, id))
  assert(await erase(house.house, id))
  assert.equal((await house.query('select from people where id = $1', [id])).length, 0)
})
