/** What the two benchmarks of updates share: a sink, a house full of subscribers, an issue to them. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { now } from '../src/clock.ts'
import type { Id } from '../src/log.ts'
import { welcome } from '../src/people/person.ts'
import { begin, edit, issueOf, progressOf, schedule } from '../src/updates/issue.ts'
import type { House } from '../src/web/house.ts'

/** What the sink has taken. */
export interface Taken {
  readonly letters: number
  readonly readers: number
  readonly twice: readonly string[]
  readonly all: readonly string[]
}

export interface Sink {
  readonly url: string
  ask(what: 'count' | 'all'): Promise<Taken>
  close(): void
}

export const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** Starts the sink in a process of its own. */
export async function openSink(): Promise<Sink> {
  const child: ChildProcess = fork(here('sink.ts'))
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `smtp://127.0.0.1:${port}`,
    ask: async (what) => {
      child.send(what)
      const [taken] = (await once(child, 'message')) as [Taken]
      return taken
    },
    close: () => child.disconnect(),
  }
}

// Domains as unevenly as they are: a quarter at one provider, a long tail of small ones.
const FILL = `
  with made as (
    insert into people (id, name, email, joined_at)
    select uuidv7(), 'Reader ' || i, 'reader' || i || '@' || case when i % 4 = 0 then 'large.example' when i % 4 = 1 then 'second.example'
             else 'd' || (i % 5000) || '.example' end, now() - interval '1 day'
      from generate_series(1, $1::int) i on conflict do nothing returning id)
  insert into subscriptions (id, person_id, topic, language, wording, source, asked_at, confirmed_at)
  select uuidv7(), id, 'bench', 'en', 'yes', 'bench', now(), now() from made`

/** Subscribes so many people to the topic \`bench\`. */
export async function subscribeMany(client: pg.Client, readers: number): Promise<void> {
  await client.query(
    `insert into topics (slug, title, says, place, made_at, changed_at) values ('bench', 'Bench', 'Now and then', 9, now(), now()) on conflict do nothing`,
  )
  // Finding people is not what is measured; its index would take most of the time here.
  await client.query('drop index if exists people_search')
  await client.query(FILL, [readers])
  await client.query('vacuum analyze people')
  await client.query('vacuum analyze subscriptions')
}

const words = `Hello {{name|there}},

this month we made Log Search faster. You find what you look for in half of the time, and the page says how long it took.

## Log Search

See [how to search](/help) and tell us what you think.

- Faster searches
- A page of its own for each search

${'A paragraph of the kind that such letters have, neither short nor long, so that the letter is of a usual size. '.repeat(12)}

Until next month.`

/** An issue to all of them, due now. */
export async function dueIssue({ db }: House): Promise<Id> {
  const author = await db.as('security', (tx) => welcome(tx, { name: 'Author', email: 'author@bench.example' }))
  const by = author.person.id
  return db.as('updates', async (tx) => {
    const issueId = await begin(tx, { topic: 'bench', by })
    const draft = { subject: 'What is new for {{name|you}}', preheader: 'Log Search finds things twice as fast.', body: words }
    await edit(tx, { issueId, by, topic: 'bench', narrowed: {}, ...draft })
    await schedule(tx, { issueId, by, sendAt: now(), zone: 'UTC' })
    return issueId
  })
}

export const standingOf = async ({ db }: House, id: Id) => (await db.as('updates', (tx) => issueOf(tx, id)))?.standing
export const countsOf = ({ db }: House, id: Id) => db.as('updates', (tx) => progressOf(tx, id))
