/** P8: nobody is known before they say who they are, and what was anonymous stays so. */
import { columnsOf, rightsTo } from './catalog.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p8: Promised = {
  name: 'P8',
  says: 'Visitors are anonymous until they choose to identify themselves, by answering an e-mail invitation or by registering. Identifying oneself never reaches back: what was anonymous stays anonymous.',
  keptBy: [
    { file: 'src/navigation/sight.ts', says: 'whoever signs in has another number than before: nothing connects the two' },
    { file: 'src/navigation/personal-action.ts', says: 'what somebody looks at is noted from the day on which they allowed it' },
    { file: 'src/database/purposes.ts', says: 'whoever sees visits sees no people, and the reverse' },
    { job: 'navigation.fold', says: 'leaves counts, and nobody’s number' },
  ],
  looksAt:
    'What connects visits with people in the database: keys, columns, and logins that may read both; whether a report of a visit gets a cookie; and whether anything personal was noted before its person allowed it.',
  async check(look) {
    await lookAtKeys(look)
    await lookAtLogins(look)
    await lookAtReport(look)
    await look.none('questions about what was noted', {
      purpose: 'personalisation',
      text: `select a.day_at::date || ' ' || a.page as id from personal_actions a
              join (select person_id, decided_at from navigation_choices where choice = 'personal' order by decided_at desc limit 2000) c on c.person_id = a.person_id
              where a.day_at < date_trunc('day', c.decided_at at time zone 'utc') at time zone 'utc'`,
      says: 'something was noted about somebody from before they allowed it',
    })
  },
}

/** Tables of what visitors do, whom nobody can name. */
const ANONYMOUS = ['action_batches', 'actions', 'tallies', 'folded_columns', 'folded_days', 'paces', 'salts', 'history_tallies']
const SOMEBODY = /(^|_)(person|people|user|account|session|customer|email|consent|name)(_|$)/

async function lookAtKeys(look: Look): Promise<void> {
  const columns = (await columnsOf(look)).filter(({ table }) => ANONYMOUS.includes(table))
  const named = columns.filter(({ table, name }) => SOMEBODY.test(name) && `${table}.${name}` !== 'folded_columns.name')
  look.find(...named.map(({ table, name }) => `a visit could be somebody’s: ${table}.${name}`))
  const keys = await look.rows<{ name: string }>(
    'operations',
    `select conname as name from pg_constraint where contype = 'f'
        and (conrelid::regclass::text = any($1) or confrelid::regclass::text = any($1))
        and not (conrelid::regclass::text = 'history_tallies' and confrelid::regclass::text = 'history_imports')`,
    [ANONYMOUS],
  )
  look.count('tables of visits', ANONYMOUS.length)
  look.find(...keys.map(({ name }) => `a key leads from visits to something else, or back: ${name}`))
}

const PEOPLE = ['people', 'sessions', 'attempts', 'navigation_choices', 'personal_actions']

/** No login reads visits and people: whoever has both could lay one beside the other. */
async function lookAtLogins(look: Look): Promise<void> {
  const visits = new Set(
    (await rightsTo(look, 'select', ['action_batches', 'actions', 'salts']))
      .filter(({ column }) => column !== 'day')
      .map(({ login }) => login),
  )
  const people = new Set((await rightsTo(look, 'select', PEOPLE)).map(({ login }) => login))
  look.find(...[...visits].filter((login) => people.has(login)).map((login) => `a login may read visits and people: ${login}`))
}

// An empty report is refused, and nothing is counted.
async function lookAtReport(look: Look): Promise<void> {
  const { headers } = await look.get('/n', { method: 'POST', body: '[]' })
  if (headers.has('set-cookie')) look.find('a report of a visit is answered with a cookie')
  if (headers.get('cache-control') !== 'no-store') look.find('the answer to a report of a visit could be kept, and recognised')
}
