/** The promises through the front door: what everybody reads, and who hears of a broken one. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { openTestHouse, type Written } from '../../test/harness.ts'
import { HOUR, setAhead } from '../clock.ts'
import { enqueue, keepAppointments } from '../jobs/queue.ts'
import { forgetReady } from '../web/ready.ts'
import { clock } from '../worker.ts'
import { promises } from './all.ts'
import { type Promised, promiseNames } from './promise.ts'
import { examine, examineSurely } from './running.ts'

const house = await openTestHouse()
const visitor = house.browser()
const ada = await house.person('Ada')
const [owner, lawyer, helper] = [await house.member('owner'), await house.member('legal'), await house.member('support')]
const [{ email: ownersAddress } = { email: '' }] = await house.query<{ email: string }>(
  `select email from people where email like 'owner%'`,
)

/** Does what the clock does every hour. */
async function look(): Promise<void> {
  await house.house.db.as('operations', (tx) => enqueue(tx, 'promises.check', {}))
  await house.settle()
}

const alarms = async (): Promise<Written[]> => (await house.inbox(ownersAddress)).filter(({ kind }) => kind === 'alarm')
const json = async (): Promise<{ promise: string; standing: string; findings: number; examined: string[] }[]> =>
  ((await (await visitor.get('/privacy/promises.json')).json()) as { promises: never[] }).promises
const page = (): Promise<string> => visitor.read('/privacy/promises')
// A whole page would fill the report of a test that fails.
const shows = (html: string, words: RegExp): void => assert.ok(words.test(html), `it does not say ${words}`)
const hides = (html: string, words: RegExp): void => assert.ok(!words.test(html), `it says ${words}`)
const metric = async (name: string): Promise<string | undefined> =>
  new RegExp(`^cloudrun_promise_holds\\{promise="${name}"\\} (\\d)`, 'm').exec(await visitor.read('/metrics'))?.[1]

test('before anybody looked, no promise is said to hold', async () => {
  const shown = await page()
  for (const name of promiseNames) shows(shown, new RegExp(`<section id="${name}">`))
  shows(shown, /Not known: nobody looked yet/)
  hides(shown, /<b>Holds|promises hold/)
  assert.deepEqual(new Set((await json()).map(({ standing }) => standing)), new Set(['never']))
  assert.equal(await metric('P6'), '0')
})

for (const promised of promises)
  test(`${promised.name} holds in a house that nothing was done to`, async () => {
    const { standing, findings } = await examine(house.house, promised)
    assert.deepEqual([standing, findings], ['holds', []])
  })

test('each promise is in its place, and what keeps it is there by name', () => {
  assert.deepEqual(
    promises.map(({ name }) => name),
    promiseNames,
  )
  const jobs = new Set(clock.map(({ job }) => job))
  for (const { name, says, looksAt, keptBy } of promises) {
    assert.ok(says.length > 20 && looksAt.length > 40 && keptBy.length >= 3, name)
    for (const keeper of keptBy) {
      if ('job' in keeper) assert.ok(jobs.has(keeper.job), `${name}: ${keeper.job} is not on the clock`)
      if ('file' in keeper) assert.ok(existsSync(keeper.file), `${name}: there is no ${keeper.file}`)
    }
  }
})

test('the checks run every hour', () => {
  assert.match(clock.find(({ job }) => job === 'promises.check')?.cron ?? '', /^\d+ \* \* \* \*$/)
})

test('what the clock saw is there for everybody, with what was examined and since when', async () => {
  await look()
  assert.deepEqual(new Set((await json()).map(({ standing }) => standing)), new Set(['holds']))
  const shown = await page()
  shows(shown, /All 18 promises hold/)
  shows(shown, /<b>Holds<\/b> since/)
  shows(shown, /Looked last .*, at .*\d+ columns/)
  assert.equal(await metric('P6'), '1')
  assert.deepEqual(await alarms(), [])
  assert.deepEqual(await house.query(`select from promise_changes where standing <> 'holds'`), [])
})

test('a broken promise is told in public, to the owners once, in the record and to machines', async () => {
  await house.query(`insert into salts (day, sealed, made_at) values ('2020-02-02', '\\x00', '2020-02-02')`)
  await look()
  await look()
  const shown = await page()
  shows(shown, /One promise is broken/)
  shows(shown, /<b>Broken<\/b> since/)
  hides(shown, /2020-02-02|a salt outlived/)
  assert.deepEqual(
    (await json()).filter(({ standing }) => standing !== 'holds').map(({ promise, standing, findings }) => [promise, standing, findings]),
    [['P6', 'broken', 1]],
  )
  const told = await alarms()
  assert.deepEqual(
    told.map(({ subject }) => subject),
    ['Promise P6 of the privacy policy is broken'],
  )
  assert.match(told[0]?.text ?? '', /a salt outlived its day: 2020-02-02/)
  assert.deepEqual(await house.query(`select act from audit_entries where act like 'promise.%'`), [{ act: 'promise.broken' }])
  assert.equal(await metric('P6'), '0')
  assert.equal(await metric('P7'), '1')
})

test('the console tells what was found to those who answer for it, and to nobody else', async () => {
  for (const member of [owner, lawyer]) assert.match(await member.read('/staff/promises'), /a salt outlived its day: 2020-02-02/)
  for (const other of [helper, ada]) assert.equal((await other.get('/staff/promises')).status, 404)
  assert.equal((await visitor.get('/staff/promises')).status, 303)
  assert.equal((await helper.post('/staff/promises')).status, 404)
})

test('when it holds again, that is told, too', async () => {
  await house.query('delete from salts')
  assert.equal((await lawyer.post('/staff/promises')).status, 303)
  assert.match(await lawyer.read('/staff/promises?looked=yes'), /Every check has looked just now/)
  await house.settle()
  assert.equal((await alarms())[0]?.subject, 'Promise P6 of the privacy policy holds again')
  assert.equal((await alarms()).length, 2)
  assert.deepEqual(await house.query(`select standing from promise_changes where promise = 'P6' order by since_at`), [
    { standing: 'holds' },
    { standing: 'broken' },
    { standing: 'holds' },
  ])
  assert.deepEqual((await house.query(`select act from audit_entries where act like 'promise.%' order by number`)).at(-1), {
    act: 'promise.held',
  })
})

test('when nobody looked for hours, nothing is said to hold', async () => {
  setAhead(4 * HOUR)
  assert.deepEqual(new Set((await json()).map(({ standing }) => standing)), new Set(['stale']))
  assert.equal(await metric('P6'), '0')
  // The page is rendered anew within seconds; here at once.
  forgetReady(house.house)
  const shown = await page()
  shows(shown, /Not known: nobody looked for 3 hours/)
  hides(shown, /<b>Holds|promises hold/)
  setAhead(0)
})

test('in production the same holds over a secure line at every host, and more is expected', async () => {
  const settings = {
    ...{ ENVIRONMENT: 'production', ORIGIN: 'https://cloudrun.example', HOSTS: 'www.cloudrun.example', COOKIE_DOMAIN: 'cloudrun.example' },
    ...{ SECRET: 'production-needs-32-Random_characters!', SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'hello@cloudrun.example' },
    PRIVACY_ADDRESS: 'privacy@cloudrun.example',
  }
  const { house: production } = await openTestHouse(settings)
  const idle = await examine(production, promises[5] as Promised)
  assert.deepEqual([idle.standing, idle.findings], ['broken', ['it is not on the clock: navigation.fold']])
  await keepAppointments(production.db, clock)
  const found: string[] = []
  for (const promised of promises)
    found.push(...(await examine(production, promised)).findings.map((words) => `${promised.name}: ${words}`))
  // Tests have no wall around them, and so the check must miss it.
  assert.deepEqual(found, ['P11: the wall around the program does not stand'])
})

const made = (check: Promised['check']): Promised => ({ name: 'P7', says: '', keptBy: [], looksAt: '', check })

test('a check that looks at nothing, or that fails, has shown nothing', async () => {
  const nothing = await examine(
    house.house,
    made(() => Promise.resolve()),
  )
  assert.deepEqual([nothing.standing, nothing.findings], ['unexamined', ['The check could not look: it examined nothing.']])
  const failing = await examine(
    house.house,
    made(() => Promise.reject(new TypeError('Ada’s address'))),
  )
  assert.deepEqual([failing.standing, failing.findings], ['unexamined', ['The check failed: TypeError.']])
  const both = await examine(
    house.house,
    made((look) => {
      look.expect('things', false, 'it is broken')
      return Promise.reject(new TypeError('afterwards'))
    }),
  )
  assert.deepEqual([both.standing, both.findings], ['broken', ['it is broken']])
})

test('what was in motion while one looked is no breach, what stays is one', async () => {
  let looks = 0
  const moving = made((look) => Promise.resolve(look.expect('things', ++looks > 1, 'something is in motion')))
  assert.equal((await examineSurely(house.house, moving)).standing, 'holds')
  const staying = made((look) => Promise.resolve(look.expect('things', false, 'something is broken')))
  assert.deepEqual((await examineSurely(house.house, staying)).findings, ['something is broken'])
})

test('a check cannot write', async () => {
  const writing = await examine(
    house.house,
    made(async (look) => {
      look.count('rows')
      await look.rows('operations', 'delete from letters')
    }),
  )
  assert.equal(writing.standing, 'unexamined')
  assert.ok((await house.inbox(ownersAddress)).length > 0)
})
