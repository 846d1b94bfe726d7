/** The promises in numbers. */
import type { Gauge } from '../web/gauges.ts'
import { evidenceOf } from './evidence.ts'

/** Whether each promise holds, as far as it is known: what was not examined, or not of late, counts as one that does not. */
export const promisesGauge: Gauge = async ({ db }) => {
  const evidence = await db.as('operations', evidenceOf)
  return [
    {
      ...{ name: 'cloudrun_promise_holds', help: 'Whether a promise of the policy holds; 0 as well while nobody knows', kind: 'gauge' },
      readings: evidence.map(({ promise, standing }) => ({ labels: { promise }, value: standing === 'holds' ? 1 : 0 })),
    },
    {
      ...{
        name: 'cloudrun_promise_looked_at_seconds',
        help: 'When its check last ran, in seconds since 1970; 0 if it never did',
        kind: 'gauge',
      },
      readings: evidence.map(({ promise, ranAt }) => ({ labels: { promise }, value: (ranAt?.getTime() ?? 0) / 1000 })),
    },
  ]
}
