import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeIn, linkIn, openTestHouse } from '../../test/harness.ts'

const house = await openTestHouse()

test('somebody registers with a name and an address, and is inside', async () => {
  const ada = await house.person('Ada Lovelace')
  const page = await ada.read('/account')
  assert.match(page, /Ada Lovelace/)
})

test('a link opens, a button acts', async () => {
  const bob = house.browser()
  await bob.post('/sign-up', { name: 'Bob', email: 'bob@example.org' })
  const link = linkIn((await house.inbox('bob@example.org'))[0])
  assert.equal((await bob.get(link)).status, 200)
  assert.equal((await house.query('select from people where email = $1', ['bob@example.org'])).length, 0)
  assert.equal((await bob.post(link)).status, 303)
  assert.match(await bob.read('/account'), /Bob/)
})

test('a code works once, in the browser that asked for it', async () => {
  const [carol, mallory] = [house.browser(), house.browser()]
  await carol.post('/sign-up', { name: 'Carol', email: 'carol@example.org' })
  const code = codeIn((await house.inbox('carol@example.org'))[0])
  assert.equal((await mallory.post('/sign-in/code', { code })).status, 400)
  assert.equal((await carol.post('/sign-in/code', { code })).status, 303)
  assert.equal((await carol.post('/sign-in/code', { code })).status, 400)
})
