/** What the rooms hand to the console: what may need somebody, what can be found, and every table that is kept. */
import { billingWaits } from './billing/waiting.ts'
import { breachesWait, breachFinder } from './breaches/waiting.ts'
import { demandFinder, demandsWait } from './disclosures/waiting.ts'
import { articleFinder, questionFinder, questionsWait } from './help/waiting.ts'
import { policyWaits, versionFinder } from './policy/waiting.ts'
import { promisesWait } from './promises/waiting.ts'
import { register } from './register.ts'
import { requestFinder, requestsWait } from './requests/waiting.ts'
import { serviceFinder } from './services/finder.ts'
import type { Parts } from './staff/parts.ts'
import { peopleFinder } from './staff/own-finders.ts'
import { jobsWait, mailWaits } from './staff/own-waiting.ts'
import { issueFinder, issuesWait } from './updates/waiting.ts'

export const consoleParts: Parts = {
  waiting: [
    promisesWait,
    breachesWait,
    demandsWait,
    requestsWait,
    questionsWait,
    issuesWait,
    billingWaits,
    policyWaits,
    mailWaits,
    jobsWait,
  ],
  finders: [
    peopleFinder,
    questionFinder,
    requestFinder,
    issueFinder,
    serviceFinder,
    demandFinder,
    breachFinder,
    versionFinder,
    articleFinder,
  ],
  register,
}
