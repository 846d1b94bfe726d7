/** P10: fitting pages to somebody: seen, explained, and switched off. */
import { DAY, now } from '../clock.ts'
import { suggest } from '../navigation/suggestion.ts'
import { rightsTo } from './catalog.ts'
import type { Look } from './look.ts'
import { publicPages } from './pages-seen.ts'
import type { Promised } from './promise.ts'

export const p10: Promised = {
  name: 'P10',
  says: 'Navigational data, alone or together with customer data, may be used to personalise what a person sees; the person sees why, and can switch it off.',
  keptBy: [
    { page: '/account/suggestions', says: 'the switch, each suggestion, and why it is made' },
    { constraint: 'navigation_choices_person_id_choice_pk', says: 'somebody says yes or no once, and the last word holds' },
    { file: 'src/navigation/personal-action.ts', says: 'nothing is noted of whoever did not say yes' },
    { job: 'retention.sweep', says: 'drops what was noted 90 days ago' },
  ],
  looksAt:
    'Whether anything is noted of people who did not allow it, or for longer than was said; which logins may read it; whether each suggestion says why; and whether public pages are the same for everybody.',
  async check(look) {
    await look.none('questions about what is noted', {
      purpose: 'personalisation',
      text: `select distinct a.day_at::date::text || ' ' || a.page as id
              from (select person_id, day_at, page from personal_actions order by day_at desc limit 20000) a
              where not exists (select from navigation_choices c where c.person_id = a.person_id and c.choice = 'personal' and c.answer = 'yes')`,
      says: 'something is noted of somebody who did not allow it',
    })
    const [row] = await look.rows<{ old: number }>(
      'operations',
      `select count(*)::int as old from (select day_at from personal_actions where day_at < $1 limit 100) a`,
      [new Date(now().getTime() - 92 * DAY)],
    )
    look.find(...(row?.old ? [`noted for longer than 90 days: ${row.old}`] : []))
    await lookAtLogins(look)
    lookAtReasons(look)
    await lookAtPages(look)
    lookAtSwitch(look)
  },
}

const MAY = ['personalisation', 'rights', 'legal']

async function lookAtLogins(look: Look): Promise<void> {
  const rights = (await rightsTo(look, 'select', ['personal_actions'])).filter(({ purpose }) => !MAY.includes(purpose ?? ''))
  // Whoever sweeps sees moments and how often, and nothing of which page.
  const wrong = rights.filter(({ purpose, column }) => purpose !== 'operations' || column === 'page')
  look.find(...wrong.map(({ login, table, column }) => `${login} may read ${table}.${column}`))
}

/** An example goes the way that everybody's pages go: what comes of it must say why. */
function lookAtReasons(look: Look): void {
  const service = { slug: 'example', title: 'An example', summary: 'For this look alone' }
  const made = suggest({ interests: [{ page: '/services/example', times: 2 }], services: [service], help: [] })
  look.expect('examples', made.length === 1, 'what somebody looked at leads to no suggestion')
  look.find(...made.filter(({ because }) => !/^you .{10,}/.test(because)).map(({ title }) => `a suggestion does not say why: ${title}`))
}

// With script, cookies and a name aside, everybody gets the same page from the same address.
async function lookAtPages(look: Look): Promise<void> {
  for (const { path, answer } of await publicPages(look))
    if (/because you (read|looked)/i.test(answer.text)) look.find(`a public page is fitted to somebody: ${path}`)
}

function lookAtSwitch(look: Look): void {
  const isThere = look.doors().some(({ method, path }) => method === 'POST' && path === '/account/suggestions')
  look.expect('switches', isThere, 'there is no switch for suggestions')
}
