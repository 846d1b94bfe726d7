/** Later work: what waits, when it comes, what was given up. */
import type { DeadLetter, KeptAppointment, QueueState } from '../jobs/overview.ts'
import { Submit } from '../web/forms.tsx'
import { Empty } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'

interface JobsProps {
  readonly queues: readonly QueueState[]
  readonly clock: readonly KeptAppointment[]
  readonly dead: { readonly letters: readonly DeadLetter[]; readonly count: number }
  readonly told?: string | undefined
}

export const JobsPage = ({ queues, clock, dead, told }: JobsProps) => (
  <>
    <h1>Later work</h1>
    <Told words={told} />
    <Queues queues={queues} />
    <section>
      <h2>On the clock</h2>
      {clock.length === 0 ? <p>Nothing runs by itself: no process does the work.</p> : <Clock clock={clock} />}
    </section>
    <section>
      <h2>Given up</h2>
      {dead.count === 0 ? (
        <Empty icon="circle-check" title="Nothing was given up">
          <p>A job that fails is tried again for about eight hours. Then it waits here for you.</p>
        </Empty>
      ) : (
        <DeadLetters dead={dead} />
      )}
    </section>
  </>
)

const Queues = ({ queues }: { queues: readonly QueueState[] }) => (
  <Table label="Queues">
    <thead>
      <tr>
        <Column>Job</Column>
        <Column number>Waiting</Column>
        <Column number>Running</Column>
        <Column number>Failed within a week</Column>
      </tr>
    </thead>
    <tbody>
      {queues.map(({ job, waiting, running, failed }) => (
        <tr>
          <th scope="row">{job}</th>
          <td class="number">{waiting.toLocaleString('en')}</td>
          <td class="number">{running.toLocaleString('en')}</td>
          <td class="number">{failed.toLocaleString('en')}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Clock = ({ clock }: { clock: readonly KeptAppointment[] }) => (
  <Table label="Clock">
    <thead>
      <tr>
        <Column>Job</Column>
        <Column>What it does</Column>
        <Column>Next</Column>
      </tr>
    </thead>
    <tbody>
      {clock.map(({ job, cron, says, next }) => (
        <tr>
          <th scope="row">{job}</th>
          <td>{says ?? <code>{cron}</code>}</td>
          <td>{next ? <Moment at={next} /> : 'not within a year'}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const DeadLetters = ({ dead: { letters, count } }: Pick<JobsProps, 'dead'>) => (
  <>
    <p>
      {count === 1 ? 'One job was' : `${count.toLocaleString('en')} jobs were`} given up after all tries.
      {count > letters.length && ` These are the newest ${letters.length}.`} Repair the cause first, then try again.
    </p>
    <Table label="Jobs that were given up">
      <thead>
        <tr>
          <Column>Job</Column>
          <Column>Fault</Column>
          <Column>About</Column>
          <Column number>Tries</Column>
          <Column>Asked for</Column>
          <Column>Given up</Column>
          <Column>Once more</Column>
        </tr>
      </thead>
      <tbody>
        {letters.map((letter) => (
          <DeadRow letter={letter} />
        ))}
      </tbody>
    </Table>
    <form method="post" action="/staff/jobs/retry">
      <Submit kind="quiet">Try all of them again</Submit>
    </form>
  </>
)

const DeadRow = ({ letter: { id, job, kind, about, tries, askedAt, givenUpAt } }: { letter: DeadLetter }) => (
  <tr>
    <th scope="row">{job}</th>
    <td>{kind}</td>
    <td>
      {about.map(([name, value]) => (
        <div>
          {name} <code>{value}</code>
        </div>
      ))}
    </td>
    <td class="number">{tries}</td>
    <td>
      <Moment at={askedAt} />
    </td>
    <td>
      <Moment at={givenUpAt} />
    </td>
    <td>
      <form class="inline" method="post" action={`/staff/jobs/${id}/retry`}>
        <Submit kind="quiet">Try again</Submit>
      </form>
    </td>
  </tr>
)
