/** What the demo's company has written: issues that went out, one that waits for its day, one at the desk. */
import type { InferInsertModel } from 'drizzle-orm'
import { DAY, HOUR, MINUTE } from './clock.ts'
import type { Chance } from './demo-names.ts'
import { idAt, put } from './demo-rows.ts'
import type { Id } from './log.ts'
import { slugOf } from './updates/issue.ts'
import { type Act, issueActs, issues, sendings } from './updates/issue-tables.ts'
import type { House } from './web/house.ts'

interface Told {
  readonly topic: string
  readonly subject: string
  readonly preheader: string
  readonly body: string
  /** Days before the story ends; without it, it has not gone. */
  readonly ago?: number
  /** Days after the story ends on which it is to go. */
  readonly ahead?: number
}

const told: readonly Told[] = [
  {
    topic: 'news',
    ago: 96,
    subject: 'A page that says what we know about you',
    preheader: 'Everything that is kept, field by field, and a button for each right.',
    body: 'Hello {{name|there}},\n\nthere is a new page in your account. It shows everything that we keep about you: field by field, why, and for how long. You can take a copy, correct it, or erase all of it, without asking anybody.\n\nThe [privacy policy](/privacy) has not changed. What it promises is now a page.\n',
  },
  {
    topic: 'services',
    ago: 41,
    subject: 'Log Search finds things twice as fast',
    preheader: 'The same searches, in half of the time.',
    body: 'Hello {{name|there}},\n\n[Log Search](/services/log-search) has a new index. What took two seconds takes one.\n\n- Searches by field begin to answer while you type\n- A search has an address of its own that you can send to a colleague\n- Nothing to switch on: it is there\n',
  },
  {
    topic: 'news',
    ago: 9,
    subject: 'What is new this autumn',
    preheader: 'Status pages, and a smaller bill for small things.',
    body: 'Hello {{name|there}},\n\nthree things that we are glad about:\n\n1. [Status pages](/services/status-pages) can be read without scripts.\n2. [Small Hosting](/services/small-hosting) counts by the minute.\n3. You can sign in with a passkey.\n\nUntil winter.\n',
  },
  {
    topic: 'events',
    ahead: 3,
    subject: 'An open evening in Miami',
    preheader: 'Come and ask us anything.',
    body: 'Hello {{name|there}},\n\non the first Thursday of the month our door is open from six. There is coffee, and everybody who builds what you use.\n',
  },
  { topic: 'services', subject: 'Scheduled Runs learns to wait', preheader: '', body: 'Hello {{name|there}},\n\n(to be written)\n' },
]

interface Story {
  readonly roll: Chance
  readonly until: Date
}

type IssueRow = InferInsertModel<typeof issues> & { id: Id }

/** Brings in the issues; of those that went out only the counts are left, as after three months. */
export async function bringIssues(house: House, { roll, until }: Story, authors: readonly Id[]): Promise<void> {
  const [first = null, second = null] = authors
  const rows = told.map((one) => issueOf({ roll, until }, one))
  const done = rows.flatMap((issue, i) => actsOf(told[i] ?? {}, issue, { roll, first, second }))
  const counts = rows.filter((_, i) => told[i]?.ago !== undefined).map((issue, i) => countsOf(roll, issue, 320 + 90 * i))
  await house.db.as('updates', async (tx) => {
    await put(tx, issues, rows)
    await put(tx, issueActs, done)
    await put(tx, sendings, counts)
  })
}

function issueOf({ roll, until }: Story, { ago, ahead, ...words }: Told): IssueRow {
  const sendAt = ago !== undefined ? at(until, -ago * DAY) : ahead !== undefined ? at(until, ahead * DAY) : null
  const begunAt = ago !== undefined ? at(until, -ago * DAY - 5 * HOUR) : at(until, -5 * HOUR)
  const id = idAt(roll, begunAt)
  const zone = sendAt ? 'America/New_York' : null
  return { id, slug: slugOf(words.subject, id), ...words, narrowed: {}, begunAt, editedAt: at(begunAt, 2 * HOUR), sendAt, zone }
}

const at = (from: Date, ms: number): Date => new Date(from.getTime() + ms)

function actsOf(
  { ago, ahead }: Pick<Told, 'ago' | 'ahead'>,
  issue: IssueRow,
  { roll, first, second }: { roll: Chance; first: Id | null; second: Id | null },
) {
  const act = (act: Act, byId: Id | null, doneAt: Date): InferInsertModel<typeof issueActs> => ({
    id: idAt(roll, doneAt),
    issueId: issue.id,
    act,
    byId,
    doneAt,
  })
  const done = [act('begun', second, issue.begunAt), act('edited', second, issue.editedAt)]
  if (issue.sendAt && (ago !== undefined || ahead !== undefined)) done.push(act('scheduled', first, at(issue.editedAt, HOUR)))
  if (issue.sendAt && ago !== undefined) done.push(act('started', null, issue.sendAt), act('finished', null, at(issue.sendAt, 4 * MINUTE)))
  return done
}

function countsOf(roll: Chance, issue: IssueRow, total: number): InferInsertModel<typeof sendings> {
  const some = (most: number): number => Math.floor(roll() * (most + 1))
  const [refused, left, uncertain] = [1 + some(4), 1 + some(3), some(1)]
  const taken = total - refused - left - uncertain
  return {
    issueId: issue.id,
    fixedAt: issue.sendAt ?? issue.begunAt,
    total,
    taken,
    refused,
    left,
    uncertain,
    cancelled: 0,
    bounced: 2 + some(6),
    complained: some(1),
  }
}
