/**
 * The question before anything goes to a service of others. It stands in the page and covers nothing; yes
 * and no are two buttons of one size and one kind; who answers neither has said no.
 */
interface Asking {
  /** The services, as one says them. */
  readonly services: string
  /** Where the answer leads back to. */
  readonly path: string
}

const words = {
  label: 'Your choice about analytics services',
  yes: 'Accept',
  no: 'Refuse',
  single: 'Choose one by one',
}

export const AskingBanner = ({ services, path }: Asking) => (
  <section class="asking" aria-label={words.label}>
    <p>
      <strong>May we tell {services} which pages you read here?</strong> With it goes what kind of browser you use and where you came from,
      never your IP address or your name. Unless you accept, nothing goes. You can change your mind at any time under “Privacy”.
    </p>
    <form method="post" action="/privacy/choices">
      <input type="hidden" name="then" value={path} />
      <button type="submit" name="answer" value="no">
        {words.no}
      </button>
      <button type="submit" name="answer" value="yes">
        {words.yes}
      </button>
      <a href="/privacy#choices">{words.single}</a>
    </form>
  </section>
)
