/** One breach at the desk: its clocks, what is known, whom it concerns, what is written, what was done. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Choices, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { CalendarDay, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Breach } from './breach.ts'
import { PROCESSOR_DAYS } from './clock.ts'
import type { Desk } from './desk.ts'
import { FactsForm } from './facts-form.tsx'
import { duties, fateWords, happenings, noticeKinds, noticeNames, riskNames, risks, sources } from './kinds.ts'
import { shortId, up } from './pages.tsx'
import { leftInWords } from './watch.ts'

export interface DeskProps {
  readonly desk: Desk
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const DeskPage = ({ desk, told, errors = {}, typed = {} }: DeskProps) => {
  const { breach } = desk
  const base = `/staff/breaches/${breach.id}`
  return (
    <>
      <Crumbs to={up} here={shortId(breach.id)} />
      <h1>{breach.facts?.title ?? 'A breach'}</h1>
      <Told words={told} />
      <Errors errors={errors} />
      <Facts rows={factsOf(breach)} />
      <Clocks desk={desk} base={base} errors={errors} />
      {!breach.sentAt && !breach.closedAt && <FactsForm facts={breach.facts} {...{ base, errors, typed }} services={desk.services} />}
      {desk.counted && <Concerned desk={desk} base={base} errors={errors} />}
      {!breach.closedAt && <RiskForm {...{ breach, base, errors }} />}
      {breach.facts && <Notices desk={desk} base={base} />}
      {breach.facts && <Sending desk={desk} base={base} />}
      <History breach={breach} />
      {!breach.closedAt && (
        <form method="post" action={`${base}/close`}>
          <Submit kind="quiet">Close it: nothing is left to be done</Submit>
        </form>
      )}
    </>
  )
}

function factsOf({ source, processor, processorKnewOn, awareAt, risk, closedAt }: Breach): (readonly [string, string | Child])[] {
  const late = processorKnewOn && awareAt.getTime() - Date.parse(processorKnewOn) > (PROCESSOR_DAYS + 1) * 86_400_000
  return [
    ['Aware since', <Moment at={awareAt} />],
    ['Where', `${sources[source]}${processor ? `: ${processor}` : ''}`],
    ...(processorKnewOn
      ? [
          [
            'That company knew',
            <>
              <CalendarDay day={processorKnewOn} />
              {late && `; it told us later than the ${PROCESSOR_DAYS} days that Florida gives it`}
            </>,
          ] as const,
        ]
      : []),
    ['Risk', risk ? risks[risk] : 'Not assessed yet'],
    ...(closedAt ? [['Closed', <Moment at={closedAt} />] as const] : []),
  ]
}

type Child = ReturnType<typeof Moment>
interface PartProps {
  readonly desk: Desk
  readonly base: string
  readonly errors: FormErrors
}

const states = { done: 'Done', spared: 'Need not be done', open: 'To be done' } as const

const Clocks = ({ desk: { clocks, at, breach }, base, errors }: PartProps) => {
  const open = clocks.filter(({ state }) => state === 'open')
  return (
    <section>
      <h2>What must be done, and until when</h2>
      {clocks.length === 0 && <p>No law that we know wants anybody told. It stays in the register.</p>}
      {clocks.length > 0 && (
        <Table label="Clocks">
          <thead>
            <tr>
              <th scope="col">You have to</th>
              <th scope="col">Until</th>
              <th scope="col">Left</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {clocks.map(({ duty, until, because, state }) => (
              <tr>
                <th scope="row">{duties[duty]}</th>
                <td>
                  <Moment at={until} />
                </td>
                <td>{state === 'open' ? leftInWords(until, at) : states[state]}</td>
                <td class="words">{because}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {open.length > 0 && !breach.closedAt && <DutyForms open={open} base={base} errors={errors} />}
    </section>
  )
}

const DutyForms = ({ open, base, errors }: { open: Desk['clocks'] } & Omit<PartProps, 'desk'>) => (
  <details open={errors['words'] !== undefined || errors['duty'] !== undefined}>
    <summary>Note that it was done, or need not be, or has to wait</summary>
    <form method="post" action={`${base}/duty`} novalidate>
      <Select name="duty" label="What" options={open.map(({ duty }) => [duty, duties[duty]])} error={errors['duty']} required />
      <Field
        name="words"
        label="With which reference, or why not"
        rows={3}
        maxlength={2000}
        error={errors['words']}
        hint="The authority’s number, or the reasons."
        required
      />
      <div class="actions">
        <Submit name="how" value="told">
          It was done
        </Submit>
        <Submit kind="quiet" name="how" value="spared">
          It need not be done
        </Submit>
      </div>
    </form>
    <form method="post" action={`${base}/delay`} novalidate>
      <Field
        name="until"
        label="The police asked in writing to wait until"
        type="date"
        error={errors['until']}
        hint="It moves the clocks of Florida and California for the people, and no other."
        required
      />
      <Field name="asked" label="Who asked, and with which letter" error={errors['asked']} maxlength={500} required />
      <Submit kind="quiet">Note it</Submit>
    </form>
  </details>
)

const Concerned = ({ desk: { counted, breach, fates }, base, errors }: PartProps) => (
  <section>
    <h2>Whom it concerns</h2>
    <p>
      {counted?.people.toLocaleString('en')} {counted?.people === 1 ? 'person' : 'people'}, counted from the data map now.
    </p>
    <Facts
      rows={[
        ...(counted?.rows ?? []).map(({ says, rows }) => [says, `${rows.toLocaleString('en')} rows of theirs`] as const),
        ...(counted?.places ?? []).map(({ place, people }) => [`Live in ${place}`, String(people)] as const),
      ]}
    />
    {breach.facts?.who === 'list' && fates.size <= 1 && !breach.sentAt && (
      <form method="post" action={`${base}/list`} enctype="multipart/form-data" novalidate>
        <Field
          name="list"
          label="The list"
          type="file"
          accept="text/csv,.csv,.txt"
          error={errors['list']}
          hint="A line a person: their number, and after a comma the state where they live, if it is known (such as US-FL). It takes the place of an earlier one."
          required
        />
        <Submit kind="quiet">Take this list</Submit>
      </form>
    )}
  </section>
)

const RiskForm = ({ breach, base, errors }: { breach: Breach; base: string; errors: FormErrors }) => (
  <section>
    <h2>How grave it is</h2>
    <form method="post" action={`${base}/risk`} novalidate>
      <Choices
        type="radio"
        name="risk"
        legend="The risk for the people"
        options={riskNames.map((value) => ({ value, text: risks[value] }))}
        chosen={breach.risk ? [breach.risk] : []}
        error={errors['risk']}
      />
      <Field
        name="reason"
        label="The reasons"
        rows={3}
        maxlength={5000}
        error={errors['reason']}
        hint="How likely harm is, how grave, for how many. They are kept with the breach."
        required
      />
      <Submit>Keep the assessment</Submit>
    </form>
  </section>
)

const Notices = ({ desk: { kept }, base }: Omit<PartProps, 'errors'>) => (
  <section>
    <h2>Notices</h2>
    <p>
      Each begins with what the laws ask for, from what is known. Read it, finish it, keep it: what was kept before stays in the register.
    </p>
    <ul>
      {noticeNames.map((kind) => (
        <li>
          <a href={`${base}/notices/${kind}`}>{noticeKinds[kind]}</a>: {kept.has(kind) ? 'written' : 'not written yet'}
        </li>
      ))}
    </ul>
  </section>
)

const Sending = ({ desk: { breach, toPeople, approved, needed, counted, fates }, base }: Omit<PartProps, 'errors'>) => (
  <section>
    <h2>Telling the people</h2>
    {breach.sentAt ? (
      <>
        <p>
          Sent off <Moment at={breach.sentAt} />, to those concerned and to nobody else, whatever they chose to receive.
        </p>
        <Facts rows={[...fates].map(([fate, people]) => [fateWords[fate], people.toLocaleString('en')] as const)} />
        {(fates.get('refused') ?? 0) + (fates.get('held') ?? 0) + (fates.get('bounced') ?? 0) > 0 && (
          <a class="button quiet" href={`${base}/unreached.csv`}>
            Take out whom no letter reached
          </a>
        )}
      </>
    ) : (
      <>
        <p>
          {approved} of {needed} approved these words.{' '}
          {needed === 2 ? 'Two people have to, each with a fresh proof.' : 'There is nobody else to ask.'} What is changed afterwards has to
          be approved anew.
        </p>
        {toPeople && !breach.closedAt ? (
          <form method="post" action={`${base}/approve`} novalidate>
            <input type="hidden" name="notice" value={toPeople.id} />
            <Checkbox
              name="sure"
              label={`I have read the notice, and it may go to ${counted?.people.toLocaleString('en') ?? 'all'} people`}
              required
            />
            <Submit kind="danger" icon="send">
              {approved + 1 >= needed ? 'Approve it, and send it' : 'Approve it'}
            </Submit>
          </form>
        ) : (
          <p>First keep the words to the people.</p>
        )}
      </>
    )}
  </section>
)

const History = ({ breach: { acts } }: { breach: Breach }) => (
  <section>
    <h2>What was done</h2>
    <ol class="timeline">
      {acts.map(({ what, detail, words, by, doneAt }) => (
        <li>
          <Moment at={doneAt} /> {happenings[what]}
          {detail && what !== 'approved' && what !== 'sent' && `: ${detail}`}
          {words && `. ${words}`} {by && <small>({by})</small>}
        </li>
      ))}
    </ol>
  </section>
)
