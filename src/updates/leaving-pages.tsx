/** What somebody reads who opens the foot of a letter. Nothing here is about its subscriber. */
import { Submit } from '../web/forms.tsx'

export const LeavePage = ({ token, title }: { token: string; title: string }) => (
  <article class="prose">
    <h1>Leave “{title}”?</h1>
    <p>
      Opening this page has changed nothing. With the button, no further letter on this topic goes to the address that this one went to.
      Nobody asks you why.
    </p>
    <form method="post" action={`/updates/unsubscribe/${token}`}>
      <Submit>Leave this topic</Submit>
    </form>
    <p>
      Or <a href="/updates/preferences">choose what you get</a>: we send a link to your address.
    </p>
  </article>
)

export const ReturnPage = ({ token, title }: { token: string; title: string }) => (
  <article class="prose">
    <h1>Get “{title}” again?</h1>
    <p>Opening this page has changed nothing. With the button everything is as it was before you left.</p>
    <form method="post" action={`/updates/return/${token}`}>
      <Submit>Yes, send me this topic again</Submit>
    </form>
  </article>
)

export const BrokenLinkPage = () => (
  <article class="prose">
    <h1>That link is not complete</h1>
    <p>Some mail programs break long links. Please open it from the letter once more, or copy the whole of it.</p>
    <p>
      You can also <a href="/updates/preferences">choose what you get</a>: we send a link to your address.
    </p>
  </article>
)
