/** Limits stop strangers who guess and who flood inboxes, and never the person whose address they type. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { MINUTE, setAhead } from '../clock.ts'
import { limit, limits } from '../web/throttle.ts'
import type { Browser } from '../../test/browser.ts'
import { codeIn, linkIn, openTestHouse } from '../../test/harness.ts'

const house = await openTestHouse({ TRUSTED_PROXIES: '127.0.0.1' })
afterEach(() => setAhead(0))

/** A browser somewhere else. */
function from(address: string): Browser {
  const browser = house.browser()
  browser.headers = { ...browser.headers, 'x-forwarded-for': address }
  return browser
}

let strangers = 0
const stranger = (): Browser => from(`198.51.${Math.floor(++strangers / 250)}.${strangers % 250}`)

const ask = async (browser: Browser, email: string): Promise<number> => (await browser.post('/sign-in', { email })).status

test('a stranger can neither flood an inbox nor keep its owner waiting', async () => {
  await house.person('Ada', 'ada@example.org')
  const before = (await house.inbox('ada@example.org')).length
  const mallory = stranger()
  for (let minutes = 0; minutes < 60; minutes += 2) {
    setAhead(minutes * MINUTE)
    await ask(mallory, 'ada@example.org')
  }
  assert((await house.inbox('ada@example.org')).length - before <= limits['letters by network and address'].hits)
  assert.equal(await ask(mallory, 'ada@example.org'), 429)
  const ada = from('203.0.113.1')
  assert.equal(await ask(ada, 'ada@example.org'), 303)
  await ada.post('/sign-in/code', { code: codeIn((await house.inbox('ada@example.org'))[0]) })
  assert.match(await ada.read('/account'), /<h1>Ada/)
})

test('one inbox under many names is one inbox', async () => {
  const mallory = stranger()
  for (let tries = 0; tries < limits['letters by network and address'].hits; tries++) await ask(mallory, `ines+${tries}@example.org`)
  assert.equal(await ask(mallory, 'ines+more@example.org'), 429)
  assert.equal((await mallory.post('/sign-up', { name: 'Ines', email: 'ines@example.org' })).status, 429)
})

test('against strangers from everywhere, the newest letter opens the door in any browser', async () => {
  await house.person('Bob', 'bob@example.org')
  const letters = async () => (await house.inbox('bob@example.org')).length
  const before = await letters()
  for (let tries = 0; tries < 20; tries++) await ask(stranger(), 'bob@example.org')
  assert.equal((await letters()) - before, limits['letters by address'].hits)
  // At the very end of the time in which no letter is sent, the last one is still good.
  setAhead(limits['letters by address'].in - 2000)
  const bob = from('203.0.113.2')
  const refused = await bob.post('/sign-in', { email: 'bob@example.org' })
  assert.equal(refused.status, 429)
  assert.match(await refused.text(), /newest letter/)
  assert.equal((await bob.post(linkIn((await house.inbox('bob@example.org'))[0]))).status, 303)
  assert.match(await bob.read('/account'), /<h1>Bob/)
})

test('what a stranger asks for uses up nothing else', async () => {
  for (let tries = 0; tries < 5; tries++) await ask(stranger(), 'carol@example.org')
  assert.equal(await ask(stranger(), 'carol@example.org'), 429)
  const carol = from('203.0.113.3')
  assert.equal((await carol.post('/sign-up', { name: 'Carol', email: 'carol@example.org' })).status, 303)
  await carol.post('/sign-in/code', { code: codeIn((await house.inbox('carol@example.org'))[0]) })
  assert.match(await carol.read('/account'), /<h1>Carol/)
})

test('the limits say nothing of who is known', async () => {
  await house.person('Dora', 'dora@example.org')
  const seen = async (email: string) => {
    const answers: string[] = []
    for (let tries = 0; tries < 6; tries++) {
      const answer = await stranger().post('/sign-in', { email })
      answers.push(`${answer.status} ${(await answer.text()).replace(/[\da-f-]{36}/, 'request')}`)
    }
    return answers
  }
  assert.deepEqual(await seen('dora@example.org'), await seen('nobody@example.org'))
})

test('guessed passwords lock out the guesser, and never all ways in', async () => {
  const erin = await house.person('Erin', 'erin@example.org')
  const password = 'four words that nobody tries'
  assert.equal((await erin.post('/account/security/password', { password })).status, 303)
  const mallory = stranger()
  for (let tries = 0; tries < limits['password by network and address'].hits; tries++)
    await mallory.post('/sign-in', { email: 'erin@example.org', password: 'a wrong guess' })
  assert.equal((await mallory.post('/sign-in', { email: 'erin@example.org', password })).status, 429)
  assert.equal((await from('203.0.113.4').post('/sign-in', { email: 'erin@example.org', password })).status, 303)
  // From everywhere at once the password rests, for Erin too …
  const everywhere = limits['password by address'].hits
  for (let tries = 0; tries < everywhere; tries++)
    await limit(house.house.db, 'password by address', 'erin@example.org').catch((refusal: { status: number }) =>
      assert.equal(refusal.status, 429),
    )
  const again = from('203.0.113.5')
  const refused = await again.post('/sign-in', { email: 'erin@example.org', password })
  assert.equal(refused.status, 429)
  assert.match(await refused.text(), /code by e-mail/)
  // … and a code opens.
  assert.equal(await ask(again, 'erin@example.org'), 303)
  assert.equal((await again.post('/sign-in/code', { code: codeIn((await house.inbox('erin@example.org'))[0]) })).status, 303)
  // Who is inside is counted apart.
  assert.equal((await erin.post('/account/proof/password', { password })).status, 303)
})

test('whose password is guessed hears of it once, and nobody else learns anything', async () => {
  const frank = await house.person('Frank', 'frank@example.org')
  assert.equal((await frank.post('/account/security/password', { password: 'other words that nobody tries' })).status, 303)
  await house.person('Gwen', 'gwen@example.org')
  const guess = async (email: string): Promise<string[]> => {
    const answers: string[] = []
    for (let tries = 0; tries < 7; tries++) {
      const answer = await stranger().post('/sign-in', { email, password: 'a wrong guess' })
      answers.push(`${answer.status} ${(await answer.text()).replaceAll(email, '').replace(/[\da-f-]{36}/, 'request')}`)
    }
    return answers
  }
  const told = async (email: string) => (await house.inbox(email)).filter(({ subject }) => subject.startsWith('Wrong passwords'))
  const [known, without, unknown] = [await guess('frank@example.org'), await guess('gwen@example.org'), await guess('nobody@example.org')]
  assert.deepEqual(known, unknown)
  assert.deepEqual(without, unknown)
  const [letter, ...more] = await told('frank@example.org')
  assert.match(letter?.text ?? '', /gave 5 wrong passwords/)
  assert.deepEqual([more, await told('gwen@example.org'), await told('nobody@example.org')], [[], [], []])
})
