/** Passwords, passkeys and second factors, by their owner, by strangers, and by whoever got hold of one of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import type { Browser } from '../../test/browser.ts'
import { codeIn, linkIn, openTestHouse } from '../../test/harness.ts'
import { SoftKey } from '../../test/soft-key.ts'
import { MINUTE, now, setAhead } from '../clock.ts'

const house = await openTestHouse()
const { origin } = house.house.config
const GOOD = 'gorse hedge 7 lantern'

const subjects = async (email: string): Promise<string[]> => (await house.inbox(email)).map(({ subject }) => subject)
const isInside = async (browser: Browser): Promise<boolean> => (await browser.get('/account')).status === 200
const unhurried = (): Promise<unknown> => house.query('delete from throttles')

async function signIn(email: string, password: string): Promise<Browser> {
  await unhurried()
  const browser = house.browser()
  await browser.post('/sign-in', { email, password })
  return browser
}

test('a password has 12 signs or more, whatever they are, is on no list of stolen ones, and is kept as it was typed', async () => {
  const ada = await house.person('Ada Lovelace')
  for (const [password, words] of [
    ['eleven sign', /At least 12 characters/],
    ['password1234', /list of stolen ones/],
    ['PassWord1234!', /list of stolen ones/],
    ['x'.repeat(201), /At most 200 characters/],
    ['Cloudrun Lovelace 1815', /mostly your name, your address or our name/],
    ['ada.lovelace@example.org!', /mostly your name, your address or our name/],
  ] as const) {
    const answer = await ada.post('/account/security/password', { password })
    assert.equal(answer.status, 422, password)
    assert.match(await answer.text(), words)
  }
  // Longer than what bcrypt would look at, not of this alphabet, and with a space at the end.
  const long = `${'ß→漢🐦 '.repeat(30)}end `
  assert.equal((await ada.post('/account/security/password', { password: long })).status, 303)
  assert(await isInside(await signIn('ada.lovelace@example.org', long)))
  for (const near of [long.trimEnd(), long.slice(0, 72), long.toUpperCase(), `${long} `])
    assert(!(await isInside(await signIn('ada.lovelace@example.org', near))), near.slice(-6))
  const [row] = await house.query<{ hash: string }>('select hash from passwords')
  assert.match(row?.hash ?? '', /^\$argon2id\$v=19\$m=\d{5,},t=\d,p=\d\$/)
  const page = await ada.read('/account/security/password')
  for (const kind of ['new', 'current']) assert.match(page, new RegExp(`<input[^>]*autocomplete="${kind}-password"[^>]*type="password"`))
})

test('another password takes the old one, puts everybody else out, and is told by letter', async () => {
  const bob = await house.person('Bob Miller')
  await bob.post('/account/security/password', { password: GOOD })
  const elsewhere = await signIn('bob.miller@example.org', GOOD)
  assert(await isInside(elsewhere))
  assert.equal((await bob.post('/account/security/password', { old: 'not this one at all', password: `${GOOD} two` })).status, 422)
  assert.equal((await bob.post('/account/security/password', { password: `${GOOD} two` })).status, 422)
  assert.equal((await bob.post('/account/security/password', { old: GOOD, password: `${GOOD} two` })).status, 303)
  assert(await isInside(bob))
  assert(!(await isInside(elsewhere)))
  assert(!(await isInside(await signIn('bob.miller@example.org', GOOD))))
  assert((await subjects('bob.miller@example.org')).length >= 2)
})

test('a proof that is old is asked for anew before any way of signing in changes', async () => {
  const cleo = await house.person('Cleo Park')
  setAhead(60 * MINUTE)
  for (const path of ['password', 'password/remove', 'second-factor', 'second-factor/remove', 'recovery-codes', 'passkeys/options'])
    assert.match(
      (await cleo.post(`/account/security/${path}`, { password: GOOD })).headers.get('location') ?? '',
      /^\/account\/proof\?then=/,
      path,
    )
  assert.equal(
    (await house.query('select from passwords p join people q on q.id = p.person_id where q.email = $1', ['cleo.park@example.org'])).length,
    0,
  )
  setAhead(0)
})

/** Adds an app for codes; returns how to make one, and the recovery codes. */
async function addApp(browser: Browser): Promise<{ code(): string; recovery: string[] }> {
  await browser.post('/account/security/second-factor')
  const secret =
    /[A-Z2-7]{32}/.exec((await browser.read('/account/security/second-factor')).replaceAll(/(?<=[A-Z2-7]) (?=[A-Z2-7])/g, ''))?.[0] ?? ''
  const app = new TOTP({ secret: Secret.fromBase32(secret) })
  const code = (): string => app.generate({ timestamp: now().getTime() })
  const answer = await browser.post('/account/security/second-factor/confirm', { code: code() })
  assert.equal(answer.status, 200)
  const recovery = (await answer.text()).match(/[a-z0-9]{4}( [a-z0-9]{4}){5}/g) ?? []
  return { code, recovery: recovery.map((code) => code.replaceAll(' ', '')) }
}

test('a second factor is asked for on every way; each of its codes works once; a new password leaves it in force', async () => {
  const dora = await house.person('Dora Kent')
  await dora.post('/account/security/password', { password: GOOD })
  const { code, recovery } = await addApp(dora)
  assert.equal(recovery.length, 10)
  assert.doesNotMatch(JSON.stringify(await house.query('select * from recovery_codes')), new RegExp(recovery[0] ?? '-'))
  const email = 'dora.kent@example.org'

  const byPassword = await signIn(email, GOOD)
  assert(!(await isInside(byPassword)))
  setAhead(MINUTE)
  const present = code()
  assert.equal((await byPassword.post('/sign-in/second-factor', { code: present })).status, 303)
  assert(await isInside(byPassword))
  const shoulder = await signIn(email, GOOD)
  assert.equal((await shoulder.post('/sign-in/second-factor', { code: present })).status, 422)
  assert.equal((await shoulder.post('/sign-in/second-factor', { code: recovery[0] ?? '' })).status, 303)
  const again = await signIn(email, GOOD)
  assert.equal((await again.post('/sign-in/second-factor', { code: recovery[0] ?? '' })).status, 422)

  const byLetter = house.browser()
  await unhurried()
  await byLetter.post('/sign-in', { email })
  await byLetter.post('/sign-in/code', { code: codeIn((await house.inbox(email))[0]) })
  assert(!(await isInside(byLetter)))

  await unhurried()
  const forgetful = house.browser()
  await forgetful.post('/password/reset', { email })
  const link = linkIn((await house.inbox(email))[0])
  assert.equal((await forgetful.post(link, { password: `${GOOD} three` })).status, 303)
  const after = await signIn(email, `${GOOD} three`)
  assert(!(await isInside(after)))
  assert.equal((await after.get('/sign-in/second-factor')).status, 200)
  setAhead(0)
})

test('five wrong codes end the try, and another one is begun with the first factor', async () => {
  const email = 'dora.kent@example.org'
  const guesser = await signIn(email, `${GOOD} three`)
  for (let tries = 0; tries < 5; tries++) await guesser.post('/sign-in/second-factor', { code: '000000' })
  await unhurried()
  assert.equal((await guesser.post('/sign-in/second-factor', { code: '000000' })).status, 400)
})

test('a passkey signs in; for another site, without a finger, repeated, or a copy that counts behind, it does not', async () => {
  const eve = await house.person('Eve Moss')
  const key = new SoftKey()
  const options = async (browser: Browser, path: string) => (await (await browser.post(path)).json()) as never
  const made = key.create(await options(eve, '/account/security/passkeys/options'), { origin })
  assert.equal((await eve.post('/account/security/passkeys', { answer: made })).status, 303)
  assert((await subjects('eve.moss@example.org')).length >= 2)

  const by = async (behaviour: Parameters<SoftKey['get']>[1]): Promise<boolean> => {
    await unhurried()
    const browser = house.browser()
    const answer = key.get(await options(browser, '/sign-in/passkey/options'), behaviour)
    await browser.post('/sign-in/passkey', { answer })
    const inside = await isInside(browser)
    // The same answer once more, by somebody else.
    const thief = house.browser()
    await options(thief, '/sign-in/passkey/options')
    await thief.post('/sign-in/passkey', { answer })
    assert(!(await isInside(thief)), 'a repeated answer')
    return inside
  }
  assert(await by({ origin }))
  assert(!(await by({ origin: 'https://evil.example' })))
  assert(!(await by({ origin, rpId: 'evil.example' })))
  assert(!(await by({ origin, verified: false })))
  key.counter = 0
  assert(!(await by({ origin })))
})
