/** What somebody sees who asks: the forms, the button that confirms, and how their request stands. */
import type { Child } from 'hono/jsx'
import type { FormErrors } from '../web/form.ts'
import { Checkbox, EmailField, Errors, Field, Submit } from '../web/forms.tsx'
import { Notice } from '../web/layout.tsx'
import { CalendarDay, Facts, Moment } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { type FormProps, KindChoices, WordsField } from './form.tsx'
import { channels, endings, type Happening, happenings, kinds } from './kinds.ts'
import type { Request, Step } from './steps.ts'

export const AskPage = ({ errors = {}, typed = {} }: FormProps) => (
  <>
    <h1>A request about your data</h1>
    <p class="lead">
      You need no account, and no papers. We write to the address that it is about, and go on once you have confirmed from there.
    </p>
    <p>
      If you have an account, <a href="/account/privacy">its privacy page</a> does most of this at once.
    </p>
    <Errors errors={errors} />
    <form method="post" action="/privacy/requests/new" novalidate>
      <KindChoices {...{ errors, typed }} />
      <EmailField {...{ errors, typed }} hint="The address under which we may know you. The answer goes there, and nowhere else." />
      <WordsField {...{ errors, typed }} />
      <Submit icon="send">Send the request</Submit>
    </form>
    <p>
      You ask for somebody else, who has authorised you? <a href="/privacy/requests/agent">Send the mandate with it</a>.
    </p>
  </>
)

export const AgentPage = ({ errors = {}, typed = {} }: FormProps) => (
  <>
    <h1>A request for somebody else</h1>
    <p class="lead">The answer goes to the person whom it is about, at the address that we know; to you we send nothing.</p>
    <Errors errors={errors} />
    <form method="post" action="/privacy/requests/agent" enctype="multipart/form-data" novalidate>
      <KindChoices {...{ errors, typed }} />
      <Field
        name="email"
        label="The person’s e-mail address"
        type="email"
        value={typed['email']}
        error={errors['email']}
        maxlength={254}
        hint="We write there. As soon as the person confirms, or our staff have accepted the mandate, the request goes its way."
        required
      />
      <Field name="agent" label="Who you are" value={typed['agent']} error={errors['agent']} maxlength={300} autocomplete="name" required />
      <Field
        name="mandate"
        label="The mandate"
        type="file"
        accept="application/pdf,image/jpeg,image/png"
        error={errors['mandate']}
        hint="A PDF, JPEG or PNG of at most 2 MB. It is kept sealed."
        required
      />
      <WordsField {...{ errors, typed }} />
      <Submit icon="send">Send the request</Submit>
    </form>
  </>
)

export const AskedPage = () => (
  <article class="prose">
    <h1>Please look into the inbox</h1>
    <p>
      Your request has come in, and its clock runs. We have written to the address that it is about: open the page in that letter and press
      its button, and we go on. If no letter comes within a few minutes, look among the unwanted ones, or check the address and try again.
    </p>
    <p>This page says the same whether we know the address or not.</p>
  </article>
)

export const ConfirmPage = ({ code, request, errors = {} }: { code: string; request: Request; errors?: FormErrors }) => (
  <article class="prose">
    <h1>Is this request yours?</h1>
    <p>
      Opening this page has changed nothing. On <Moment at={request.receivedAt} as="day" /> somebody asked for {kinds[request.kind]}. It
      came {channels[request.channel]}.
    </p>
    <Errors errors={errors} />
    <form method="post" action={`/privacy/requests/confirm/${code}`} novalidate>
      {request.kind === 'erasure' && (
        <>
          <p>It cannot be undone, by you or by us. What you pay for ends, and you are signed out everywhere.</p>
          <Checkbox name="sure" label="Yes, erase everything" error={errors['sure']} required />
        </>
      )}
      <Submit kind={request.kind === 'erasure' ? 'danger' : 'primary'}>
        {request.kind === 'erasure' ? 'Erase everything about me' : 'Yes, this is my request'}
      </Submit>
    </form>
    <p>
      <small>If it is not yours, close this page: nothing happens.</small>
    </p>
  </article>
)

interface StatusProps {
  readonly path: string
  readonly request: Request
  readonly steps: readonly Step[]
  /** A copy can be sent for once more. */
  readonly copyable: boolean
  readonly told?: string | undefined
}

export const StatusPage = ({ path, request, steps, copyable, told }: StatusProps) => (
  <>
    <h1>Your request</h1>
    <Told words={told} />
    <p class="lead">You asked for {kinds[request.kind]}.</p>
    <Facts rows={factsOf(request)} />
    {!request.closedAt && !request.provenAt && request.proofUntil && (
      <Notice kind="info">
        <p>
          We wait for you: please press the button behind the link in our letter, until <Moment at={request.proofUntil} as="day" />.
        </p>
      </Notice>
    )}
    <Timeline steps={steps} />
    {copyable && (
      <form method="post" action={`${path}/copy`}>
        <Submit kind="quiet" icon="mail">
          Send me another link to the copy
        </Submit>
      </form>
    )}
    {!request.closedAt && (
      <form method="post" action={`${path}/withdraw`}>
        <Submit kind="quiet">Take the request back</Submit>
      </form>
    )}
  </>
)

/** The dates of a request, for the person and for staff. */
export const factsOf = (request: Request): [string, Child][] => {
  const { receivedAt, channel, answerBy, closedAt, ending } = request
  const facts: [string, Child][] = [
    ['Came in', <Moment at={receivedAt} />],
    ['By which way', channels[channel]],
  ]
  if (!closedAt) return [...facts, ['To be answered by', <CalendarDay day={answerBy} />]]
  return [...facts, ['Closed', <Moment at={closedAt} />], ['How', ending ? endings[ending] : 'Done']]
}

interface TimelineProps {
  readonly steps: readonly Step[]
  /** How staff call what happens; they also read why something is in doubt, and other details of theirs. */
  readonly staff?: Readonly<Record<Happening, string>> | undefined
}

/** The history of a request. */
export const Timeline = ({ steps, staff }: TimelineProps) => (
  <section>
    <h2>What has happened</h2>
    <ol class="timeline">
      {steps.map(({ what, detail, happenedAt }) => (
        <li>
          <Moment at={happenedAt} /> {(staff ?? happenings)[what]}
          {(staff || what === 'waiting') && detail && `: ${detail}`}
        </li>
      ))}
    </ol>
  </section>
)
