/** One request on the desk: what was said, what can be done. */
import type { Child, PropsWithChildren } from 'hono/jsx'
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { CalendarDay, Facts, Moment } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Written } from './correspondence.ts'
import { regimeInWords, regimes } from './deadline.ts'
import { kindNames } from './kinds.ts'
import { shortId, up } from './office-pages.tsx'
import { deskHappenings, kindWords } from './office-words.ts'
import { factsOf, Timeline } from './pages.tsx'
import { grounds, refusals } from './refusal.ts'
import type { Request, Step } from './steps.ts'
import { inDays } from './watch.ts'

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
    <Told words={told} />
    {request.personId && (
      <p>
        <small>That you opened this is on the person’s page, with your role and without your name.</small>
      </p>
    )}
    <Errors errors={errors} />
    <Correspondence words={words} />
    <Papers id={request.id} papers={papers} />
    {!request.closedAt && <Acts {...{ request, errors, typed }} />}
    <section>
      <h2>About it</h2>
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
    </section>
    <Timeline steps={steps} staff={deskHappenings} />
    {restrictedSince && request.kind === 'restriction' && <Lift {...{ request, errors, typed }} since={restrictedSince} />}
    {!request.closedAt && <SeldomActs {...{ request, errors, typed }} />}
  </>
)

const who = { in: 'They wrote', out: 'We wrote', note: 'Note' } as const

const Correspondence = ({ words }: { words: readonly Written[] }) => (
  <section>
    <h2>What was written</h2>
    {words.length === 0 && <p>Nothing.</p>}
    {words.map(({ direction, text, writtenAt }) => (
      <article class={`letter ${direction}`}>
        <h3>
          {who[direction]}, <Moment at={writtenAt} />
        </h3>
        <p class="said">{text}</p>
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
  </>
)

// What most requests do not need stays closed, so that what they need is in sight.
const SeldomActs = ({ request, errors, typed }: ActsProps) => (
  <section>
    <h2>What else can be done</h2>
    <Remark {...{ request, errors, typed }} />
    {request.email && request.extendableTo && <Extend {...{ request, errors, typed }} />}
    {request.email && <Refuse {...{ request, errors, typed }} />}
    <Clock request={request} />
  </section>
)

interface SeldomProps {
  readonly title: string
  readonly says: Child
  /** What was wrong with what was typed here. */
  readonly wrong?: string | undefined
}

const Seldom = ({ title, says, wrong, children }: PropsWithChildren<SeldomProps>) => (
  <details class="folded" open={wrong !== undefined}>
    <summary>
      <h3>{title}</h3> <small>{says}</small>
    </summary>
    {children}
  </details>
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
  <Seldom title="Leave a note" says="For your colleagues; the person reads it in their copy." wrong={errors['note']}>
    <form method="post" action={`/staff/requests/${request.id}/note`} novalidate>
      <Words name="note" label="The note" {...{ errors, typed }} />
      <Submit kind="quiet">Keep the note</Submit>
    </form>
  </Seldom>
)

const Extend = ({ request, errors, typed }: ActsProps) => (
  <Seldom
    title="Take longer"
    says={
      <>
        Until <CalendarDay day={request.extendableTo ?? ''} />, once, and only if you say why before the day to answer has passed.
      </>
    }
    wrong={errors['reasons']}
  >
    <form method="post" action={`/staff/requests/${request.id}/extend`} novalidate>
      <Words name="reasons" label="The reasons" hint="How it is complex, or how many there are." {...{ errors, typed }} />
      <Submit kind="quiet" icon="send">
        Tell them
      </Submit>
    </form>
  </Seldom>
)

const Refuse = ({ request, errors, typed }: ActsProps) => (
  <Seldom
    title="Refuse"
    says="They are told the ground, your reasons, and where they can complain."
    wrong={errors['ground'] ?? errors['why']}
  >
    <p>The letter also says that they can go to court, and how they can have it looked at again.</p>
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
  </Seldom>
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
  <Seldom title="Set the clock" says="If you know which law holds. A day that the person was told is never moved to a later one.">
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
  </Seldom>
)
