/** An erasure that was asked for by letter, of somebody who pays, while Stripe cannot be reached. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkIn } from '../../test/harness.ts'
import { openPayingHouse } from '../../test/stripe.ts'
import { takeIn } from '../mail/incoming.ts'
import { eraseWaiting } from './erasure.ts'

const { house, stripe, giveCard, settle } = await openPayingHouse({ PRIVACY_ADDRESS: 'privacy@cloudrun.example' })

test('the request says for whom it waits and since when, is not done before, and is done once Stripe confirms', async () => {
  const gil = await house.person('Gil Canary', 'gil-canary@example.org')
  await house.person('Bea Neighbour', 'bea@example.org')
  const begin = (await gil.post('/services/scheduled-runs/steady')).headers.get('location') ?? assert.fail()
  await giveCard(gil, begin, '6011111111111117')
  await settle()
  const raw = Buffer.from('From: gil-canary@example.org\r\nSubject: Please erase my data\r\n\r\nPlease erase all my data.')
  await takeIn(house.house, { from: 'gil-canary@example.org', to: ['privacy@cloudrun.example'], raw })
  await house.settle()
  const letter = (await house.inbox('gil-canary@example.org'))[0]
  const status = /\/privacy\/requests\/[\w-]{40,}(?=\s)/.exec(letter?.text ?? '')?.[0] ?? assert.fail()
  stripe.admin.down(true)
  assert.equal((await house.browser().post(linkIn(letter), { sure: 'yes' })).status, 303)
  await house.settle()
  assert.match(await house.browser().read(status), /It waits for a company that works for us: Stripe/)
  await eraseWaiting(house.house)
  assert.doesNotMatch(await house.browser().read(status), /<dd>Done<\/dd>/)
  assert.equal((await house.query("select from people where email = 'gil-canary@example.org'")).length, 1)
  stripe.admin.down(false)
  await eraseWaiting(house.house)
  await settle()
  assert.match(await house.browser().read(status), /<dd>Done<\/dd>/)
  assert.deepEqual((await house.query('select from receipts')).length, 1)
  assert.deepEqual(await house.traces('gil-canary'), ['letters.to'])
  assert.equal((await house.query("select from people where email = 'bea@example.org'")).length, 1)
})
