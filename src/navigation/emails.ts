/** Letters about visits to those of the team who asked for them; one function each. Nothing below the threshold is in one. */
import type { Letter, Part } from '../mail/letter.ts'
import type { Member } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import type { Counts } from './counting.ts'
import { dayBefore } from './dimension.ts'
import { stopAddress } from './report-letter.ts'
import { ruleWords, type Sudden } from './sudden.ts'
import { change, dayName, duration, number, percent } from './words.ts'

/** Names with how many visitors they have, the most first. */
export type Named = readonly (readonly [name: string, visitors: number])[]

/** A week from Monday to Sunday. */
export interface Week {
  readonly from: string
  readonly totals: Counts
  readonly before: Counts
  readonly pages: Named
  readonly sources: Named
  readonly goals: readonly { readonly name: string; readonly visits: number }[]
}

const factsOf = (names: Named): Part => ({ facts: names.map(([name, visitors]) => [name, number(visitors)] as const) })
const listed = (title: string, names: Named): Part[] => (names.length === 0 ? [] : [title, factsOf(names)])

/** Each week, about the week before. */
export function weeklyLetter(house: House, to: Member, week: Week): Letter {
  const { short, name } = house.content.company
  const least = house.config.navigationThreshold
  const days = `${dayName(week.from)} to ${dayName(dayBefore(week.from, -6))}`
  return {
    ...{ to: to.email, personId: to.personId, kind: 'visits', from: name },
    subject: `Visits of ${short}, ${days}`,
    parts: [
      `Hello ${to.name},`,
      ...(week.totals.visitors < least
        ? [`from ${days} fewer than ${least} visitors came. Nothing is told of so few.`]
        : [`this is how the websites of ${short} were used from ${days}, against the week before.`, ...figures(week, least)]),
      { button: 'Open the report', href: `${house.config.origin}/staff/navigation?from=${week.from}&until=${dayBefore(week.from, -6)}` },
      ...ending(house, to, 'weekly'),
    ],
  }
}

function figures({ totals, before, pages, sources, goals }: Week, least: number): Part[] {
  const known = before.visitors >= least
  const against = (count: number, earlier: number): string =>
    `${number(count)} (${known ? change(count, earlier) : `fewer than ${least} visitors the week before`})`
  const then = (said: string): string => (known ? ` (${said} the week before)` : '')
  return [
    {
      facts: [
        ['Visitors', against(totals.visitors, before.visitors)],
        ['Visits', against(totals.visits, before.visits)],
        ['Pages seen', against(totals.views, before.views)],
        ['Left after one page', `${percent(totals.bounces, totals.visits)}${then(percent(before.bounces, before.visits))}`],
        ['Time of a visit', `${duration(totals.seconds, totals.visits)}${then(duration(before.seconds, before.visits))}`],
      ],
    },
    ...listed('The pages with the most visitors:', pages),
    ...listed('Where the most visitors came from:', sources),
    ...(goals.length === 0
      ? []
      : ['Visits that came to a goal:', { facts: goals.map((goal) => [goal.name, reached(goal.visits, least)] as const) }]),
    `Pages and sources that fewer than ${least} visitors of a day share are not named.`,
  ]
}

const reached = (visits: number, least: number): string => (visits < least ? `fewer than ${least}` : number(visits))

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' })

/** When there are suddenly many more visits than usual, or many fewer. */
export function suddenLetter(
  house: House,
  to: Member,
  { sudden, pages, sources }: { sudden: Sudden; pages: Named; sources: Named },
): Letter {
  const { site, direction, from, until, visits, usual, weeks } = sudden
  const least = house.config.navigationThreshold
  const day = `${weekday.format(from)}, ${dayName(from.toISOString().slice(0, 10))}`
  const hours = `${clock.format(from)} to ${clock.format(until)}`
  return {
    ...{ to: to.email, personId: to.personId, kind: 'visits', from: house.content.company.name },
    subject: direction === 'rise' ? `Many more visits than usual on ${site}` : `Far fewer visits than usual on ${site}`,
    parts: [
      `Hello ${to.name},`,
      `on ${day}, from ${hours} (UTC), ${site} had ${direction === 'rise' ? 'many more' : 'far fewer'} visits than usual at that time of a ${weekday.format(from)}.`,
      {
        facts: [
          ['Visits', reached(visits, least)],
          ['Usual', `${reached(Math.round(usual), least)} (the middle one of the ${weeks} weeks before)`],
        ],
      },
      ...listed('The pages with the most visitors today:', pages),
      ...listed('Where the most visitors came from today:', sources),
      { button: 'Open the report of today', href: `${house.config.origin}/staff/navigation?days=1` },
      ...ruleWords,
      ...ending(house, to, 'sudden'),
    ],
  }
}

function ending(house: House, { personId }: Member, kind: 'weekly' | 'sudden'): Part[] {
  return [
    `You get this letter because you asked for it at ${house.config.origin}/staff/navigation/letters. With the next link you stop it, without signing in:`,
    { button: 'Stop these letters', href: stopAddress(house, { personId, kind }) },
  ]
}
