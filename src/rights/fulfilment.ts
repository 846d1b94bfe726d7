/**
 * What is done with a request of which it is certain who asks: all that needs no judgement, at once; the rest
 * waits for staff, and says so. A job may run twice, and does everything once.
 */
import { DAY, fromNow, MINUTE } from '../clock.ts'
import { enqueue } from '../jobs/queue.ts'
import { type Id, log, word } from '../log.ts'
import { mayAskAgain, sendCopyLink } from '../requests/copy-link.ts'
import { wordsOf } from '../requests/correspondence.ts'
import { finish, leaveToStaff, waitFor } from '../requests/finishing.ts'
import { lockedRequest, requestOf } from '../requests/request.ts'
import { type Request, stepsOf } from '../requests/steps.ts'
import { leaveAll } from '../updates/departure.ts'
import type { House } from '../web/house.ts'
import { concludeRequest, limitUse } from './correcting.ts'
import { erase, eraseAddress, ErasureWaits } from './erasure.ts'
import { mustTell, tellingsFor, tellNow } from './telling.ts'
import { askForCopy, keptCopyOf, smallCopy } from './kept-copy.ts'

/** How long the link to a copy is good that is made when it is fetched. */
const COPY_DAYS = 7

type Fulfil = (house: House, request: Request) => Promise<void>

// Once staff have put it right, it is done when every recipient has.
const correct: Fulfil = async (house, request) => {
  const steps = await house.db.as('rights', (tx) => stepsOf(tx, request.id))
  return steps.some(({ what }) => what === 'corrected') ? concludeRequest(house, request.id) : byHand(house, request)
}

const byHand: Fulfil = ({ db }, { id }) =>
  db.as('rights', async (tx) => {
    const request = await lockedRequest(tx, id)
    if (request && !request.closedAt) await leaveToStaff(tx, request)
  })

const table: Readonly<Record<Request['kind'], Fulfil>> = {
  access: copy,
  portability: copy,
  erasure: eraseAll,
  objection: object,
  correction: correct,
  restriction: limitUse,
  question: byHand,
}

/** Does what a request asks for. */
export async function fulfil(house: House, requestId: Id): Promise<void> {
  const request = await house.db.as('rights', (tx) => requestOf(tx, requestId))
  if (!request?.provenAt || (request.closedAt && !mayAskAgain(request))) return
  log('rights.fulfil', { request: requestId, kind: word(request.kind) })
  await table[request.kind](house, request)
}

async function copy(house: House, request: Request): Promise<void> {
  const { personId } = request
  // What services hold they hand over themselves; its place is on the person's page.
  if (personId) {
    await house.db.as('rights', async (tx) => {
      if ((await tellingsFor(tx, request.id)).length === 0) await mustTell(tx, { personId, act: 'access', requestId: request.id })
    })
    await tellNow(house, personId, 'access')
  }
  const until = request.personId ? await copyUntil(house, request.personId) : fromNow(COPY_DAYS * DAY)
  await house.db.as('rights', async (tx) => {
    const locked = await lockedRequest(tx, request.id)
    if (!locked?.email) return
    if (!until) await enqueue(tx, 'rights.fulfil', { requestId: request.id }, fromNow(MINUTE))
    // One link for each asking: a job that runs twice sends no second one.
    else if (!locked.copyHash) await sendCopyLink(tx, house, locked, until)
  })
}

/** Until when a copy can be fetched; undefined while a large one is being made. */
async function copyUntil(house: House, personId: Id): Promise<Date | undefined> {
  const small = await smallCopy(house, personId)
  if (!small || 'zip' in small) return fromNow(COPY_DAYS * DAY)
  const kept = await house.db.as('rights', (tx) => keptCopyOf(tx, personId))
  if (kept?.readyAt) return kept.expiresAt
  await askForCopy(house, personId, small.rows)
  return undefined
}

// The erasure itself closes the request, in its own transaction.
async function eraseAll(house: House, request: Request): Promise<void> {
  try {
    if (request.personId) await erase(house, request.personId)
    else if (request.email) await eraseAddress(house, request.email)
  } catch (fault) {
    if (!(fault instanceof ErasureWaits)) throw fault
    const { recipients } = fault
    await house.db.as('rights', async (tx) => {
      for (const name of recipients) await waitFor(tx, request, name)
    })
  }
}

async function object(house: House, request: Request): Promise<void> {
  const { personId } = request
  if (personId) await house.db.as('updates', (tx) => leaveAll(tx, personId, 'objection'))
  await house.db.as('rights', async (tx) => {
    const locked = await lockedRequest(tx, request.id)
    if (!locked || locked.closedAt) return
    if ((await wordsOf(tx, locked)).length > 0) await leaveToStaff(tx, locked)
    else
      await finish(tx, house, locked, [
        'You get no updates from us any more: they stopped at once, whatever their topic. What belongs to a service that you use, such as a bill, still comes.',
      ])
  })
}
