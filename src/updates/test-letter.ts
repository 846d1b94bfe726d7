/** A letter of an issue to oneself: the very letter that would go, but for its subject and its way to leave. */
import { newId } from '../database/columns.ts'
import { enter } from '../egress/ledger.ts'
import type { Id } from '../log.ts'
import { keepAsSent } from '../mail/letter.ts'
import { personOf } from '../people/person.ts'
import { handOver, MESSAGE, smtp } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
import { editionOf, parcelFor, shownFor } from './edition.ts'
import { issueOf } from './issue.ts'

/** The mail server did not take it; the queue tries again. */
class NotTaken extends Error {
  override name = 'NotTaken'
}

/**
 * Sends it. Nobody is subscribed by it, so its link for leaving ends nothing.
 * @throws NotTaken when the server wants it later
 */
export async function sendTest(house: House, { issueId, personId }: { issueId: Id; personId: Id }): Promise<void> {
  const { issue, person } = await house.db.as('updates', async (tx) => ({
    issue: await issueOf(tx, issueId),
    person: await personOf(tx, personId),
  }))
  if (!issue || !person) return
  const edition = await editionOf(house, { ...issue, subject: `[Test] ${issue.subject}` })
  const reached = { recipientId: newId(), subscriptionId: newId(), name: person.name, email: person.email }
  if (!house.config.smtpUrl) {
    const letter = { to: person.email, personId, kind: 'test', ...shownFor(house, edition, reached) }
    return house.db.as('updates', (tx) => keepAsSent(tx, [letter]))
  }
  await house.db.as('updates', (tx) => enter(tx, { plate: smtp, fields: MESSAGE, personId }))
  const { fate } = await handOver(house.config, parcelFor(house, edition, reached))
  if (fate === 'later' || fate === 'unreached') throw new NotTaken(fate)
}
