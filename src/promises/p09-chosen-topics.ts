/** P9: what customer data is used for. */
import { DAY, now } from '../clock.ts'
import type { Purpose } from '../database/purposes.ts'
import { rightsTo } from './catalog.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p9: Promised = {
  name: 'P9',
  says: 'Customer data is used to perform and improve the services, to answer the interest that the person showed, and to inform them of Cloudrun, its partners, news and events, by topics that they choose.',
  keptBy: [
    { constraint: 'subscriptions_person', says: 'somebody is subscribed to a topic once, in the words that they agreed to' },
    { page: '/updates', says: 'shows the topics, to choose from' },
    { page: '/account/updates', says: 'shows what one gets, to leave it' },
    { file: 'src/updates/audience.ts', says: 'an issue goes to those who are subscribed to its topic, and to nobody else' },
    { file: 'src/database/purposes.ts', says: 'improving the websites, and suggesting, see no name and no address' },
  ],
  looksAt:
    'Which logins may read names and addresses; whether each of the newest letters of an issue went to somebody who had chosen its topic; and whether each subscription has the words that were agreed to.',
  async check(look) {
    await lookAtLogins(look)
    await lookAtLetters(look)
    await lookAtSubscriptions(look)
  },
}

/** What needs to know whom it is about. The two others get by without. */
const MAY: readonly (Purpose | undefined)[] = ['service', 'updates', 'billing', 'support', 'rights', 'legal', 'security', 'operations']

async function lookAtLogins(look: Look): Promise<void> {
  const rights = (await rightsTo(look, 'select', ['people', 'letters', 'pending', 'attempts'])).filter(
    ({ purpose }) => !MAY.includes(purpose),
  )
  look.find(...rights.map(({ login, table, column }) => `${login} may read ${table}.${column}`))
}

// The newest issues, and of each so many letters: what is wrong with how an issue goes shows in any of them.
const ISSUES = 20
const LETTERS = 2_000

async function lookAtLetters(look: Look): Promise<void> {
  const issues = await look.rows<{ id: string; topic: string; fixed: Date }>(
    'updates',
    `select i.id, i.topic, s.fixed_at as fixed from sendings s join issues i on i.id = s.issue_id where s.fixed_at > $1 order by s.fixed_at desc limit ${ISSUES}`,
    [new Date(now().getTime() - 90 * DAY)],
  )
  look.count('issues', issues.length)
  for (const { id, topic, fixed } of issues) await lookAtIssue(look, { id, topic, fixed })
}

async function lookAtIssue(look: Look, { id, topic, fixed }: { id: string; topic: string; fixed: Date }): Promise<void> {
  const [row] = await look.rows<{ all: number; unasked: number; restricted: number }>(
    'updates',
    `select count(*)::int as all, count(*) filter (where not asked)::int as unasked, count(*) filter (where restricted)::int as restricted from (
       select exists (select from subscriptions s where s.person_id = r.person_id and s.topic = $2 and s.confirmed_at <= $3)
           or exists (select from departures d where d.person_id = r.person_id and d.topic = $2 and d.confirmed_at <= $3 and d.left_at >= $3) as asked,
              exists (select from restrictions x where x.person_id = r.person_id and x.since_at < r.done_at) as restricted
         from recipients r where r.issue_id = $1 and r.due_at between $3 and $3 + interval '3 days' and r.state in ('taken', 'bounced', 'complained', 'uncertain') limit ${LETTERS}) r`,
    [id, topic, fixed],
  )
  look.count('letters', row?.all ?? 0)
  look.find(...(row?.unasked ? [`letters of issue ${id} went to people who had not chosen its topic: ${row.unasked}`] : []))
  look.find(...(row?.restricted ? [`letters of issue ${id} went to people whose data is only stored: ${row.restricted}`] : []))
}

async function lookAtSubscriptions(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number; wordless: number }>(
    'updates',
    `select count(*)::int as all, count(*) filter (where btrim(wording) = '' or confirmed_at < asked_at)::int as wordless
       from (select wording, asked_at, confirmed_at from subscriptions order by id desc limit 5000) s`,
  )
  look.count('subscriptions', row?.all ?? 0)
  look.find(
    ...(row?.wordless ? [`subscriptions without the words that were agreed to, or from before they were asked for: ${row.wordless}`] : []),
  )
}
