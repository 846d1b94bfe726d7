/** One demand at the desk: what it covers, how it was examined, who is told and when, what was handed over. */
import type { FormErrors, Typed } from '../web/form.ts'
import { tickedIn } from '../web/form.ts'
import { Checkbox, Choices, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { CalendarDay, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { type Demand, isBarred, type NotedAct } from './demand.ts'
import { checkNames, checks, demandKinds, endings, happenings, paperKinds, paperNames } from './kinds.ts'
import { up, shortId } from './pages.tsx'
import { missingFor } from './releasing.ts'
import { type Desk, type PartProps, ScopePart } from './scope-form.tsx'

export const DeskPage = (props: { desk: Desk; told?: string | undefined; errors?: FormErrors | undefined; typed?: Typed | undefined }) => {
  const { desk, told, errors = {}, typed = {} } = props
  const { demand } = desk
  const part = { desk, base: `/staff/demands/${demand.id}`, errors, typed }
  return (
    <>
      <Crumbs to={up} here={shortId(demand.id)} />
      <h1>{demand.authority}</h1>
      <Told words={told} />
      <Errors errors={errors} />
      <Facts rows={factsOf(demand)} />
      <Papers {...part} />
      <ScopePart {...part} />
      {demand.scope && <Checklist {...part} />}
      <Bars {...part} />
      {demand.scope && <Telling {...part} />}
      {demand.scope && (demand.kind === 'preservation' ? <Preserving {...part} /> : <Releasing {...part} />)}
      <History acts={desk.acts} />
    </>
  )
}

const factsOf = (demand: Demand) =>
  [
    ['What it is', demandKinds[demand.kind]],
    ['Instrument', `${demand.instrument}, ${demand.fileNumber}`],
    ['Law', demand.jurisdiction],
    ['Came in', <CalendarDay day={demand.receivedOn} />],
    ['Answer until', <CalendarDay day={demand.dueOn} />],
  ] as const

const Papers = ({ desk: { papers }, base, errors }: PartProps) => (
  <section>
    <h2>Documents</h2>
    {papers.length > 0 && (
      <ul>
        {papers.map(({ id, kind, name, contentHash }) => (
          <li>
            <a href={`${base}/papers/${id}`}>{name}</a>: {paperKinds[kind]}. SHA-256 <code class="breaks">{contentHash.slice(0, 16)}…</code>
          </li>
        ))}
      </ul>
    )}
    <form method="post" action={`${base}/papers`} enctype="multipart/form-data" novalidate>
      <Select name="paperKind" label="What it is" options={paperNames.map((name) => [name, paperKinds[name]])} required />
      <Field
        name="paper"
        label="The document"
        type="file"
        error={errors['paper']}
        hint="At most 2 MB. It is sealed, and its hash is kept."
        required
      />
      <Submit kind="quiet">File it</Submit>
    </form>
  </section>
)

const Checklist = ({ desk: { demand }, base, errors, typed }: PartProps) => (
  <section>
    <h2>Is it required by law?</h2>
    {demand.finding && (
      <p>
        {endings[demand.finding.ending]}, <Moment at={demand.finding.foundAt} />. {demand.finding.legalBasis}
      </p>
    )}
    {demand.finding?.letter && <blockquote>{demand.finding.letter}</blockquote>}
    <form method="post" action={`${base}/findings`} novalidate>
      <Choices
        type="checkbox"
        name="checks"
        legend="What is so"
        options={checkNames.map((value) => ({ value, text: checks[value] }))}
        chosen={tickedIn(typed['checks'])}
        error={errors['checks']}
      />
      <Field
        name="legalBasis"
        label="The law that requires it"
        value={typed['legalBasis']}
        error={errors['legalBasis']}
        hint="Article or section. In an emergency: the law that allows it."
        maxlength={500}
      />
      <Field
        name="letter"
        label="The letter of refusal, or the reasons"
        rows={5}
        value={typed['letter']}
        error={errors['letter']}
        hint="A refusal is kept in the words in which it is sent."
        maxlength={10000}
      />
      <div class="actions">
        <Submit name="ending" value="required">
          Required by law
        </Submit>
        <Submit kind="quiet" name="ending" value="refused">
          Refuse it
        </Submit>
      </div>
    </form>
  </section>
)

const Bars = ({ desk: { demand }, base, errors, typed }: PartProps) => (
  <section>
    <h2>May those concerned be told?</h2>
    {demand.bar ? (
      <p>
        {isBarred(demand) ? 'Nobody may be told until ' : 'The bar lapsed: '}
        <Moment at={demand.bar.endsAt} />. {demand.bar.legalBasis}
      </p>
    ) : (
      <p>No bar is noted.</p>
    )}
    {demand.named.told === 0 && (
      <details open={errors['endsOn'] !== undefined || errors['barBasis'] !== undefined || errors['barPaper'] !== undefined}>
        <summary>{demand.bar ? 'Renew the bar, or end it earlier' : 'Note a bar on telling'}</summary>
        <form method="post" action={`${base}/bars`} enctype="multipart/form-data" novalidate>
          <Field
            name="barBasis"
            label="The law that forbids to tell"
            value={typed['barBasis']}
            error={errors['barBasis']}
            maxlength={500}
            required
          />
          <Field
            name="endsOn"
            label="It ends on"
            type="date"
            value={typed['endsOn']}
            error={errors['endsOn']}
            hint="On this day those concerned are told, by itself."
            required
          />
          <Field name="barPaper" label="The order" type="file" error={errors['barPaper']} hint="A renewal needs one." />
          <Submit kind="quiet">Note it</Submit>
        </form>
      </details>
    )}
  </section>
)

const Telling = ({ desk: { demand }, base }: PartProps) => (
  <section>
    <h2>Telling those concerned</h2>
    <p>
      {demand.named.told} of {demand.named.people} were told.
    </p>
    {demand.named.told < demand.named.people && !isBarred(demand) && (
      <form method="post" action={`${base}/notice`}>
        <Submit kind="quiet">Tell them now</Submit>
      </form>
    )}
  </section>
)

const missingWords = {
  way: 'A preservation letter hands nothing over.',
  scope: 'It is not written down yet what it covers.',
  basis: 'Nobody has found that the law requires exactly this.',
  people: 'Two people have to approve it.',
  notice: 'Those concerned are told first, because no bar stands.',
} as const

const Releasing = ({ desk: { demand }, base, errors }: PartProps) => {
  const missing = missingFor(demand)
  return (
    <section>
      <h2>Handing over</h2>
      {demand.releases.map(({ people, rows, bytes, fileHash, releasedAt }) => (
        <p>
          <Moment at={releasedAt} />: {people} people, {rows} rows, {bytes} bytes, SHA-256 <code class="breaks">{fileHash}</code>
        </p>
      ))}
      <p>{missing ? missingWords[missing] : 'Nothing is missing: it can be handed over.'}</p>
      {demand.finding?.ending === 'required' && (
        <form method="post" action={`${base}/approve`} novalidate>
          <input type="hidden" name="finding" value={demand.finding.id} />
          <p>{demand.approvedBy.length} of 2 approvals.</p>
          <Checkbox name="sure" label="I have read the demand, and approve exactly this scope" error={errors['sure']} required />
          <Submit kind="quiet">Approve</Submit>
        </form>
      )}
      {!missing && (
        <form method="post" action={`${base}/release`}>
          <Submit kind="danger">Hand it over: fetch the file</Submit>
        </form>
      )}
    </section>
  )
}

const Preserving = ({ base, errors, typed }: PartProps) => (
  <section>
    <h2>Setting aside</h2>
    <p>A copy of what the letter covers is sealed and kept until its term ends. Who erases themselves meanwhile is taken out of it.</p>
    <form method="post" action={`${base}/preserve`} novalidate>
      <Field
        name="until"
        label="The term ends on"
        type="date"
        value={typed['until']}
        error={errors['until']}
        hint="At most 180 days."
        required
      />
      <Submit kind="quiet">Set it aside</Submit>
    </form>
  </section>
)

const History = ({ acts }: { acts: readonly NotedAct[] }) => (
  <section>
    <h2>What was done</h2>
    <Table label="What was done">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Who</th>
        </tr>
      </thead>
      <tbody>
        {acts.map(({ what, detail, by, doneAt }) => (
          <tr>
            <td>
              <Moment at={doneAt} />
            </td>
            <td>
              {happenings[what]}
              {detail && `: ${detail}`}
            </td>
            <td>{by ?? 'The program'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  </section>
)
