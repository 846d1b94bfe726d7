/** Ticks for columns of the data map, folded by table. */
import type { ColumnChoice } from '../database/column-choice.ts'

interface ColumnTicksProps {
  readonly legend: string
  readonly choice: ColumnChoice
  readonly chosen: readonly string[]
  readonly error: string | undefined
}

const idOf = (column: string): string => `column-${column.replace('.', '-')}`

/** A field called `columns`; tables of which something is chosen stand open. */
export const ColumnTicks = ({ legend, choice, chosen, error }: ColumnTicksProps) => (
  <fieldset class={error ? 'ticks wrong' : 'ticks'}>
    <legend>{legend}</legend>
    {error && (
      <p class="error" id="field-columns">
        {error}
      </p>
    )}
    {choice.tables.map(({ table, says, columns }) => (
      <details open={columns.some(({ name }) => chosen.includes(name))}>
        <summary>
          {says} <code>{table}</code>
        </summary>
        {columns.map(({ name, says: what }) => (
          <div class="field tick">
            <input type="checkbox" name="columns" id={idOf(name)} value={name} checked={chosen.includes(name)} />
            <label for={idOf(name)}>{what}</label>
          </div>
        ))}
      </details>
    ))}
  </fieldset>
)
