/** Asking from one's own privacy page, and fetching a copy by a link. */
import { KindChoices, WordsField } from '../requests/form.tsx'
import type { Request } from '../requests/steps.ts'
import { kinds } from '../requests/kinds.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Submit } from '../web/forms.tsx'
import { Moment } from '../web/lists.tsx'

/** One's own request, and the page that shows how it stands. */
export interface MyRequest {
  readonly request: Request
  readonly path: string
}

interface Requests {
  readonly requests: readonly MyRequest[]
  readonly errors: FormErrors
  readonly typed: Typed
}

export const RequestsSection = ({ requests, errors, typed }: Requests) => (
  <section id="requests">
    <h2>Ask us for something else</h2>
    <p>You are signed in: no other proof is needed. What needs nobody’s judgement is done at once.</p>
    {requests.length > 0 && (
      <ul>
        {requests.map(({ request, path }) => (
          <li>
            <a href={path}>
              <Moment at={request.receivedAt} as="day" />: {kinds[request.kind]}
            </a>
          </li>
        ))}
      </ul>
    )}
    <form method="post" action="/account/privacy/requests" novalidate>
      <KindChoices {...{ errors, typed }} />
      <WordsField {...{ errors, typed }} />
      <Submit icon="send">Send the request</Submit>
    </form>
  </section>
)

export const FetchPage = ({ code }: { code: string }) => (
  <article class="prose">
    <h1>Your copy is ready</h1>
    <p>Opening this page has changed nothing. The button gives you the copy, once: keep it where nobody else reads it.</p>
    <form method="post" action={`/privacy/requests/copy/${code}`}>
      <Submit icon="download">Fetch the copy</Submit>
    </form>
  </article>
)

export const NotThereYetPage = ({ path }: { path: string }) => (
  <article class="prose">
    <h1>The copy must be made anew</h1>
    <p>
      It is a large one, and is kept for a day. We make it again and send another link; <a href={path}>your request</a> shows when.
    </p>
  </article>
)
