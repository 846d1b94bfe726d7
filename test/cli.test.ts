/** The built program as a stranger runs it: commands, exit codes, and the first journey by HTTP alone. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, type Program, startProgram, Visitor } from '../bench/program.ts'

const checkout = fileURLToPath(new URL('..', import.meta.url))
const dataDir = mkdtempSync(join(tmpdir(), 'cloudrun-cli-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly told: string
}

/** Runs `cloudrun …` to its end. */
async function cloudrun(words: string, env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(checkout, 'dist/cli.mjs'), ...words.split(' ')], {
    cwd: dataDir,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, CONTENT_DIR: join(checkout, 'content'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, told] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, told }
}

const json = async (words: string): Promise<Record<string, unknown>> => {
  const { code, out, told } = await cloudrun(`${words} --json`)
  assert.equal(code, 0, told)
  return JSON.parse(out) as Record<string, unknown>
}

/** The newest letter to an address; it is sent a moment after it was written. */
async function letterTo(origin: string, email: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${origin}/dev/mail`, { headers: { accept: 'application/json' } })
    const letters = (await answer.json()) as { to: string; text: string }[]
    const letter = letters.find(({ to }) => to === email)
    if (letter) return letter.text
    await sleep(100)
  }
  throw new Error('no letter was sent')
}

describe('what was typed', { concurrency: 2 }, () => {
  test('help reads like a page, for the whole and for each command', async () => {
    const { code, out } = await cloudrun('--help')
    assert.equal(code, 0)
    assert.match(out, /cloudrun people erase EMAIL/)
    const pages = await Promise.all(['help people', 'people --help'].map((words) => cloudrun(words)))
    for (const page of pages) assert.match(page.out, /^cloudrun people: /)
  })

  test('what makes no sense ends with 2 and one sentence', async () => {
    for (const words of [
      'dance',
      'start now',
      'start --role owner',
      'people show nobody',
      'staff add ada@example.org',
      'help dance',
      '--odd',
    ]) {
      const { code, out, told } = await cloudrun(words)
      assert.equal(code, 2, words)
      assert.equal(out, '', words)
      assert.match(told, /^cloudrun: [^\n]+\n$/, words)
    }
  })

  test('a wrong setting stops the start with its name', async () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [{ PORT: 'many' }, /^cloudrun: PORT must be a number\.\n$/],
      [{ ENVIRONMENT: 'production' }, /^cloudrun: ORIGIN is missing: production needs /],
      [{ SECRET_FILE: '/nowhere' }, /^cloudrun: SECRET_FILE names \/nowhere, which cannot be read\.\n$/],
      [{ SECRET_FILE: '/nowhere', SECRET: 'x' }, /^cloudrun: SECRET and SECRET_FILE are both set: keep one\.\n$/],
    ]
    for (const [env, sentence] of wrong) {
      const { code, told } = await cloudrun('start', env)
      assert.equal(code, 1)
      assert.match(told, sentence)
    }
  })
})

describe('one house, from its first command to its end', { concurrency: 1 }, () => {
  let program: Program | undefined
  let ada: Visitor | undefined
  let owner = ''
  after(() => program?.stop())

  const open = async (env: Record<string, string> = {}): Promise<Program> => {
    program = await startProgram({ port: await freePort(), dataDir, env })
    return program
  }

  test('migrate makes the database, and again does no harm', async () => {
    assert.equal((await json('migrate'))['upToDate'], true)
    const { code, out } = await cloudrun('migrate')
    assert.deepEqual([code, out], [0, 'The database is up to date, and agrees with the data map.\n'])
  })

  test('a demo moves into an empty house, and into no other', async () => {
    const made = await json('demo --people 25')
    assert.equal(made['people'], 25)
    owner = String(made['owner'])
    const { code, told } = await cloudrun('demo --people 25')
    assert.equal(code, 1)
    assert.match(told, /^cloudrun: There are people in .* already/)
  })

  test('by HTTP alone somebody registers, and is inside', async () => {
    const { origin } = await open()
    ada = new Visitor(origin)
    assert.equal(await ada.post('/sign-up', { name: 'Ada Lovelace', email: 'ada@lovelace.example' }), 303)
    const letter = await letterTo(origin, 'ada@lovelace.example')
    assert.equal(await ada.post('/sign-in/code', { code: /^\s*(\d{6})\s*$/m.exec(letter)?.[1] ?? '' }), 303)
    assert.match(await ada.read('/account'), /Ada Lovelace/)
  })

  test('after a restart the cookie still works, with a secret from a file too', async () => {
    const cookie = ada?.cookie
    assert(cookie)
    await program?.stop()
    const secret = join(dataDir, 'secret')
    const { origin } = await open({ SECRET_FILE: secret })
    const page = await fetch(`${origin}/account`, { headers: { cookie }, redirect: 'manual' })
    assert.equal(page.status, 200)
    assert.match(await page.text(), /Ada Lovelace/)
  })

  test('while it runs, the team and people are served by command', async () => {
    const added = await json('staff add grace@example.org --role support')
    assert.deepEqual([added['role'], added['isNew']], ['support', true])
    assert.equal((await cloudrun('staff add grace@example.org --role king')).code, 2)
    const { code, told } = await cloudrun(`people erase ${owner} --yes`)
    assert.equal(code, 1)
    assert.match(told, /is the last owner: appoint another one first/)
    const held = await json('people show ada@lovelace.example')
    assert.match(JSON.stringify(held), /Ada Lovelace/)
    assert.match((await cloudrun('people show ada@lovelace.example')).out, /^people: 1 /m)
    const file = join(dataDir, 'ada.zip')
    assert.equal((await json(`people export ada@lovelace.example --out ${file}`))['file'], file)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal((await cloudrun('people erase ada@lovelace.example')).code, 2)
    const { receipt } = await json('people erase ada@lovelace.example --yes')
    assert.equal((await fetch(String(receipt).replace(/^https?:\/\/[^/]+/, program?.origin ?? ''))).status, 200)
    assert.equal((await cloudrun('people show ada@lovelace.example')).code, 3)
    assert.equal((await cloudrun('people erase ada@lovelace.example --yes')).code, 3)
  })

  test('whether the promises hold is told by the exit code: they do, one does not, nobody knows', async () => {
    const held = await cloudrun('promises check')
    assert.deepEqual([held.code, held.told], [0, 'All 18 hold.\n'], held.out)
    assert.match(held.out, /^✓ P1 .*columns/)
    // Sessions for a domain in which not all hosts lie.
    const hosts = { COOKIE_DOMAIN: 'example.com', HOSTS: 'example.org' }
    const broken = await cloudrun('promises check p18 P1 --json', hosts)
    assert.equal(broken.code, 1, broken.told)
    const runs = JSON.parse(broken.out) as { promise: string; standing: string; findings: string[] }[]
    assert.deepEqual(
      runs.map(({ promise, standing }) => [promise, standing]),
      [
        ['P1', 'holds'],
        ['P18', 'broken'],
      ],
    )
    assert.match(String(runs[1]?.findings), /example\.org is not in it/)
    assert.equal((await cloudrun('promises check P18', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })).code, 2)
    for (const words of ['promises', 'promises keep', 'promises check P19']) assert.equal((await cloudrun(words)).code, 2, words)
  })

  test('a column that the data map does not answer for stops the next start, by name', async () => {
    const database = await program?.database()
    await database?.query('alter table people add column phone text')
    await database?.end()
    await program?.stop()
    const refused = await cloudrun('start', { PORT: String(await freePort()) })
    assert.equal(refused.code, 1)
    assert.match(refused.told, /people\.phone/)
    assert.equal((await cloudrun('migrate')).code, 1)
  })
})
