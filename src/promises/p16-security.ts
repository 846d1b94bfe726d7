/** P16: technical measures. */
import { lookAtLogins } from './p16-logins.ts'
import { lookAtDoors, lookAtRecord, lookAtRetention, lookAtSealing, lookAtSessions } from './p16-measures.ts'
import type { Promised } from './promise.ts'

export const p16: Promised = {
  name: 'P16',
  says: 'Appropriate technical security measures protect the data.',
  keptBy: [
    { trigger: 'audit_details_chained', says: 'what is grave becomes part of a chain of hashes' },
    { trigger: 'audit_entries_fixed', says: 'and nobody changes the chain' },
    { constraint: 'sessions_token', says: 'a session is known by a hash of what the cookie holds' },
    { job: 'retention.sweep', says: 'deletes what the data map says is due' },
    { job: 'audit.sign-head', says: 'signs the newest entry of the record, and puts it down outside the database' },
    { job: 'staff.check-record', says: 'looks the whole record over, every night' },
    { job: 'promises.check', says: 'looks every hour whether all of this holds' },
    { page: '/security', says: 'how to tell us of a weakness' },
    { file: 'src/database/grants.ts', says: 'each purpose is a login of its own, which may do what the register says' },
    { file: 'src/web/rails.ts', says: 'safe headers, no forged forms, bounded bodies' },
  ],
  looksAt:
    'Every right that a login has in the database, against the register; what the logins may do to the server; rules by rows; rows that outlived their time; the newest entries of the record, hash by hash; sessions and passwords; and how the doors answer a stranger, a forged form and a console that is asked for from outside.',
  async check(look) {
    await lookAtLogins(look)
    await lookAtRetention(look)
    await lookAtRecord(look)
    await lookAtSessions(look)
    await lookAtSealing(look)
    await lookAtDoors(look)
  },
}
