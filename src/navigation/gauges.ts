/** The way in of visits in numbers, for `/metrics`. */
import { type Gauge, single } from '../web/gauges.ts'
import { intakeOf } from './recording.ts'

/** What waits to be written, and what was since the start. */
export const visitsGauge: Gauge = async ({ db }) => {
  const { waiting = 0, batches = 0, actions = 0, lost = 0 } = intakeOf(db) ?? {}
  return [
    single('cloudrun_visits_waiting', 'Actions of visitors that wait to be written', waiting),
    single('cloudrun_visit_batches_total', 'Batches of actions that were written since the start', batches, 'counter'),
    single('cloudrun_visit_actions_total', 'Actions that were written since the start', actions, 'counter'),
    single('cloudrun_visit_actions_lost_total', 'Actions that could not be written since the start', lost, 'counter'),
  ]
}
