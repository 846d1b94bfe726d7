/** How many visits came how far on the way to each goal. */
import { Column, Table } from '../web/lists.tsx'
import { Share } from './charts.tsx'
import type { Reached } from './report.ts'
import { number, percent } from './words.ts'

export function GoalsReached({ goals, visits }: { goals: readonly Reached[]; visits: number }) {
  if (goals.length === 0) return null
  return (
    <section>
      <h2>Goals</h2>
      <p class="hint">Of each step, the visits that took it after all steps before it. Where too few did, nothing is told.</p>
      <div class="panels">
        {goals.map(({ name, steps }) => (
          <section>
            <h3>{name}</h3>
            <Table label={name}>
              <thead>
                <tr>
                  <Column>Step</Column>
                  <Column number>Visits</Column>
                  <Column number>Of all</Column>
                  <Column number>Of the step before</Column>
                </tr>
              </thead>
              <tbody>
                {steps.map(({ says, count }, at) => (
                  <tr>
                    <th scope="row">
                      {says}
                      <Share part={count} whole={visits} />
                    </th>
                    <td class="number">{count === 0 ? '–' : number(count)}</td>
                    <td class="number">{percent(count, visits)}</td>
                    <td class="number">{at === 0 ? '–' : percent(count, steps[at - 1]?.count ?? 0)}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </section>
        ))}
      </div>
    </section>
  )
}
