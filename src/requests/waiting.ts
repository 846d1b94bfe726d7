/** Requests that need somebody: by the day on which the first must be answered; and finding one by its number. */
import { asc, eq, isNull, sql } from 'drizzle-orm'
import { MOST_COUNTED, type Waiting } from '../staff/waiting.ts'
import { type Finder, MOST_HITS } from '../staff/finder.ts'
import { kindWords } from './office-words.ts'
import { requests } from './tables.ts'

export const requestsWait: Waiting = {
  ability: 'requests',
  look: ({ db }) =>
    db.as('legal', async (tx) => {
      const open = await tx
        .select({ answerBy: requests.answerBy })
        .from(requests)
        .where(isNull(requests.closedAt))
        .orderBy(asc(requests.answerBy))
        .limit(MOST_COUNTED)
      const [first] = open
      const says = ['request about data is open', 'requests about data are open'] as const
      return [{ count: open.length, says, href: '/staff/requests', until: first && new Date(`${first.answerBy}T23:59:59Z`) }]
    }),
}

/** The end of a number, as the console shows it. */
const SHORT = /^[0-9a-f]{8}$/i

export const requestFinder: Finder = {
  ability: 'requests',
  title: 'Requests',
  find: ({ db }, { text, id }) =>
    db.as('legal', async (tx) => {
      if (!id && !SHORT.test(text)) return []
      const which = id ? eq(requests.id, id) : sql`right(${requests.id}::text, 8) = ${text.toLowerCase()}`
      const rows = await tx
        .select({ id: requests.id, kind: requests.kind, closedAt: requests.closedAt })
        .from(requests)
        .where(which)
        .limit(MOST_HITS)
      return rows.map((row) => ({
        href: `/staff/requests/${row.id}`,
        text: `${kindWords[row.kind]} ${row.id.slice(-8)}`,
        note: row.closedAt ? 'closed' : 'open',
      }))
    }),
}
