/** Everything that can be asked for its numbers, for `/metrics`. */
import { backupsGauge } from './backups/gauges.ts'
import { jobsGauge } from './jobs/gauges.ts'
import { lettersGauge } from './mail/gauges.ts'
import { visitsGauge } from './navigation/gauges.ts'
import { promisesGauge } from './promises/gauges.ts'
import { requestsGauge } from './requests/gauges.ts'
import { databaseGauge, type Gauge, machineGauge, spansGauge } from './web/gauges.ts'

export const gauges: readonly Gauge[] = [
  machineGauge,
  databaseGauge,
  jobsGauge,
  lettersGauge,
  visitsGauge,
  requestsGauge,
  backupsGauge,
  promisesGauge,
  spansGauge,
]
