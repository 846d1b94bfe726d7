/**
 * Charts, drawn on the server as SVG. A drawing is stretched to its frame, so words stand around it as
 * text; everything in it can be read in the table that comes with it.
 */
import type { PropsWithChildren } from 'hono/jsx'
import { Column, Table } from '../web/lists.tsx'
import type { Step } from './report.ts'
import { number, stepName, weekdays } from './words.ts'

interface PlotProps {
  /** The words at the left, from the top, and those below. */
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly kind: 'line' | 'heat'
}

/** The frame of a drawing, with the words at its two axes. */
const Plot = ({ rows, columns, kind, children }: PropsWithChildren<PlotProps>) => (
  <div class={`plot ${kind}`} aria-hidden="true">
    <ol>
      {rows.map((row) => (
        <li>{row}</li>
      ))}
    </ol>
    {children}
    <ol>
      {columns.map((column) => (
        <li>{column}</li>
      ))}
    </ol>
  </div>
)

interface TwinProps {
  readonly label: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly [name: string, ...cells: string[]])[]
}

/** The same as a table. */
export const Twin = ({ label, heads, rows }: TwinProps) => (
  <details class="twin">
    <summary>The same as a table</summary>
    <Table label={label}>
      <thead>
        <tr>
          {heads.map((head, at) => (
            <Column number={at > 0}>{head}</Column>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells]) => (
          <tr>
            <th scope="row">{name}</th>
            {cells.map((cell) => (
              <td class="number">{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  </details>
)

// ---- Over time ---------------------------------------------------------------------------------

/** The round number at or above the largest that four lines divide well. */
export function ceiling(most: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(most, 4)))
  return [1, 2, 4, 5, 8, 10].map((times) => Math.max(4, times * size)).find((top) => top >= most) ?? most
}

const place = (value: number): string => value.toFixed(2)

/** Points from left to right; the drawing is 100 by 100. */
const points = (counts: readonly number[], top: number): string[] =>
  counts.map((count, at) => `${place(counts.length === 1 ? 50 : (at / (counts.length - 1)) * 100)},${place(100 - (count / top) * 100)}`)

/** Five of the names, from the first to the last. */
const five = (names: readonly string[]): string[] =>
  names.length <= 5 ? [...names] : [0, 1, 2, 3, 4].map((part) => names[Math.round((part * (names.length - 1)) / 4)] ?? '')

/** A line for the period, and a broken one for the period before. */
export function TimeChart({ steps, over }: { steps: readonly Step[]; over: string }) {
  const top = ceiling(Math.max(...steps.flatMap(({ count, before }) => [count, before])))
  const these = points(
    steps.map(({ count }) => count),
    top,
  )
  const those = points(
    steps.map(({ before }) => before),
    top,
  )
  return (
    <>
      <Plot
        kind="line"
        rows={[4, 3, 2, 1, 0].map((part) => number((top * part) / 4))}
        columns={five(steps.map(({ name }) => stepName(name)))}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none">
          <path class="grid" d={[0, 25, 50, 75, 100].map((y) => `M0 ${y}H100`).join('')} />
          <path class="under" d={`M0 100L${these.join(' ')} 100 100Z`} />
          <polyline class="before" points={those.join(' ')} />
          <polyline class="now" points={these.join(' ')} />
          <Moments steps={steps} over={over} />
        </svg>
      </Plot>
      <Twin
        label={`${over} over time`}
        heads={['', over, 'In the period before']}
        rows={steps.map(({ name, count, before }) => [stepName(name), number(count), number(before)])}
      />
    </>
  )
}

// A strip over each step tells its numbers when the pointer rests there.
const Moments = ({ steps, over }: { steps: readonly Step[]; over: string }) => (
  <>
    {steps.map(({ name, count, before }, at) => (
      <rect class="moment" x={place((at / steps.length) * 100)} width={place(100 / steps.length)} y="0" height="100">
        <title>{`${stepName(name)}: ${number(count)} ${over.toLowerCase()}, in the period before ${number(before)}`}</title>
      </rect>
    ))}
  </>
)

// ---- The week ----------------------------------------------------------------------------------

const hourName = (hour: number): string => `${hour} h`
const SHADES = 6

/** Visits by weekday and hour: the darker, the more. */
export function HeatMap({ hours }: { hours: readonly number[] }) {
  const most = Math.max(1, ...hours)
  return (
    <>
      <Plot kind="heat" rows={weekdays.map((day) => day.slice(0, 3))} columns={[0, 6, 12, 18, 24].map(hourName)}>
        <svg viewBox="0 0 24 7" preserveAspectRatio="none">
          {hours.map((visits, at) => (
            <rect class={`shade-${Math.ceil((visits / most) * SHADES)}`} x={at % 24} y={Math.floor(at / 24)} width="0.94" height="0.9">
              <title>{`${weekdays[Math.floor(at / 24)]}, ${hourName(at % 24)}: ${number(visits)} visits`}</title>
            </rect>
          ))}
        </svg>
      </Plot>
      <Twin
        label="Visits by weekday and hour"
        heads={['Hour', ...weekdays.map((day) => day.slice(0, 3))]}
        rows={Array.from({ length: 24 }, (_, hour) => [hourName(hour), ...weekdays.map((_, day) => number(hours[day * 24 + hour] ?? 0))])}
      />
    </>
  )
}

// ---- A share -----------------------------------------------------------------------------------

/** How much of the whole it is. The number stands beside it. */
export const Share = ({ part, whole }: { part: number; whole: number }) => (
  <svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
    <rect width={place(whole === 0 ? 0 : Math.min(100, (part / whole) * 100))} height="1" />
  </svg>
)
