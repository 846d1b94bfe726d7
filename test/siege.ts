/**
 * The house under siege. Ada has what a customer can have; Mallory is a customer with bad intent; a
 * visitor is nobody.
 */
import type { Hono } from 'hono'
import { openApp } from '../src/app.ts'
import type { Web } from '../src/web/house.ts'
import type { Browser } from './browser.ts'
import { type Door, doorsOf, type Form, formsIn, type Knock, knock, leadsTo } from './doors.ts'
import { openTestHouse, registeredTables, type TestHouse } from './harness.ts'
import { type Furnished, furnish } from './pages.ts'

export const ADA = { name: 'Ada Lovelace', email: 'ada@example.org' }
// What anybody may cause by typing her address at the door: a counter, a code that waits, a letter, a request that waits for her.
const ANYBODYS = new Set(['throttles', 'attempts', 'letters', 'requests', 'request_steps', 'request_letters', 'request_keys'])

export interface Siege {
  readonly house: TestHouse
  readonly app: Hono<Web>
  readonly doors: readonly Door[]
  readonly furnished: Furnished
  readonly visitor: Browser
  /** A customer, signed in; a new one when the last attempt signed her out or erased her. */
  mallory(): Promise<Browser>
  /** Everything in the database that is Ada's, but for what anybody may cause by typing her address. */
  adas(): Promise<Record<string, string[]>>
  /** A door, with the fields that its forms have, filled in, and others beside them. */
  form(door: Door, path: string, more?: Record<string, string>): Knock
}

/** Opens a furnished house and reads its doors from the program. */
export async function openSiege(): Promise<Siege> {
  const house = await openTestHouse()
  const app = openApp(house.house)
  const furnished = await furnish(house)
  const forms = await formsOf(furnished)
  return {
    house,
    app,
    furnished,
    doors: doorsOf(app),
    visitor: house.browser(),
    mallory: malloryOf(house, app),
    adas: () => adasRows(house),
    form: ({ method, path }, to, more = {}) => ({
      method,
      path: to,
      ...(method === 'GET' ? {} : { body: new URLSearchParams({ ...filled(forms, { method, path }), ...more }) }),
    }),
  }
}

async function formsOf({ browsers, pages }: Furnished): Promise<Form[]> {
  const forms: Form[] = []
  for (const { as, path, form } of pages) if (!form) forms.push(...formsIn(await browsers[as].read(path)))
  return forms
}

const typed: Readonly<Record<string, string>> = {
  name: 'Mallory Malone',
  email: 'elsewhere@example.net',
  code: '000000',
  password: 'a long enough pass phrase',
  then: '/account',
}

function filled(forms: readonly Form[], door: Door): Record<string, string> {
  const known = forms.filter(({ action }) => leadsTo(door, action)).flatMap(({ fields }) => Object.entries(fields))
  return Object.fromEntries(known.map(([name, value]) => [name, typed[name] ?? value]))
}

function malloryOf(house: TestHouse, app: Hono<Web>): () => Promise<Browser> {
  let jar: Browser | undefined
  let comings = 0
  return async () => {
    if (jar && (await knock(app, { method: 'GET', path: '/account' }, jar)).status === 200) return jar
    await house.query('delete from throttles')
    jar = await house.person('Mallory Malone', `mallory${++comings}@example.net`)
    return jar
  }
}

async function adasRows(house: TestHouse): Promise<Record<string, string[]>> {
  const [ada] = await house.query<{ id: string }>('select id from people where email = $1', [ADA.email])
  const tables = registeredTables().filter((table) => !ANYBODYS.has(table))
  const rows: Record<string, string[]> = Object.fromEntries(tables.map((table) => [table, []]))
  // Asked at once: it is asked after every door.
  const ofTable = (table: string): string =>
    `select '${table}' as name, t::text as row from "${table}" t where position($1 in t::text) > 0 or position($2 in t::text) > 0`
  const found = await house.query<{ name: string; row: string }>(`${tables.map(ofTable).join(' union all ')} order by 1, 2`, [
    ada?.id ?? 'gone',
    ADA.email,
  ])
  // That she was here this hour is noted with the first page of the hour, and no change.
  for (const { name, row } of found) rows[name]?.push(name === 'sessions' ? row.replace(/"\d{4}-[^"]+"/g, '') : row)
  return rows
}

/** Ids and hashes of her rows: what somebody might have seen, and must get nothing for. */
export const numbersIn = (rows: Record<string, string[]>): string[] => [
  ...new Set(
    Object.values(rows)
      .flat()
      .join('\n')
      .match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=[(,])[\w-]{43}(?=[,)])/g) ?? [],
  ),
]

/** A number of the same kind that nobody has. */
export const nobodys = (number: string): string =>
  number.length === 36 ? '01890000-0000-7000-8000-000000000000' : 'x'.repeat(number.length)
