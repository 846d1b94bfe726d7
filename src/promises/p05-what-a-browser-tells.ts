/** P5: what navigational data is, and who gathers it. */
import { askedOf } from '../processors/analytics-question.ts'
import { columnsOf, type LiveColumn } from './catalog.ts'
import type { Look } from './look.ts'
import { isOurs, loadedBy, publicPages } from './pages-seen.ts'
import type { Promised } from './promise.ts'

export const p5: Promised = {
  name: 'P5',
  says: 'Navigational data is the browser’s name and language, the IP address, and the actions on the websites, gathered by our own analytics and, where the operator switches them on, by third-party analytics services.',
  keptBy: [
    { page: '/privacy/processors', says: 'names every service of others that was switched on' },
    { page: '/n.js', says: 'the script that reports: to our own host alone' },
    { job: 'navigation.fold', says: 'counts a day that is over and drops what it was counted from' },
    { file: 'src/navigation/sight.ts', says: 'what a request shows of its reader, for as long as the request lasts' },
    { file: 'src/navigation/outgoing.ts', says: 'what a service of others is told, and of whom: of those who agreed' },
  ],
  looksAt:
    'The columns of an action, and the lines of the newest; every public page and the script, for anything that a browser would fetch from somebody else; and what waits to be told to services of others, for the answer of whom it is about.',
  async check(look) {
    lookAtColumns(look, await columnsOf(look))
    await lookAtLines(look)
    await lookAtPages(look)
    await lookAtOthers(look)
  },
}

/** An action: when and where it was, how one came there, and of the browser what many have in common. So many a line has. */
const FIELDS = [
  ...['at', 'visitor', 'kind', 'host', 'page', 'label', 'properties', 'amount'],
  ...['referrer', 'channel', 'source', 'medium', 'campaign', 'term', 'content'],
  ...['browser', 'version', 'language', 'device', 'country', 'region', 'zone'],
]
// And when it was written, and in which batch: a batch is a row of lines, or on ClickHouse a number beside each action.
const OF_ACTIONS = new Set([...FIELDS, 'day', 'written', 'count', 'lines', 'batch', 'place'])
const TABLES = ['action_batches', 'actions']

/** Names that would hold more of a browser than that, wherever they stand. */
const MORE =
  /(^|_)(user_?agent|fingerprint|canvas|screen|fonts|plugins|latitude|longitude|geo|city|mac_address|advertising_id|gclid|fbclid)(_|$)/

// A card's fingerprint is compared under a hash of ours, and is no browser's: see P3.
function lookAtColumns(look: Look, columns: readonly LiveColumn[]): void {
  const actions = columns.filter(({ table }) => TABLES.includes(table))
  look.expect('tables of actions', actions.length > 0, 'there is no table of actions')
  look.find(...actions.filter(({ name }) => !OF_ACTIONS.has(name)).map(({ table, name }) => `more is kept of an action: ${table}.${name}`))
  look.find(...columns.filter(({ name }) => MORE.test(name)).map(({ table, name }) => `more is kept of a browser: ${table}.${name}`))
}

async function lookAtLines(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number; wrong: number }>(
    'improvement',
    `select count(*)::int as all, count(*) filter (where array_length(string_to_array(line, e'\\x1f'), 1) <> $1)::int as wrong
       from (select lines from action_batches order by written desc limit 100) as newest, string_to_table(newest.lines, e'\\x1e') as line`,
    [FIELDS.length],
  )
  look.count('actions', row?.all ?? 0)
  look.find(...(row?.wrong ? [`more is kept of an action, in the lines of batches: ${row.wrong}`] : []))
}

async function lookAtPages(look: Look): Promise<void> {
  for (const { path, answer } of await publicPages(look))
    look.find(
      ...loadedBy(answer.text)
        .filter((address) => !isOurs(address, look))
        .map((address) => `${path} makes a browser fetch from elsewhere: ${address}`),
    )
  const script = await look.get('/n.js')
  look.expect('scripts', script.text.includes('sendBeacon'), 'the script reports nothing')
  look.find(...[...script.text.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => `the script names another host: ${address}`))
  look.find(
    ...(/localStorage|sessionStorage|indexedDB|document\.cookie/.test(script.text) ? ['the script keeps something in the browser'] : []),
  )
}

/** A service is told of nobody who did not agree to it, or took it back; and none is on the page that is not switched on. */
async function lookAtOthers(look: Look): Promise<void> {
  await look.none('questions about what waits to be told', {
    purpose: 'personalisation',
    text: `select o.id::text as id from outgoing_actions o join consents c on c.id = o.consent_id
            where not (o.service = any(c.agreed)) or (c.ended_at is not null and c.ended_at < o.due_at - interval '1 day')`,
    says: 'an action waits to be told to a service that its reader did not agree to',
  })
  const page = await look.get('/privacy/processors')
  look.find(
    ...askedOf(look.house.config)
      .filter(({ name }) => !page.text.includes(name))
      .map(({ name }) => `a service of others is not named: ${name}`),
  )
}
