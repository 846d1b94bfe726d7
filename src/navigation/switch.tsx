/** The one switch for visitors: whether their visits are counted, though nobody knows whose they are. */
import { attribution } from './place.ts'
import { wordings } from './choice.ts'

/** What the page knows of its reader. */
interface Standing {
  /** The browser asks not to be followed. */
  readonly signal: boolean
  readonly uncounted: boolean
}

/** For the page of the privacy policy: what is done, what is honoured, and the switch. */
export const CountingSwitch = ({ signal, uncounted }: Standing) => (
  <section id="counting">
    <h2>Being counted</h2>
    <p>
      We count visits, so that we learn which pages are of use, from which countries and regions people come and at what hour. No cookie is
      needed for it and no address is kept; when a day is over, nobody can tell any more who came.
    </p>
    {signal && (
      <p>
        <strong>Your browser asks not to be followed, and we honour it: your visits are not counted.</strong>
      </p>
    )}
    {uncounted ? (
      <Switch answer="yes" label="Count my visits again">
        Your visits are not counted in this browser. It remembers that in a cookie named <code>uncounted</code>, which says the same for
        everybody who has it.
      </Switch>
    ) : (
      <Switch answer="no" label="Do not count my visits">
        {signal ? 'You can say the same with this switch, for when your browser does not ask.' : wordings.counting} If you switch it off,
        your browser keeps a cookie named <code>uncounted</code>, because nothing else could remember it; if you are signed in, it holds for
        all your devices.
      </Switch>
    )}
    <p class="soft">
      Where a visit comes from is told by a table on our own server: <a href={attribution.href}>{attribution.says}</a>.
    </p>
  </section>
)

const Switch = ({ answer, label, children }: { answer: 'yes' | 'no'; label: string; children?: unknown }) => (
  <form method="post" action="/privacy/counting">
    <p>{children}</p>
    <button type="submit" name="answer" value={answer} class="quiet">
      {label}
    </button>
  </form>
)
