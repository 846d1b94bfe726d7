/** The console's pages on bringing in the history of another analytics program. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, fieldId, Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Dimension } from './dimension.ts'
import { ALL } from './folding.ts'
import { type HistoryImport, type Planned, type Stage, stageOf } from './history-import.ts'
import { VISITS } from './panel-pages.tsx'
import { dayName, number, titleOf } from './words.ts'

export const IMPORT = `${VISITS}/import`

const stageWords: Record<Stage, string> = { read: 'To be confirmed', 'under way': 'Under way', done: 'Done' }
const spanOf = ({ firstDay, lastDay }: HistoryImport): string => `${dayName(firstDay)} to ${dayName(lastDay)}`

interface UploadProps {
  readonly imports: readonly HistoryImport[]
  readonly least: number
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const HistoryPage = ({ imports, least, told, errors = {}, typed = {} }: UploadProps) => (
  <>
    <Crumbs to={[{ href: VISITS, text: 'Visits' }]} here="Bring in history" />
    <h1>Bring in history</h1>
    <Told words={told} />
    <p>What another program counted before you came here can stand beside your own days. First you see what was understood.</p>
    <Exports />
    <p>
      The file is read as it comes and is not kept: what remains are counts for each day. Values that fewer than {least} visitors of a day
      share are counted together as “other”. Days that were counted here stay as they are, and no day is brought in twice.
    </p>
    <Errors errors={errors} />
    <form method="post" action={IMPORT} enctype="multipart/form-data" novalidate>
      <Field
        name="site"
        label="Website"
        hint="Which website it is about, such as www.example.com."
        value={typed['site']}
        error={errors['site']}
        maxlength={100}
        required
      />
      <Files error={errors['file']} />
      <Submit icon="plus">Upload, and show what was understood</Submit>
    </form>
    <section>
      <h2>Brought in</h2>
      {imports.length === 0 ? (
        <Empty icon="users" title="Nothing was brought in yet">
          <p>Export your history where it is now, and upload it above.</p>
        </Empty>
      ) : (
        <ImportTable imports={imports} />
      )}
    </section>
  </>
)

const Exports = () => (
  <dl>
    <dt>Plausible</dt>
    <dd>Site settings, Imports &amp; Exports, Export to CSV: the ZIP as it comes.</dd>
    <dt>Umami</dt>
    <dd>
      The export of data, with <code>website_event.csv</code> in it. It has a row for each action: they are counted as they are read, and
      none is kept.
    </dd>
    <dt>Google Analytics 4</dt>
    <dd>
      Reports or explorations as CSV, with the dimension Date and with Active users; one with Date alone gives the totals. Several files at
      once, or one after the other.
    </dd>
  </dl>
)

const Files = ({ error }: { error: string | undefined }) => (
  <div class={error ? 'field wrong' : 'field'}>
    <label for={fieldId('file')}>Files</label>
    <p class="hint" id="file-hint">
      CSV in UTF-8, or a ZIP of them; at most 20 MB.
    </p>
    {error && (
      <p class="error" id="file-error">
        {error}
      </p>
    )}
    <input
      type="file"
      name="file"
      id={fieldId('file')}
      accept=".csv,.zip,.gz,text/csv,application/zip"
      aria-describedby={error ? 'file-hint file-error' : 'file-hint'}
      aria-invalid={error ? 'true' : undefined}
      multiple
      required
    />
  </div>
)

const ImportTable = ({ imports }: { imports: readonly HistoryImport[] }) => (
  <Table label="Brought in">
    <thead>
      <tr>
        <Column>From</Column>
        <Column>Website</Column>
        <Column>Days</Column>
        <Column number>New days</Column>
        <Column>Uploaded</Column>
        <Column>Standing</Column>
      </tr>
    </thead>
    <tbody>
      {imports.map((one) => (
        <tr>
          <th scope="row">
            <a href={`${IMPORT}/${one.id}`}>{one.origin}</a>
          </th>
          <td>{one.site}</td>
          <td>{spanOf(one)}</td>
          <td class="number">{one.confirmedAt ? number(one.daysKept) : '–'}</td>
          <td>
            <Moment at={one.uploadedAt} />
          </td>
          <td>{stageWords[stageOf(one)]}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

// ---- One import ----------------------------------------------------------------------------------

interface ImportProps {
  readonly one: HistoryImport
  readonly plan: Planned | undefined
  readonly told?: string | undefined
}

export function HistoryImportPage({ one, plan, told }: ImportProps) {
  const stage = stageOf(one)
  return (
    <>
      <Crumbs
        to={[
          { href: VISITS, text: 'Visits' },
          { href: IMPORT, text: 'Bring in history' },
        ]}
        here={`${one.origin}, ${one.site}`}
      />
      <h1>
        {one.origin}, {one.site}
      </h1>
      <Told words={told} />
      <section id="import" data-again={stage === 'under way' ? 'import' : undefined}>
        {stage === 'read' && plan && <Plan one={one} plan={plan} />}
        {stage === 'under way' && <Progress one={one} />}
        {stage === 'done' && <Done one={one} />}
      </section>
      <Understood one={one} />
      {one.flawed > 0 && <Flaws one={one} />}
      <section>
        <h2>{stage === 'read' ? 'Leave it' : 'Undo it'}</h2>
        <p>
          {stage === 'read'
            ? 'Nothing is in the reports yet. Unless it is confirmed, it is deleted after a day.'
            : 'Everything that came with it goes out of the reports. Your own days stay, and it can be brought in again.'}
        </p>
        <form method="post" action={`${IMPORT}/${one.id}/undo`}>
          <Submit kind="quiet">{stage === 'read' ? 'Delete it' : 'Undo the whole import'}</Submit>
        </form>
      </section>
    </>
  )
}

const Plan = ({ one, plan }: { one: HistoryImport; plan: Planned }) => (
  <>
    <h2>What would happen</h2>
    <Facts
      rows={[
        ['Days in it', `${number(one.days)}, ${spanOf(one)}`],
        ['New', number(plan.fresh)],
        ['Counted here already: passed over', number(plan.counted)],
        ['Brought in before: passed over', number(plan.taken)],
      ]}
    />
    {!one.dimensions.includes(ALL) && (
      <Notice kind="warn">
        <p>
          It has no totals of the days, so these days do not show in the chart. For Google Analytics 4, a table with Date and no other
          dimension gives them.
        </p>
      </Notice>
    )}
    {plan.fresh > 0 ? (
      <form method="post" action={`${IMPORT}/${one.id}/confirm`}>
        <Submit icon="plus">
          Bring in {number(plan.fresh)} {plan.fresh === 1 ? 'day' : 'days'}
        </Submit>
      </form>
    ) : (
      <Notice kind="warn">
        <p>There is nothing new in it.</p>
      </Notice>
    )}
  </>
)

const Progress = ({ one }: { one: HistoryImport }) => (
  <>
    <h2>It is being brought in</h2>
    <p id="import-says">
      {number(one.daysDone)} of {number(one.days)} days so far. You can leave this page and come back.{' '}
      <a href={`${IMPORT}/${one.id}`}>Look again</a>
    </p>
    <progress max={Math.max(one.days, 1)} value={one.daysDone} aria-labelledby="import-says"></progress>
  </>
)

const Done = ({ one }: { one: HistoryImport }) => (
  <>
    <h2>What was brought in</h2>
    <Facts
      rows={[
        ['Days brought in', one.daysKept === 0 ? 'none' : `${number(one.daysKept)}, ${spanOf(one)}`],
        ['Passed over', number(one.days - one.daysKept)],
        ['Done', one.finishedAt && <Moment at={one.finishedAt} />],
      ]}
    />
    {one.daysKept > 0 && (
      <p>
        <a href={`${VISITS}?from=${one.firstDay}&until=${one.lastDay}`}>Show these days</a>. Filters cannot narrow them: what was brought in
        are counts, and they leave it out.
      </p>
    )}
  </>
)

const dimensionName = (name: string): string => (name === ALL ? 'Totals' : titleOf(name as Dimension))

const Understood = ({ one }: { one: HistoryImport }) => (
  <section>
    <h2>What was understood</h2>
    <Table label="What was understood">
      <thead>
        <tr>
          <Column>File</Column>
          <Column>Counted</Column>
          <Column number>Rows</Column>
          <Column number>Days</Column>
          <Column>Remark</Column>
        </tr>
      </thead>
      <tbody>
        {one.tables.map(({ file, dimensions, rows, days, remark }) => (
          <tr>
            <th scope="row">{file}</th>
            <td>{dimensions.length === 0 ? 'nothing' : dimensions.map(dimensionName).join(', ')}</td>
            <td class="number">{number(rows)}</td>
            <td class="number">{number(days)}</td>
            <td>{remark}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  </section>
)

const Flaws = ({ one: { flaws, flawed } }: { one: HistoryImport }) => (
  <section>
    <h2>Lines that were not understood</h2>
    <p>
      {number(flawed)} {flawed === 1 ? 'line' : 'lines'}
      {flawed > flaws.length ? `; these are the first ${number(flaws.length)}` : ''}. The others are not touched by it.
    </p>
    <Table label="Lines that were not understood">
      <thead>
        <tr>
          <Column>File</Column>
          <Column number>Line</Column>
          <Column>What is wrong</Column>
        </tr>
      </thead>
      <tbody>
        {flaws.map(({ file, line, flaw }) => (
          <tr>
            <th scope="row">{file}</th>
            <td class="number">{line}</td>
            <td>{flaw}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  </section>
)
