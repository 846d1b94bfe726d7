/** How reports mark what was brought in from another analytics program. */
import { Notice } from '../web/layout.tsx'
import type { Dimension } from './dimension.ts'
import type { Brought } from './history.ts'
import { dayName } from './words.ts'

/** Which days of a report were brought in, and from where. */
export const BroughtNote = ({ brought, filtered }: { brought: readonly Brought[]; filtered: boolean }) =>
  brought.length === 0 ? null : (
    <Notice kind="info">
      {brought.map(({ origin, site, from, until }) => (
        <p>
          {dayName(from)} to {dayName(until)}: brought in from {origin} ({site}), for days that were not counted here.
        </p>
      ))}
      <p>
        {filtered
          ? 'These are counts, which filters cannot narrow: they are left out here.'
          : 'They are counts of that program, by its own rules. Filters leave them out, and so do goals and the hours of the week.'}
      </p>
    </Notice>
  )

/** From where a panel’s counts came, beside our own. */
export function BroughtInto({ brought, of }: { brought: readonly Brought[]; of: Dimension }) {
  const origins = new Set(brought.filter(({ dimensions }) => dimensions.includes(of)).map(({ origin }) => origin))
  return origins.size === 0 ? null : <p class="hint">With what was brought in from {[...origins].join(' and ')}.</p>
}
