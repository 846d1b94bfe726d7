/**
 * Every door, tried by people who should not get in. The doors are read from the program, so that a
 * new one is tried from the day on which it is made.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, addressOf, type Door, knock, leadsTo, parametersOf } from './doors.ts'
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

// /dev/mail shows every letter to everybody. It exists in development only.
for (const door of doors.filter(({ path }) => path !== '/dev/mail')) {
  test(`${door.method} ${door.path}: nothing of Ada's for a visitor or for Mallory`, async () => {
    const before = await adas()
    const numbers = numbersIn(before)
    assert(numbers.length > 1)
    for (const number of parametersOf(door).length > 0 ? numbers : numbers.slice(0, 1)) await tryNumber(door, number)
    assert.deepEqual(await adas(), before)
  })
}

async function tryNumber(door: Door, number: string): Promise<void> {
  await house.query('delete from throttles')
  const with_ = (value: string) => form(door, addressOf(door, value), { id: value, person: value, session: value })
  for (const who of ['visitor', 'mallory'] as const) {
    const jar = async () => (who === 'visitor' ? visitor : mallory())
    const hers = await knock(app, with_(number), await jar())
    assert(!showsAda(hers), `shows Ada to ${who}`)
    if (parametersOf(door).length === 0) continue
    const none = await knock(app, with_(nobodys(number)), await jar())
    assert.deepEqual(alike(hers, number), alike(none, nobodys(number)), `tells ${who} that there is something`)
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

test('a malformed parameter is a refusal, never a fault', async () => {
  const queries = ['then', 'q', 'page', 'sort', 'order', 'after', 'before', 'changed', 'why', 'role', 'from', 'id', 'state', 'at', 'in']
  for (const door of doors) {
    await house.query('delete from throttles')
    for (const value of MALFORMED) {
      const query = new URLSearchParams(queries.map((name) => [name, 'VALUE'] as [string, string]))
        .toString()
        .replaceAll('VALUE', value.replaceAll('#', ''))
      const repeated = `then=${value}&then[]=${value}&q=${value}&q=${value}`
      const fields = [...new URLSearchParams(String(form(door, door.path).body ?? '')).keys()]
      const bad = Object.fromEntries(fields.map((name) => [name, decoded(value)]))
      for (const who of [visitor, ada]) {
        const path = addressOf(door, value)
        if (door.method === 'GET')
          for (const search of [query, repeated]) await knock(app, { method: 'GET', path: `${path}?${search}` }, who)
        else if (who === visitor || path !== door.path) await knock(app, form(door, path, bad), who)
      }
    }
  }
})

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
