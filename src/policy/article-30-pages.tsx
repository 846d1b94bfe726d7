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
    <section>
      <h2>What is done</h2>
      {entries.map((entry) => (
        <Activity entry={entry} />
      ))}
    </section>
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

// Closed: one sees at a glance what is done and on which basis, and opens what one asks about.
const Activity = ({ entry: { key, purpose, basis, people, data, recipients, transfers, retention } }: { entry: Entry }) => (
  <details class="folded" id={key}>
    <summary>
      <h3>{purpose}</h3>{' '}
      <small>
        {basis}; {recipients.length > 0 ? `goes to ${recipients.join(', ')}` : 'goes to nobody'}
      </small>
    </summary>
    <Facts
      rows={[
        ['People', people.join('; ')],
        ['Data', data.join('; ')],
        ['Transfers to third countries', transfers.join('; ') || 'none'],
      ]}
    />
    <h4>When it is erased</h4>
    <Facts rows={retention} />
  </details>
)
