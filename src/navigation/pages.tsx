/** What may be fitted to somebody who is signed in, why they see it, and the switch for it. */
import { Submit } from '../web/forms.tsx'
import { Empty } from '../web/layout.tsx'
import { wordings } from './choice.ts'
import type { Suggestion } from './suggestion.ts'

interface Fitting {
  readonly allowed: boolean
  readonly suggestions: readonly Suggestion[]
}

export const SuggestionsPage = ({ allowed, suggestions }: Fitting) => (
  <>
    <h1>Suggestions</h1>
    {allowed ? <Suggestions suggestions={suggestions} /> : <Offer />}
  </>
)

const Offer = () => (
  <>
    <p class="lead">We can suggest services and help that fit what you read here. We do so only if you want it.</p>
    <p>{wordings.personal}</p>
    <p>What you did before you allow it stays unknown, to us as well.</p>
    <form method="post" action="/account/suggestions">
      <input type="hidden" name="answer" value="yes" />
      <Submit>Suggest what fits</Submit>
    </form>
  </>
)

const Suggestions = ({ suggestions }: { suggestions: readonly Suggestion[] }) => (
  <>
    {suggestions.length === 0 ? (
      <Empty icon="inbox" title="Nothing yet">
        <p>Read a little: services and help that fit will stand here.</p>
      </Empty>
    ) : (
      <ul class="rows services">
        {suggestions.map(({ href, title, summary, because }) => (
          <li>
            <h2>
              <a href={href}>{title}</a>
            </h2>
            <div>
              <p>{summary}</p>
              <p class="soft">Why you see this: {because}</p>
            </div>
          </li>
        ))}
      </ul>
    )}
    <h2>End it</h2>
    <p>
      You allowed this: “{wordings.personal}” What was noted is on <a href="/account/privacy">your privacy page</a>.
    </p>
    <form method="post" action="/account/suggestions">
      <input type="hidden" name="answer" value="no" />
      <Submit kind="quiet">Stop, and delete what was noted</Submit>
    </form>
  </>
)
