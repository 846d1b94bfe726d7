/**
 * Every door, tried by people who should not get in. The doors are read from the program, so that a
 * new one is tried from the day on which it is made.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from './browser.ts'
import { type Answer, addressOf, type Door, type Knock, knock, leadsTo, parametersOf } from './doors.ts'
import { ADA, nobodys, numbersIn, openSiege } from './siege.ts'

const { house, app, doors, furnished, visitor, mallory, adas, form } = await openSiege()
const { pages, browsers } = furnished
const { ada } = browsers

/** An answer without what may differ: the request's number, and the value that was asked for. */
const alike = ({ status, headers, text }: Answer, value: string): object => ({
  status,
  location: headers.get('location')?.replaceAll(value, '…'),
  text: text
    .replaceAll(value, '…')
    .replace(/Number of this request: [\w-]+|urn:request:[\w-]+|urn:request:[\w-]+|<code>[\w-]{12}<\/code>/, ''),
})

const showsAda = ({ text }: Answer): boolean => text.includes(ADA.name) || text.includes(ADA.email)

/** What was Ada's before a door was tried: what it was after the one before. */
let before = await adas()

// /dev/mail shows every letter to everybody. It exists in development only.
for (const door of doors.filter(({ path }) => path !== '/dev/mail')) {
  test(`${door.method} ${door.path}: nothing of Ada's for a visitor or for Mallory`, async () => {
    const [numbers, earlier] = [numbersIn(before), before]
    assert(numbers.length > 1)
    const none = new Map<string, object>()
    for (const number of parametersOf(door).length > 0 ? numbers : numbers.slice(0, 1)) await tryNumber(door, number, none)
    before = await adas()
    assert.deepEqual(before, earlier)
  })
}

/** Tries one of Ada's numbers; `none` keeps what one that nobody has gets there. */
async function tryNumber(door: Door, number: string, none: Map<string, object>): Promise<void> {
  await house.query('delete from throttles')
  const with_ = (value: string) => form(door, addressOf(door, value), { id: value, person: value, session: value })
  for (const who of ['visitor', 'mallory'] as const) {
    const jar = async () => (who === 'visitor' ? visitor : mallory())
    const hers = await knock(app, with_(number), await jar())
    assert(!showsAda(hers), `shows Ada to ${who}`)
    if (parametersOf(door).length === 0) continue
    const key = `${who} ${number.length}`
    const nothing = none.get(key) ?? alike(await knock(app, with_(nobodys(number)), await jar()), nobodys(number))
    none.set(key, nothing)
    assert.deepEqual(alike(hers, number), nothing, `tells ${who} that there is something`)
  }
}

test('every page that a route shows is on the list of pages that the browser looks at', () => {
  const machines =
    /^\/(assets\/|n\.(js|gif)$|updates\/images\/|staff\/(requests|demands)\/:id\/papers\/|drp\/|livez|readyz|metrics|api\/v1\/|favicon|robots|\.well-known)|\.(json|jsonld|yml|csv|md|txt|xml|html|zip)$/
  const missed = doors.filter(
    (door) => door.method === 'GET' && !machines.test(door.path) && !pages.some(({ path, form }) => !form && leadsTo(door, path)),
  )
  assert.deepEqual(
    missed.map(({ path }) => path),
    [],
  )
})

test('every method that a path does not have is refused, overridden or not', async () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY', 'X']
  const before = await adas()
  for (const path of new Set(doors.map(({ path }) => path))) {
    const has = new Set(doors.filter((door) => door.path === path).map(({ method }) => method))
    if (has.has('GET')) has.add('HEAD')
    for (const method of methods.filter((method) => !has.has(method))) {
      for (const overriding of [{}, { 'x-http-method-override': [...has][0] ?? '' }]) {
        const { status } = await knock(app, { method, path: addressOf({ method, path }, 'x'), headers: overriding }, ada)
        assert([400, 404, 405].includes(status), `${method} ${path}: ${status}`)
      }
    }
    if (!has.has('GET') || has.has('POST')) continue
    const overridden = await knock(
      app,
      { method: 'POST', path: `${addressOf({ method: 'POST', path }, 'x')}?_method=GET`, body: new URLSearchParams({ _method: 'GET' }) },
      ada,
    )
    assert([404, 405].includes(overridden.status), `POST as GET ${path}: ${overridden.status}`)
  }
  assert.deepEqual(await adas(), before)
})

test('HEAD answers as GET does, without a body', async () => {
  for (const path of [...new Set(pages.filter(({ form, as }) => !form && as !== 'waiting').map(({ path }) => path))]) {
    const [get, head] = [await knock(app, { method: 'GET', path }, ada), await knock(app, { method: 'HEAD', path }, ada)]
    assert.deepEqual([head.status, head.text, head.headers.get('content-type')], [get.status, '', get.headers.get('content-type')], path)
  }
})

/** `THOROUGH=yes` tries every value at every door: some minutes. */
const THOROUGH = process.env['THOROUGH'] === 'yes'

const MALFORMED = [
  '%00',
  'a%00b',
  '%',
  '%zz',
  '%ff%fe',
  '%E0%A4%A',
  '%F0%9F%92%A9',
  '%E2%80%AE',
  '..',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f',
  '....//',
  'x'.repeat(5000),
  '%7B%22a%22%3A1%7D',
  '%5B%5D',
  '[]',
  '{}',
  "'%20or%201=1--",
  '%22%3E%3Cscript%3E',
  'null',
  'undefined',
  '-1',
  '1e999',
  '0x10',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  '%0d%0aX-Injected:%201',
  '${7*7}',
  '%25s%25n',
  '00000000-0000-0000-0000-000000000000',
  '01890000-0000-7000-8000-00000000000g',
  '%C0%AF',
  '%u0000',
  ';ls',
  '99999999999999999999',
  '9223372036854775808',
  '2147483648',
]

const NAMES = [
  ...['then', 'q', 'page', 'sort', 'order', 'after', 'before', 'changed', 'why', 'role', 'from', 'id', 'state', 'at', 'in', 'which'],
  ...['until', 'days', 'clock', 'is.page', 'not.channel', 'kind', 'mailbox', 'subject', 'state', 'version', 'by'],
]

/** A door, asked with a value that makes no sense, in its address, its query and its fields. */
function nonsense(door: Door, value: string, twice: boolean): Knock {
  const path = addressOf(door, value)
  const said = value.replaceAll('#', '')
  const query = new URLSearchParams(NAMES.map((name) => [name, 'VALUE'] as [string, string])).toString().replaceAll('VALUE', said)
  if (door.method === 'GET') return { method: 'GET', path: `${path}?${twice ? `then=${said}&then[]=${said}&q=${said}&q=${said}` : query}` }
  const fields = [...new URLSearchParams(String(form(door, door.path).body ?? '')).keys()]
  return form(door, path, Object.fromEntries(fields.map((name) => [name, decoded(value)])))
}

/** Whom a door lets in far enough to read what they sent: the others get one answer, whatever it was. */
async function readersOf(door: Door): Promise<Browser[]> {
  const isStaffs = door.path.startsWith('/staff')
  const readers: Browser[] = []
  for (const who of [visitor, isStaffs ? browsers.owner : ada]) {
    // What forms of hers without a number do is meant, and would end her session.
    if (who === ada && door.method !== 'GET' && parametersOf(door).length === 0) continue
    const answers = [await knock(app, nonsense(door, 'x', false), who), await knock(app, nonsense(door, '%00', false), who)]
    const shut = answers.every(({ status, headers }) => status === 303 && headers.get('location')?.startsWith('/sign-in'))
    if (!shut) readers.push(who)
  }
  return readers
}

test('a malformed parameter is a refusal, never a fault', async () => {
  for (const [at, door] of doors.entries()) {
    await house.query('delete from throttles')
    const readers = await readersOf(door)
    // A door gets every third value, without a number in its address every ninth: others than its neighbours.
    const nth = THOROUGH ? 1 : parametersOf(door).length > 0 ? 3 : 9
    const values = MALFORMED.filter((_, number) => number % nth === at % nth)
    for (const [turn, value] of values.entries()) {
      const who = readers[turn % readers.length]
      if (who) await knock(app, nonsense(door, value, turn % 5 === 4), who)
    }
  }
  assert.equal((await knock(app, { method: 'GET', path: '/staff' }, browsers.owner)).status, 200, 'the owner was heard to the end')
})

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
