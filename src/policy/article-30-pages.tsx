/** The record of processing activities, as a page for those who answer for it. */
import { Facts } from '../web/lists.tsx'
import type { Entry, ProcessingRecord } from './article-30.ts'

export const ProcessingPage = ({ controller, entries, measures }: ProcessingRecord) => (
  <>
    <h1>Record of processing activities</h1>
    <p class="lead">
      What Art. 30(1) of the GDPR wants to be kept. It is made from the program’s own declarations each time that it is opened, so it cannot
      be out of date.
    </p>
    <div class="actions">
      <a class="button quiet" href="/staff/article-30/record.csv">
        Take it out as CSV
      </a>
    </div>
    <p>
      The same for machines: <a href="/privacy/data.jsonld">linked data (DPV)</a>, <a href="/privacy/data.fides.yml">a manifest of Fides</a>
      .
    </p>
    <section>
      <h2>Who answers for it</h2>
      <Facts rows={controller} />
    </section>
    {entries.map((entry) => (
      <Activity entry={entry} />
    ))}
    <section>
      <h2>How it is protected</h2>
      <ul>
        {measures.map((says) => (
          <li>{says}.</li>
        ))}
      </ul>
    </section>
  </>
)

const Activity = ({ entry: { key, purpose, basis, people, data, recipients, transfers, retention } }: { entry: Entry }) => (
  <section id={key}>
    <h2>{purpose}</h2>
    <Facts
      rows={[
        ['Legal basis', basis],
        ['People', people.join('; ')],
        ['Data', data.join('; ')],
        ['Recipients', recipients.join('; ') || 'nobody'],
        ['Transfers to third countries', transfers.join('; ') || 'none'],
      ]}
    />
    <details>
      <summary>When it is erased ({retention.length})</summary>
      <Facts rows={retention} />
    </details>
  </section>
)
