/** What a visitor reads when something is refused, or when something broke. */
import type { Refusal } from './refusal.ts'

export const RefusalPage = ({ refusal, requestId }: { refusal: Refusal; requestId: string }) => (
  <article class="prose">
    <h1>{refusal.status === 404 ? 'Nothing here' : 'That was not done'}</h1>
    <p>{refusal.words}</p>
    <p>
      <a href="/">Home</a> or <a href="/help">Help and Support</a>
    </p>
    <p>
      <small>Number of this request: {requestId}</small>
    </p>
  </article>
)

export const FaultPage = ({ requestId }: { requestId: string }) => (
  <article class="prose">
    <h1>Something went wrong on our side</h1>
    <p>Nothing that you did, and nothing was half done. Please try again; if it happens again, tell us this number.</p>
    <p>
      <code>{requestId}</code>
    </p>
    <p>
      <a href="/">Home</a> or <a href="/help/contact">Write to us</a>
    </p>
  </article>
)
