/** How lists, facts and moments are shown. */
import type { Child, PropsWithChildren } from 'hono/jsx'
import { Icon } from './icons.tsx'

const words = {
  pages: 'Pages',
  previous: 'Previous',
  next: 'Next',
}

interface PagerProps {
  /** Where in the list one is: "26 to 50 of 1,204". */
  summary: string
  previous?: string | undefined
  next?: string | undefined
}

/** The way through a long list; a direction without an address is not shown. */
export function Pager({ summary, previous, next }: PagerProps) {
  return (
    <nav class="pager" aria-label={words.pages}>
      <p>{summary}</p>
      {previous && (
        <a class="button quiet" rel="prev" href={previous}>
          <Icon name="arrow-left" />
          {words.previous}
        </a>
      )}
      {next && (
        <a class="button quiet" rel="next" href={next}>
          {words.next}
          <Icon name="arrow-right" />
        </a>
      )}
    </nav>
  )
}

interface ColumnProps {
  /** Where this order is asked for. Without it the column cannot be sorted. */
  href?: string | undefined
  sorted?: 'ascending' | 'descending' | undefined
  number?: boolean | undefined
}

/** The head of a table's column, with a link that sorts by it. */
export function Column({ href, sorted, number, children }: PropsWithChildren<ColumnProps>) {
  const sign = sorted && <Icon name={sorted === 'ascending' ? 'arrow-up' : 'arrow-down'} />
  return (
    <th scope="col" class={number ? 'number' : undefined} aria-sort={sorted}>
      {href ? (
        <a href={href}>
          {children}
          {sign}
        </a>
      ) : (
        children
      )}
    </th>
  )
}

/** A dense table, in a frame that scrolls sideways by finger and by key when the screen is narrow. */
export function Table({ label, children }: PropsWithChildren<{ label: string }>) {
  return (
    <section class="scroll" aria-label={label} tabindex={0}>
      <table class="data">{children}</table>
    </section>
  )
}

/** Terms and their values, in rows. */
export function Facts({ rows }: { rows: readonly (readonly [term: Child, value: Child])[] }) {
  return (
    <dl class="facts">
      {rows.map(([term, value]) => (
        <div>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

// Taken apart by hand, because a page has many moments and Intl takes longer than all around them.
const namesOf = (count: number, options: Intl.DateTimeFormatOptions): readonly string[] => {
  const { format } = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
  // A Sunday in a January, and what follows it by a month and a day each.
  return Array.from({ length: count }, (_, step) => format(Date.UTC(2023, options.month ? step : 0, 1 + step)))
}
const months = namesOf(12, { month: 'long' })
const shortMonths = namesOf(12, { month: 'short' })
const weekdays = namesOf(7, { weekday: 'long' })

const dayOf = (at: Date, names = months): string => `${at.getUTCDate()} ${names[at.getUTCMonth()]} ${at.getUTCFullYear()}`

const shapes = {
  moment: (at: Date, iso: string): string => `${dayOf(at, shortMonths)}, ${iso.slice(11, 16)} UTC`,
  day: (at: Date): string => dayOf(at),
  /** A day where there is little room, as in a table of many columns. */
  date: (at: Date): string => dayOf(at, shortMonths),
}

/** A moment: in UTC for everybody, in the reader's own zone where the script runs; the exact one on hover. */
export function Moment({ at, as = 'moment' }: { at: Date; as?: keyof typeof shapes | undefined }) {
  const iso = at.toISOString()
  const exact = `${weekdays[at.getUTCDay()]}, ${dayOf(at)} at ${iso.slice(11, 19)} UTC`
  return (
    <time datetime={iso} title={exact} data-moment={as}>
      {shapes[as](at, iso)}
    </time>
  )
}

/** A day of the calendar, such as the last one of a term: the same day wherever it is read. */
export const CalendarDay = ({ day }: { day: string }) => <time datetime={day}>{dayOf(new Date(day))}</time>
