/** The link by which a copy is fetched that was asked for without an account: good once, for some days. */
import { and, eq, gt } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { newToken, tokenHash } from '../sessions/secrets.ts'
import type { House } from '../web/house.ts'
import { copyLetter } from './emails.ts'
import { lockedRequest } from './request.ts'
import { close, note, type Request } from './steps.ts'
import { requests } from './tables.ts'
import { write } from './thread.ts'

/** For how long another link can be had after the copy was ready. */
const AGAIN_DAYS = 30

/** Sends a link to the copy to the request's address. That is the answer; an earlier link is good no more. */
export async function sendCopyLink(tx: For<'rights'>, house: House, request: Request, until: Date): Promise<void> {
  const code = newToken()
  await tx
    .update(requests)
    .set({ copyHash: tokenHash(code), copyUntil: until })
    .where(eq(requests.id, request.id))
  const letterId = await write(tx, house, request, copyLetter(house, request, { code, until }))
  await note(tx, request, 'ready', { letterId })
  await close(tx, request, 'done')
}

const waits = (code: string) => and(eq(requests.copyHash, tokenHash(code)), gt(requests.copyUntil, now()))

/** The request whose copy a link leads to, if it was not fetched yet. */
export async function requestToCopy(tx: For<'rights'>, code: string): Promise<Request | undefined> {
  return (await tx.select().from(requests).where(waits(code)))[0]
}

/** Uses the link up. Of two who press at once one is given the copy. */
export async function useCopyLink(tx: For<'rights'>, code: string): Promise<Request | undefined> {
  const [request] = await tx.update(requests).set({ copyHash: null }).where(waits(code)).returning()
  if (request) await note(tx, request, 'fetched')
  return request
}

/** Can another link be asked for? */
export const mayAskAgain = ({ kind, ending, closedAt, email }: Request): boolean =>
  (kind === 'access' || kind === 'portability') &&
  ending === 'done' &&
  email !== null &&
  closedAt !== null &&
  closedAt > fromNow(-AGAIN_DAYS * DAY)

/** Asks for another link; it goes to the address of the request, whoever asks. */
export async function askAgain(tx: For<'rights'>, id: Id): Promise<boolean> {
  const request = await lockedRequest(tx, id)
  if (!request || !mayAskAgain(request)) return false
  await tx.update(requests).set({ copyHash: null, copyUntil: null }).where(eq(requests.id, id))
  await enqueue(tx, 'rights.fulfil', { requestId: id })
  return true
}
