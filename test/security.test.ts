/** docs/security.md: every requirement has an answer, and every test that it names is there; and what the sources must not do. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { requirements } from './asvs.ts'
import { codeIn, openTestHouse } from './harness.ts'

const read = (file: string): string => readFileSync(file, 'utf8')
const states = ['met', 'partly', 'missing', 'does not apply']

const rows = [...read('docs/security.md').matchAll(/^\| (\d+\.\d+\.\d+ \(L\d\).*?) \| (.*?) \| (.*) \| (.*) \|$/gm)].map(
  ([, ids = '', state = '', answer = '', shown = '']) => ({
    ids: [...ids.matchAll(/(\d+\.\d+\.\d+) \(L(\d)\)/g)].map(([, id = '', level]) => ({ id, level: Number(level) })),
    state,
    answer,
    shown: [...shown.matchAll(/`([^`]+)`: (.*?)(?=; `|\s*$)/g)].map(([, file = '', name = '']) => ({ file, name })),
  }),
)

test('every requirement has one answer', () => {
  const answered = rows.flatMap(({ ids }) => ids)
  assert(answered.length > 250)
  assert.deepEqual(answered.map(({ id }) => id).toSorted(), Object.keys(requirements).toSorted())
  for (const { id, level } of answered) assert.equal(level, requirements[id], id)
  for (const { ids, state, answer } of rows) assert(states.includes(state) && answer.length > 15, ids[0]?.id)
  const count = (state: string): number => rows.filter((row) => row.state === state).reduce((sum, { ids }) => sum + ids.length, 0)
  const [, ...told] =
    /Of (\d+) requirements that could apply, (\d+) are met, (\d+) partly, (\d+) are missing, and (\d+) do not apply/.exec(
      read('docs/security.md'),
    ) ?? []
  assert.deepEqual(told.map(Number), [answered.length, ...states.map(count)])
})

test('every test that shows an answer is there, and an answer without one says what is missing', () => {
  for (const { ids, state, shown } of rows) {
    for (const { file, name } of shown) {
      assert(existsSync(file), `${ids[0]?.id}: there is no ${file}`)
      const tests = read(file).replaceAll("\\'", "'")
      const lines = tests.split('\n').filter((line) => /^\s*(void )?(test|it)\(/.test(line) || /^\s*[`'"]/.test(line))
      assert(
        lines.some((line) => line.includes(name)),
        `${ids[0]?.id}: ${file} has no test "${name}"`,
      )
    }
    // What is so by the absence of something cannot be shown by a test of it.
    const absent = ['6.2.10', '6.4.2', '15.1.4'].includes(ids[0]?.id ?? '')
    assert(shown.length > 0 || state !== 'met' || absent, `${ids[0]?.id} is met, and nothing shows it`)
  }
})

// The checks of promises name what they look for.
const sources = globSync('src/**/*.{ts,tsx}').filter((file) => !/\.test\.tsx?$|^src\/promises\//.test(file))

test('the sources use no shell, no evaluated text, no weak hash and no unsafe inner HTML', () => {
  const never: readonly (readonly [RegExp, string])[] = [
    [/\beval\(|\bnew Function\(|from 'node:vm'/, 'evaluates text'],
    [/\bshell: true|import \{[^}]*\bexec(Sync)?\b[^}]*\} from 'node:child_process'/, 'uses a shell'],
    [/createHash\('(md5|sha1|md4)'\)|createHmac\('(md5|sha1)'|aes-\d+-(ecb|cbc)/i, 'uses a weak algorithm'],
    [/\.innerHTML\s*=|\.outerHTML\s*=|insertAdjacentHTML|document\.write/, 'writes markup into a page'],
    [/\blocalStorage\b|\bsessionStorage\b|indexedDB/, 'keeps something in the browser'],
    [/\bpostMessage\(/, 'speaks to other windows'],
    [/rejectUnauthorized: false|NODE_TLS_REJECT_UNAUTHORIZED/, 'believes any certificate'],
    [/Math\.random\(\)/, 'guesses numbers that others can guess'],
  ]
  // Invented people, and by how much a next try is put off, need no secret numbers.
  // That somebody of the team wants no keys in the console is a preference of that browser, and nothing else is kept there.
  const harmless = (file: string, what: string): boolean =>
    (what.startsWith('guesses') && /^src\/demo|^src\/navigation\/(script|hand-over)\.ts|^src\/programs\/delivery\.ts/.test(file)) ||
    (what.startsWith('keeps') && file === 'src/web/keys.ts')
  const found = sources.flatMap((file) =>
    never.filter(([pattern, what]) => pattern.test(read(file)) && !harmless(file, what)).map(([, what]) => `${file} ${what}`),
  )
  assert.deepEqual(found, [])
})

test('sign-ins are logged both ways, refusals too, and no secret is in the log', async () => {
  const house = await openTestHouse()
  const ada = await house.person('Ada Lovelace')
  const password = 'gorse hedge 7 lantern'
  await ada.post('/account/security/password', { password })
  const stranger = house.browser()
  await stranger.post('/sign-in', { email: 'ada.lovelace@example.org', password: 'not this one at all' })
  await stranger.post('/sign-in', { email: 'ada.lovelace@example.org', password })
  const letters = house.browser()
  await letters.post('/sign-in', { email: 'ada.lovelace@example.org' })
  const code = codeIn((await house.inbox('ada.lovelace@example.org'))[0])
  await letters.post('/sign-in/code', { code: code === '000000' ? '000001' : '000000' })
  await letters.post('/sign-in/code', { code })
  await stranger.get('/staff')
  await stranger.get('/nothing\r\n{"event":"forged"}')
  const lines = house.log.map((line) => JSON.parse(line) as Record<string, unknown>)
  const events = lines.map(({ event, right }) => `${String(event)} ${String(right)}`)
  for (const expected of ['sessions.password false', 'sessions.password true', 'sessions.code false', 'sessions.code true'])
    assert(events.includes(expected), expected)
  assert(lines.some(({ event }) => event === 'web.refused'))
  for (const line of lines) {
    assert.match(String(line['at']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.match(String(line['level']), /^(info|warn|error)$/)
    assert.notEqual(line['event'], 'forged')
  }
  const all = house.log.join('\n')
  const session = [...letters.cookies.values()].join(' ')
  for (const secret of [password, 'ada.lovelace', 'Lovelace', ...session.split(' ')])
    assert(!all.includes(secret), 'something secret is in the log')
  assert(!new RegExp(`\\b${code}\\b`).test(all.replaceAll(/"at":"[^"]*"/g, '')), 'a code is in the log')
})
