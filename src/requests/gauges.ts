/** Requests about data in numbers, for `/metrics`. */
import { type Gauge, single } from '../web/gauges.ts'
import { listRequests } from './queue.ts'

/** How many requests are open, and how many days are left for the one that must be answered first. */
export const requestsGauge: Gauge = async (house) => {
  const open = await house.db.as('legal', (tx) => listRequests(tx, house, 'open', 10_000))
  const [first] = open
  return [
    single('cloudrun_requests_open', 'Requests about data that are not answered', open.length),
    single('cloudrun_requests_overdue', 'Those whose day has passed', open.filter(({ daysLeft }) => daysLeft < 0).length),
    ...(first ? [single('cloudrun_request_days_left', 'Days that are left for the one that must be answered first', first.daysLeft)] : []),
  ]
}
