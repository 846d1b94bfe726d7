/** The queue of requests, and one of them, for those who answer. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { CalendarDay, Column, Facts, Moment, Table } from '../web/lists.tsx'
import type { Written } from './correspondence.ts'
import { regimeInWords, regimes } from './deadline.ts'
import { KindChoices, WordsField } from './form.tsx'
import { endings, happenings, type Kind, kindNames } from './kinds.ts'
import { factsOf, Timeline } from './pages.tsx'
import { type Listed, SHOWN } from './queue.ts'
import { grounds, refusals } from './refusal.ts'
import type { Request, Step } from './steps.ts'
import { inDays } from './watch.ts'

/** What is asked for, in a word. */
export const kindWords: Readonly<Record<Kind, string>> = {
  access: 'Copy',
  correction: 'Correction',
  erasure: 'Erasure',
  objection: 'Objection',
  restriction: 'Restriction',
  portability: 'Portability',
  question: 'Question',
}

/** The end of a request's number, which is what differs. */
export const shortId = (id: string): string => id.slice(-8)

interface QueueProps {
  readonly listed: readonly Listed[]
  readonly which: 'open' | 'closed'
  readonly told?: string | undefined
}

export const QueuePage = ({ listed, which, told }: QueueProps) => (
  <>
    <h1>Requests</h1>
    {told && <Told words={told} />}
    <div class="actions">
      <a class="button" href="/staff/requests/new">
        Take one down
      </a>
      <a class="button quiet" href={which === 'open' ? '/staff/requests?which=closed' : '/staff/requests'}>
        {which === 'open' ? 'Show those that are closed' : 'Show those that are open'}
      </a>
      <a class="button quiet" href={`/staff/requests/list.csv?which=${which}`}>
        As CSV
      </a>
    </div>
    {listed.length === 0 ? (
      <Empty icon="circle-check" title={which === 'open' ? 'Nothing waits' : 'Nothing was closed yet'}>
        <p>What people ask about their data appears here, with the day by which it must be answered.</p>
      </Empty>
    ) : (
      <Queue listed={listed} />
    )}
    {listed.length === SHOWN && <p>The first {SHOWN} are shown.</p>}
  </>
)

const Queue = ({ listed }: { listed: readonly Listed[] }) => (
  <Table label="Requests">
    <thead>
      <tr>
        <Column>Number</Column>
        <Column>Asks for</Column>
        <Column>Came in</Column>
        <Column>How it stands</Column>
        <Column sorted="ascending">Answer by</Column>
        <Column>Left</Column>
      </tr>
    </thead>
    <tbody>
      {listed.map(({ request, last, daysLeft }) => (
        <tr>
          <th scope="row">
            <a href={`/staff/requests/${request.id}`}>
              <code>{shortId(request.id)}</code>
            </a>
          </th>
          <td>{kindWords[request.kind]}</td>
          <td>
            <Moment at={request.receivedAt} />
          </td>
          <td>{request.ending ? endings[request.ending] : last && happenings[last]}</td>
          <td>
            <CalendarDay day={request.answerBy} />
          </td>
          <td>{request.closedAt ? '' : daysLeft < 4 ? <strong>{inDays(daysLeft)}</strong> : inDays(daysLeft)}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Told = ({ words }: { words: string }) => (
  <Notice kind="good" live>
    <p>{words}</p>
  </Notice>
)

const up = [{ href: '/staff/requests', text: 'Requests' }]

export const TakeDownPage = ({ errors = {}, typed = {} }: { errors?: FormErrors; typed?: Typed }) => (
  <>
    <Crumbs to={up} here="Take one down" />
    <h1>Take a request down</h1>
    <p>
      For somebody on the telephone, or at the door. They are written to at the address that they name and confirm from there; ask for no
      papers. The clock starts now.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/staff/requests/new" novalidate>
      <KindChoices {...{ errors, typed }} />
      <Field name="email" label="E-mail address" type="email" value={typed['email']} error={errors['email']} maxlength={254} required />
      <WordsField {...{ errors, typed }} />
      <Submit icon="check">Take it down</Submit>
    </form>
  </>
)

export interface Desk {
  readonly request: Request
  readonly steps: readonly Step[]
  readonly words: readonly Written[]
  readonly papers: readonly { id: string; what: string; name: string; type: string; bytes: number }[]
  readonly daysLeft: number
  /** Since when the person's data is only stored, if it is. */
  readonly restrictedSince: Date | undefined
}

interface DeskProps {
  readonly desk: Desk
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const DeskPage = ({
  desk: { request, steps, words, papers, daysLeft, restrictedSince },
  told,
  errors = {},
  typed = {},
}: DeskProps) => (
  <>
    <Crumbs to={up} here={shortId(request.id)} />
    <h1>
      {kindWords[request.kind]} <code>{shortId(request.id)}</code>
    </h1>
    {told && <Told words={told} />}
    {request.personId && (
      <Notice kind="info">
        <p>That you opened this is on the person’s page, with your role and without your name.</p>
      </Notice>
    )}
    <Errors errors={errors} />
    <Facts
      rows={[
        ['Address', request.email ?? 'none'],
        ['Known here', request.personId ? 'yes' : 'no'],
        ...factsOf(request),
        ...(request.closedAt ? [] : [['Left', inDays(daysLeft)] as const]),
        ['Can be extended until', request.extendableTo ? <CalendarDay day={request.extendableTo} /> : 'no'],
        ['Clock', regimeInWords(request.regime)],
      ]}
    />
    <Timeline steps={steps} staff />
    <Correspondence words={words} />
    <Papers id={request.id} papers={papers} />
    {restrictedSince && request.kind === 'restriction' && <Lift {...{ request, errors, typed }} since={restrictedSince} />}
    {!request.closedAt && <Acts {...{ request, errors, typed }} />}
  </>
)

const who = { in: 'They wrote', out: 'We wrote', note: 'Note' } as const

const Correspondence = ({ words }: { words: readonly Written[] }) => (
  <section>
    <h2>What was written</h2>
    {words.length === 0 && <p>Nothing.</p>}
    {words.map(({ direction, text, writtenAt }) => (
      <article class="letter">
        <h3>
          {who[direction]}, <Moment at={writtenAt} />
        </h3>
        <pre>{text}</pre>
      </article>
    ))}
  </section>
)

const Papers = ({ id, papers }: { id: string; papers: Desk['papers'] }) =>
  papers.length === 0 ? null : (
    <section>
      <h2>Documents</h2>
      <ul>
        {papers.map((paper) => (
          <li>
            <a href={`/staff/requests/${id}/papers/${paper.id}`}>{paper.name}</a> ({paper.what}, {paper.type},{' '}
            {Math.ceil(paper.bytes / 1024)} kB)
          </li>
        ))}
      </ul>
    </section>
  )

interface ActsProps {
  readonly request: Request
  readonly errors: FormErrors
  readonly typed: Typed
}

const Acts = ({ request, errors, typed }: ActsProps) => (
  <>
    {!request.provenAt && !request.proofHash && <Understand request={request} />}
    {!request.provenAt && request.channel === 'agent' && (
      <form method="post" action={`/staff/requests/${request.id}/mandate`}>
        <Submit kind="danger">Accept the mandate, so that it goes its way</Submit>
      </form>
    )}
    {request.kind === 'correction' && request.provenAt && request.personId && <CorrectName {...{ request, errors, typed }} />}
    {request.email && <Answer {...{ request, errors, typed }} />}
    <Remark {...{ request, errors, typed }} />
    {request.email && request.extendableTo && <Extend {...{ request, errors, typed }} />}
    {request.email && <Refuse {...{ request, errors, typed }} />}
    <Clock request={request} />
  </>
)

const Understand = ({ request }: { request: Request }) => (
  <section>
    <h2>What is it about?</h2>
    {request.email ? (
      <>
        <p>They are asked to confirm it by letter; nothing else happens before they do.</p>
        <form method="post" action={`/staff/requests/${request.id}/kind`} novalidate>
          <Select
            name="kind"
            label="It asks for"
            options={kindNames.map((kind) => [kind, kindWords[kind]])}
            value={request.kind}
            required
          />
          <Submit>Ask them to confirm it</Submit>
        </form>
      </>
    ) : (
      <p>
        Whoever wrote it is not who it says. If it is meant all the same, <a href="/staff/requests/new">take a request down</a> for the
        address that you know.
      </p>
    )}
    <form method="post" action={`/staff/requests/${request.id}/none`}>
      <Submit kind="quiet">It asks for nothing: close it, and write to nobody</Submit>
    </form>
  </section>
)

const Words = ({ name, label, hint, errors, typed }: { name: string; label: string; hint?: string } & Omit<ActsProps, 'request'>) => (
  <Field {...{ name, label }} {...(hint ? { hint } : {})} value={typed[name]} error={errors[name]} rows={6} maxlength={5000} required />
)

const CorrectName = ({ request, errors, typed }: ActsProps) => (
  <section>
    <h2>Put the name right</h2>
    <p>
      It holds at once, and they are told with whom it stands how. An e-mail address they change themselves, by a letter to the new one.
    </p>
    <form method="post" action={`/staff/requests/${request.id}/name`} novalidate>
      <Field name="name" label="The name as it should be" value={typed['name']} error={errors['name']} maxlength={200} required />
      <Submit>Put it right, and tell them</Submit>
    </form>
  </section>
)

const Answer = ({ request, errors, typed }: ActsProps) => (
  <section>
    <h2>Answer</h2>
    <form method="post" action={`/staff/requests/${request.id}/answer`} novalidate>
      <Words
        name="answer"
        label="The letter"
        hint="It goes to the address of the request. Nothing of anybody else’s belongs in it."
        {...{ errors, typed }}
      />
      <Checkbox name="ends" label="This is the whole answer: close the request" />
      <Submit icon="send">Send it</Submit>
    </form>
  </section>
)

const Remark = ({ request, errors, typed }: ActsProps) => (
  <section>
    <h2>Note</h2>
    <form method="post" action={`/staff/requests/${request.id}/note`} novalidate>
      <Words name="note" label="For your colleagues" hint="The person reads it in their copy." {...{ errors, typed }} />
      <Submit kind="quiet">Keep it</Submit>
    </form>
  </section>
)

const Extend = ({ request, errors, typed }: ActsProps) => (
  <section>
    <h2>Take longer</h2>
    <p>
      Until <CalendarDay day={request.extendableTo ?? ''} />, once, and only if you say why before the day to answer has passed.
    </p>
    <form method="post" action={`/staff/requests/${request.id}/extend`} novalidate>
      <Words name="reasons" label="The reasons" hint="How it is complex, or how many there are." {...{ errors, typed }} />
      <Submit kind="quiet" icon="send">
        Tell them
      </Submit>
    </form>
  </section>
)

const Refuse = ({ request, errors, typed }: ActsProps) => (
  <section class="danger-zone">
    <h2>Refuse</h2>
    <p>
      The letter names the ground and your reasons, and says where they can complain, that they can go to court, and how they can have it
      looked at again.
    </p>
    <form method="post" action={`/staff/requests/${request.id}/refuse`} novalidate>
      <Select
        name="ground"
        label="We do not do that …"
        options={grounds.map((ground) => [ground, refusals[ground]])}
        value={typed['ground']}
        error={errors['ground']}
        required
      />
      <Words name="why" label="The reasons" {...{ errors, typed }} />
      <Submit kind="danger">Refuse it</Submit>
    </form>
  </section>
)

const Lift = ({ since, request, errors, typed }: ActsProps & { since: Date }) => (
  <section class="danger-zone">
    <h2>Lift the restriction</h2>
    <p>
      Their data is only stored since <Moment at={since} />. They are told with the reasons, before anything is used again.
    </p>
    <form method="post" action={`/staff/requests/${request.id}/lift`} novalidate>
      <Words name="lift" label="The reasons" {...{ errors, typed }} />
      <Submit kind="danger">Lift it, and tell them</Submit>
    </form>
  </section>
)

const Clock = ({ request }: { request: Request }) => (
  <section>
    <h2>Clock</h2>
    <p>If you know which law holds. A day that the person was told is never moved to a later one.</p>
    <form method="post" action={`/staff/requests/${request.id}/regime`} novalidate>
      <Select
        name="regime"
        label="Law"
        options={regimes.map((regime) => [regime, regimeInWords(regime)])}
        value={request.regime}
        required
      />
      <Submit kind="quiet">Set the clock</Submit>
    </form>
  </section>
)
