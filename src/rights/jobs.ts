import type { Handlers } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { passCorrectionOn, passReleaseOn } from './correcting.ts'
import { eraseWaiting, forgetGuests } from './erasure.ts'
import { fulfil } from './fulfilment.ts'
import { noteErasures } from './ledger.ts'
import { makeCopy } from './kept-copy.ts'
import { completeReceipts } from './receipt.ts'
import { tellAbout, tellAllWaiting } from './telling.ts'

type Ours = Extract<keyof Handlers, `rights.${string}`>

export const rightsJobs = (house: House): Pick<Handlers, Ours> => ({
  'rights.copy': ({ copyId }) => makeCopy(house, copyId),
  'rights.fulfil': ({ requestId }) => fulfil(house, requestId),
  'rights.note-erasures': () => noteErasures(house),
  'rights.forget-guests': () => forgetGuests(house),
  'rights.corrected': ({ correctionId, requestId }) => passCorrectionOn(house, correctionId, requestId),
  'rights.released': ({ personId }) => passReleaseOn(house, personId),
  'rights.heard': ({ messageId }) => heed(house, messageId),
  'rights.tell-waiting': () => tellWaiting(house),
})

async function heed(house: House, messageId: Id): Promise<void> {
  await tellAbout(house, messageId)
  await eraseWaiting(house)
  await completeReceipts(house)
}

/** Asks every recipient again that has not confirmed, and does what waited for them. */
export async function tellWaiting(house: House): Promise<void> {
  await tellAllWaiting(house)
  await eraseWaiting(house)
  await completeReceipts(house)
}
