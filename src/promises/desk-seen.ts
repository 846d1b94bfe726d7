/** What the desk for requests and questions has before it: letters that nobody read, terms that have passed, work that was given up. */
import { HOUR, now } from '../clock.ts'
import { dayIn } from '../requests/deadline.ts'
import { DEAD_LETTERS, type JobName } from '../jobs/queue.ts'
import type { Look } from './look.ts'

/** A letter is read within a minute of its coming; an hour later something is wrong. */
export async function unread(look: Look): Promise<void> {
  await look.none('questions about letters that came in', {
    purpose: 'operations',
    text: 'select id::text as id from incoming_letters where read_at is null and received_at < $1',
    values: [new Date(now().getTime() - HOUR)],
    says: 'a letter came in and nobody read it',
  })
}

/** Requests whose last day has passed: neither answered nor told that it takes longer. */
export async function overdue(look: Look, { kinds, says }: { kinds: readonly string[]; says: string }): Promise<void> {
  const today = dayIn(look.house.config.privacyClock.zone, now())
  const [row] = await look.rows<{ open: number }>(
    'legal',
    'select count(*)::int as open from requests where closed_at is null and kind = any($1)',
    [kinds],
  )
  look.count('open requests', row?.open ?? 0)
  await look.none('questions about terms', {
    purpose: 'legal',
    text: 'select id::text as id from requests where closed_at is null and kind = any($1) and answer_by < $2 and (proof_until is null or proven_at is not null)',
    values: [kinds, today],
    says,
  })
}

/** Work that was given up after all its tries, and that nobody tried again. */
export async function givenUp(look: Look, jobs: readonly JobName[]): Promise<void> {
  const rows = await look.rows<{ name: string; many: number }>(
    'operations',
    `select source_name as name, count(*)::int as many from pgboss.job where name = $2 and state = 'created' and source_name = any($1) group by 1`,
    [jobs, DEAD_LETTERS],
  )
  look.count('kinds of work', jobs.length)
  look.find(...rows.map(({ name, many }) => `work was given up: ${many} times ${name}`))
}
