/**
 * Charts, drawn on the server as SVG. A drawing is stretched to its frame, so words stand around it as
 * text; everything in it can be read in the table that comes with it.
 */
import type { Child, PropsWithChildren } from 'hono/jsx'
import { Column, Table } from '../web/lists.tsx'
import { markName, type NoteMark, NoteMarks } from './notes-pages.tsx'
import type { Step } from './report.ts'
import { number, stepName, weekdays } from './words.ts'

interface PlotProps {
  /** The words at the left, from the top, and those below. */
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly kind: 'line' | 'heat'
  /** What stands above the drawing, and is for everybody. */
  readonly above?: Child
}

/** The frame of a drawing, with the words at its two axes. */
const Plot = ({ rows, columns, kind, above, children }: PropsWithChildren<PlotProps>) => (
  <div class={`plot ${kind}`}>
    {above}
    <ol class="beside" aria-hidden="true">
      {rows.map((row) => (
        <li>{row}</li>
      ))}
    </ol>
    {children}
    <ol class="below" aria-hidden="true">
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
  /** Where each row was counted. */
  readonly origins?: readonly string[] | undefined
  /** What happened, for each row. */
  readonly notes?: readonly string[] | undefined
}

/** The same as a table. */
export const Twin = ({ label, heads, rows, origins, notes }: TwinProps) => (
  <details class="twin">
    <summary>The same as a table</summary>
    <Table label={label}>
      <thead>
        <tr>
          {heads.map((head, at) => (
            <Column number={at > 0}>{head}</Column>
          ))}
          {origins && <Column>Counted by</Column>}
          {notes && <Column>Notes</Column>}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells], at) => (
          <tr>
            <th scope="row">{name}</th>
            {cells.map((cell) => (
              <td class="number">{cell}</td>
            ))}
            {origins && <td>{origins[at]}</td>}
            {notes && <td>{notes[at]}</td>}
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

interface TimeChartProps {
  readonly steps: readonly Step[]
  /** What the steps count. */
  readonly over: string
  readonly marks?: readonly NoteMark[]
}

/** A line for the period, and a broken one for the period before; notes are marked at their day. */
export function TimeChart({ steps, over, marks = [] }: TimeChartProps) {
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
        above={<NoteMarks marks={marks} />}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path class="grid" d={[0, 25, 50, 75, 100].map((y) => `M0 ${y}H100`).join('')} />
          <Brought steps={steps} />
          <path class="under" d={`M0 100L${these.join(' ')} 100 100Z`} />
          {marks.length > 0 && <path class="noted" d={marks.map(({ x }) => `M${place(x)} 0V100`).join('')} />}
          <polyline class="before" points={those.join(' ')} />
          <polyline class="now" points={these.join(' ')} />
          <Moments steps={steps} over={over} />
        </svg>
      </Plot>
      <Twin
        label={`${over} over time`}
        heads={['', over, 'In the period before']}
        rows={steps.map(({ name, count, before }) => [stepName(name), number(count), number(before)])}
        origins={steps.some(({ origins }) => origins.length > 0) ? steps.map(({ origins }) => origins.join(' and ') || 'here') : undefined}
        notes={marks.length > 0 ? steps.map(({ name }) => markName(marks, name)) : undefined}
      />
    </>
  )
}

// A ground under the steps that another program counted.
const Brought = ({ steps }: { steps: readonly Step[] }) => (
  <>
    {steps.map(({ origins }, at) => {
      if (origins.length === 0) return null
      const [from, until] = [at - 0.5, at + 0.5].map((edge) => Math.min(100, Math.max(0, (edge / Math.max(1, steps.length - 1)) * 100)))
      return <rect class="brought" x={place(from ?? 0)} width={place((until ?? 0) - (from ?? 0))} y="0" height="100" />
    })}
  </>
)

// A strip over each step tells its numbers when the pointer rests there.
const Moments = ({ steps, over }: { steps: readonly Step[]; over: string }) => (
  <>
    {steps.map(({ name, count, before, origins }, at) => (
      <rect class="moment" x={place((at / steps.length) * 100)} width={place(100 / steps.length)} y="0" height="100">
        <title>{`${stepName(name)}: ${number(count)} ${over.toLowerCase()}, in the period before ${number(before)}${origins.length > 0 ? `; brought in from ${origins.join(' and ')}` : ''}`}</title>
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
        <svg viewBox="0 0 24 7" preserveAspectRatio="none" aria-hidden="true">
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
