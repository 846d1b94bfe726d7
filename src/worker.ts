/** All later work, and everything on the clock: this page says what runs when. */
import { agentJobs } from './agents/jobs.ts'
import { auditJobs } from './audit/jobs.ts'
import { backupJobs } from './backups/jobs.ts'
import { breachJobs } from './breaches/jobs.ts'
import { billingJobs } from './billing/jobs.ts'
import type { Prepared } from './database/migrate.ts'
import { sweep } from './database/sweep.ts'
import { scrub } from './database/scrub.ts'
import { disclosureJobs } from './disclosures/jobs.ts'
import { type Appointment, type Handlers, keepAppointments, work } from './jobs/queue.ts'
import { helpJobs } from './help/jobs.ts'
import { mailJobs } from './mail/jobs.ts'
import { policyJobs } from './policy/jobs.ts'
import { programJobs } from './programs/jobs.ts'
import { promiseJobs } from './promises/jobs.ts'
import { navigationJobs } from './navigation/jobs.ts'
import { register } from './register.ts'
import { requestJobs } from './requests/jobs.ts'
import { rightsJobs } from './rights/jobs.ts'
import { serviceJobs } from './services/jobs.ts'
import { staffJobs } from './staff/jobs.ts'
import { updateJobs } from './updates/jobs.ts'
import type { House } from './web/house.ts'

/** What runs by itself (UTC). */
export const clock: readonly Appointment[] = [
  { job: 'retention.sweep', cron: '*/5 * * * *', says: 'Every five minutes: deletes what the data map says is due' },
  { job: 'updates.wake', cron: '* * * * *', says: 'Every minute: starts the issues whose time has come, and goes on with those under way' },
  { job: 'mail.check', cron: '17 * * * *', says: 'Every hour: looks whether a new signing key is published, and lets it take over' },
  { job: 'programs.deliver', cron: '* * * * *', says: 'Every minute: tells the company’s own programs again what they did not take' },
  {
    job: 'services.keep-time',
    cron: '*/10 * * * *',
    says: 'Every ten minutes: ends what was asked to end or never paid for, and grace that is over',
  },
  {
    job: 'rights.forget-guests',
    cron: '25 3 * * *',
    says: 'At 03:25: erases whoever was known by updates alone and left them all 30 days ago',
  },
  {
    job: 'rights.note-erasures',
    cron: '*/5 * * * *',
    says: 'Every five minutes, and after each erasure: notes outside the database that somebody was erased',
  },
  {
    job: 'rights.tell-waiting',
    cron: '*/10 * * * *',
    says: 'Every ten minutes: asks recipients again that have not confirmed yet, and erases whom all have forgotten',
  },
  {
    job: 'requests.watch',
    cron: '7 * * * *',
    says: 'Every hour: reminds those who answer requests about data of the days that come near, and closes what nobody confirmed',
  },
  {
    job: 'help.watch',
    cron: '0 8 * * *',
    says: 'At 08:00: reminds those who answer questions of what waits for two days, and closes what is quiet for thirty',
  },
  { job: 'agents.tell', cron: '* * * * *', says: 'Every minute: tells agents how the requests stand that they made for others' },
  {
    job: 'breaches.watch',
    cron: '*/10 * * * *',
    says: 'Every ten minutes: reminds those who answer for breaches of the terms that come near, and keeps what became of notices',
  },
  {
    job: 'disclosures.watch',
    cron: '*/10 * * * *',
    says: 'Every ten minutes: tells people of legal demands on the day on which a bar on telling lapses, and reminds those who answer',
  },
  {
    job: 'policy.watch',
    cron: '* * * * *',
    says: 'Every minute: keeps what became of notices of a new privacy policy, and lets it take effect when they have run their time',
  },
  {
    job: 'promises.check',
    cron: '37 * * * *',
    says: 'Every hour: looks whether each promise of the privacy policy holds, and raises the alarm when one does not',
  },
  { job: 'mail.poll', cron: '*/2 * * * *', says: 'Every two minutes: empties the mailbox that IMAP_URL names' },
  {
    job: 'navigation.fold',
    cron: '*/10 * * * *',
    says: 'Every ten minutes: destroys the salt of a day that is over, counts its visits and drops them',
  },
  {
    job: 'navigation.hand-over',
    cron: '* * * * *',
    says: 'Every minute: tells analytics services of others what was done by those who agreed, and tries again what they did not take',
  },
  {
    job: 'navigation.weekly-letter',
    cron: '0 7 * * 1',
    says: 'On Mondays at 07:00: writes to those of the team who asked how the websites were used',
  },
  {
    job: 'navigation.sudden-letter',
    cron: '4 * * * *',
    says: 'Every hour: looks whether there are suddenly more or fewer visits than usual, and writes to those who asked',
  },
  { job: 'billing.report-usage', cron: '5-59/10 * * * *', says: 'Every ten minutes: tells Stripe what was used of plans by use' },
  { job: 'billing.catch-up', cron: '3-59/10 * * * *', says: 'Every ten minutes: handles what Stripe told and nobody came to handle' },
  {
    job: 'billing.reconcile',
    cron: '50 2 * * *',
    says: 'At 02:50: compares what we keep with what Stripe says, and mends what does not agree',
  },
  {
    job: 'audit.sign-head',
    cron: '* * * * *',
    says: 'Every minute: signs the newest entry of the record, and puts that down outside the database',
  },
  {
    job: 'staff.check-record',
    cron: '20 4 * * *',
    says: 'At 04:20: looks the record of what was done over, and raises the alarm if it is not whole',
  },
  { job: 'staff.send-head', cron: '0 5 * * 1', says: 'On Mondays at 05:00: sends the signed end of the record to the privacy address' },
  { job: 'database.scrub', cron: '40 3 * * *', says: 'At 03:40: compacts tables that lost rows, so that the files forget them, too' },
]

/** Who hears what. */
export const handlers = (house: House): Handlers => ({
  ...mailJobs(house),
  ...updateJobs(house),
  ...staffJobs(house),
  ...programJobs(house),
  ...serviceJobs(house),
  ...requestJobs(house),
  ...helpJobs(house),
  ...rightsJobs(house),
  ...agentJobs(house),
  ...breachJobs(house),
  ...disclosureJobs(house),
  ...policyJobs(house),
  ...promiseJobs(house),
  ...billingJobs(house),
  ...navigationJobs(house),
  ...auditJobs(house),
  ...backupJobs(house),
  'retention.sweep': () => sweep(house.db, register),
  'database.scrub': () => scrub(house.db, register),
})

/** Starts working and keeps the clock; on a database that is ahead, the newer program keeps it. */
export async function startWorking(house: House, prepared: Prepared = 'level'): Promise<void> {
  await work(house.db, handlers(house))
  if (prepared === 'level')
    await keepAppointments(
      house.db,
      clock.filter(({ job }) => isWanted(house, job)),
    )
}

// What serves a setting that is not set need not come by.
function isWanted({ config }: House, job: Appointment['job']): boolean {
  if (job === 'mail.poll') return config.imapUrl !== undefined
  return job !== 'navigation.hand-over' || config.analytics.length > 0
}
