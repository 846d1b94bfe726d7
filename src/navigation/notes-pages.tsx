/** Notes on the time axis: marks at their days in the chart, and what they say below it. */
import type { ChartNote } from './kept.ts'
import type { Step } from './report.ts'
import { stepName } from './words.ts'

/** The notes of one day, under one number. */
export interface NoteMark {
  readonly number: number
  readonly day: string
  readonly says: readonly string[]
  /** Where its day is in the chart, from 0 at the left to 100; undefined where the chart has no days. */
  readonly x: number
}

/** The notes by their days, numbered. A chart of hours has no place for them: there they stand below it alone. */
export function marksOf(notes: readonly ChartNote[], steps: readonly Pick<Step, 'name'>[]): NoteMark[] {
  const places = new Map(steps.map(({ name }, at) => [name, steps.length === 1 ? 50 : (at / (steps.length - 1)) * 100]))
  const days = [...new Set(notes.map(({ day }) => day))].filter((day) => places.has(day))
  return days.map((day, at) => ({
    number: at + 1,
    day,
    says: notes.filter((note) => note.day === day).map(({ says }) => says),
    x: places.get(day) ?? 0,
  }))
}

const idOf = ({ number }: NoteMark): string => `note-${number}`

/** What happened on a day, for the table; empty where nothing did. */
export const markName = (marks: readonly NoteMark[], day: string): string => marks.find((mark) => mark.day === day)?.says.join('; ') ?? ''

/** Two marks that are nearer than this, in hundredths of the width, stand in two lines. */
const NEAR = 8
const LINES = [14, 40] as const

// Which line each mark stands in: the upper one, unless its neighbour there is too near.
function linesOf(marks: readonly NoteMark[]): number[] {
  const lines: number[] = []
  for (const [at, { x }] of marks.entries()) {
    const near = at > 0 && x - (marks[at - 1]?.x ?? 0) < NEAR
    lines.push(near && lines[at - 1] === 0 ? 1 : 0)
  }
  return lines
}

/** Numbers over the chart, each a link to what its note says. Positions are shares of the width, so that nothing is stretched. */
export function NoteMarks({ marks }: { marks: readonly NoteMark[] }) {
  if (marks.length === 0) return null
  const lines = linesOf(marks)
  return (
    <svg class={lines.includes(1) ? 'marks two' : 'marks'} role="group" aria-label="Notes on days of the chart">
      {marks.map((mark, at) => {
        const [x, y] = [`${mark.x.toFixed(2)}%`, String(LINES[lines[at] ?? 0])]
        return (
          <a href={`#${idOf(mark)}`}>
            <title>{`Note ${mark.number}, ${stepName(mark.day)}: ${mark.says.join('; ')}`}</title>
            <circle cx={x} cy={y} r="12" />
            <text x={x} y={y} dy="0.35em" text-anchor="middle">
              {mark.number}
            </text>
          </a>
        )
      })}
    </svg>
  )
}

/** What happened on days of the period, under the numbers that stand in the chart. */
export function ChartNotes({ notes, marks }: { notes: readonly ChartNote[]; marks: readonly NoteMark[] }) {
  if (notes.length === 0) return null
  if (marks.length === 0)
    return (
      <ul class="notes">
        {notes.map(({ day, says }) => (
          <li>
            <strong>{stepName(day)}</strong>: {says}
          </li>
        ))}
      </ul>
    )
  return (
    <ol class="notes">
      {marks.map((mark) => (
        <li id={idOf(mark)}>
          <strong>{stepName(mark.day)}</strong>: {mark.says.join('; ')}
        </li>
      ))}
    </ol>
  )
}
