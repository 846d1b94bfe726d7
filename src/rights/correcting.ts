/**
 * A correction, a restriction and its lifting reach everybody who received the data (GDPR Art. 16, 18, 19). Rooms below
 * leave a note; what a person or staff asked for is done once every recipient has confirmed it.
 */
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { personOf, takeCorrection } from '../people/person.ts'
import { restrict } from '../people/restriction.ts'
import { processors } from '../processors/all.ts'
import { finish, waitFor } from '../requests/finishing.ts'
import { lockedRequest } from '../requests/request.ts'
import type { Request } from '../requests/steps.ts'
import type { House } from '../web/house.ts'
import { type Line, mustTell, tellingsFor, tellNow } from './telling.ts'
import { lineInWords } from './telling-words.ts'

/** A name or an address was corrected. */
export async function passCorrectionOn(house: House, correctionId: Id, requestId: Id | undefined): Promise<void> {
  const corrected = await house.db.as('rights', async (tx) => {
    const found = await takeCorrection(tx, correctionId)
    if (found) await mustTell(tx, { ...found, act: 'correct', correctionId, requestId })
    return found
  })
  if (!corrected) return
  await tellNow(house, corrected.personId, 'correct')
  if (requestId) await concludeRequest(house, requestId)
}

/** A restriction was lifted. */
export async function passReleaseOn(house: House, personId: Id): Promise<void> {
  await house.db.as('rights', (tx) => mustTell(tx, { personId, act: 'lift' }))
  await tellNow(house, personId, 'lift')
}

/** A person asked that their data is only stored: that holds at once, and recipients are told. */
export async function limitUse(house: House, { id, personId }: Request): Promise<void> {
  if (personId) {
    await house.db.as('rights', async (tx) => {
      const request = await lockedRequest(tx, id)
      if (!request || request.closedAt || (await tellingsFor(tx, id)).length > 0) return
      await restrict(tx, personId)
      await mustTell(tx, { personId, act: 'restrict', requestId: id })
    })
    await tellNow(house, personId, 'restrict')
  }
  await concludeRequest(house, id)
}

/** Ends one request, if nobody is left to confirm; else it says for whom it waits. */
export async function concludeRequest(house: House, id: Id): Promise<void> {
  await house.db.as('rights', async (tx) => {
    const request = await lockedRequest(tx, id)
    if (!request || request.closedAt) return
    const lines = await tellingsFor(tx, id)
    const waiting = lines.filter(({ confirmedAt }) => !confirmedAt)
    for (const { name } of waiting) await waitFor(tx, request, name)
    if (waiting.length === 0) await finish(tx, house, request, await said(tx, request, lines))
  })
}

const RESTRICTED = [
  'From now on we only store what we hold about you: no update goes to you, nothing is fitted to you, you are counted in no list of ours, and of our staff only those who answer for privacy find you. You can sign in and use what you registered for as before.',
  'Before we lift this, we tell you so, and why. To have it lifted, answer this letter.',
]

async function said(tx: For<'rights'>, { kind, personId }: Request, lines: readonly Line[]): Promise<string[]> {
  const told = lines.map(lineInWords)
  if (kind === 'restriction') return [...RESTRICTED, ...told]
  const person = personId ? await personOf(tx, personId) : undefined
  return [
    `Your name is put right. It is ${person?.name ?? 'right'} now, on every page and in every letter.`,
    'These receive data for us, and this becomes of a correction there:',
    ...processors.map(({ name: company, correct }) => `${company}: ${correct}`),
    ...told,
  ]
}
