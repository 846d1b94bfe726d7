/** How often which service of others was agreed to: in the console, in counts alone. */
import type { Asked } from '../processors/analytics-question.ts'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Column, Table } from '../web/lists.tsx'
import type { AnswerCount } from './consent.ts'

interface Counted {
  readonly asked: readonly Asked[]
  readonly counts: readonly AnswerCount[]
}

export const AnswersPage = ({ asked, counts }: Counted) => (
  <>
    <Crumbs to={[{ href: '/staff/navigation', text: 'Visits' }]} here="Consent" />
    <h1>Consent to analytics services</h1>
    {asked.length === 0 ? (
      <Empty icon="shield-check" title="No such service is turned on">
        <p>Our own counting needs no consent, so nobody is asked. Services are turned on by settings; the guide for operators says how.</p>
      </Empty>
    ) : (
      <>
        <p>
          Answers that hold now. Each is kept with the words that were shown, as proof; of visitors under a random number, without an
          address. Whoever asks not to be followed by their browser's signal is not asked, and counts as nobody here.
        </p>
        <Counts {...{ asked, counts }} />
        <h2>What is asked</h2>
        {asked.map(({ words }) => (
          <p>{words}</p>
        ))}
      </>
    )}
  </>
)

const Counts = ({ asked, counts }: Counted) => (
  <Table label="Answers by service">
    <thead>
      <tr>
        <th scope="col">Service</th>
        <Column number>Agreed</Column>
        <Column number>Refused</Column>
      </tr>
    </thead>
    <tbody>
      {asked.map(({ service, name }) => {
        const count = counts.find((one) => one.service === service)
        return (
          <tr>
            <th scope="row">{name}</th>
            <td class="number">{count?.agreed ?? 0}</td>
            <td class="number">{count?.refused ?? 0}</td>
          </tr>
        )
      })}
    </tbody>
  </Table>
)
