/**
 * A letter about a request stands where the person's mail program shows what they wrote: it names their last
 * letter, and ours before it (`In-Reply-To` and `References`, RFC 5322, 3.6.4).
 */
import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { type Letter, post } from '../mail/letter.ts'
import { messageId } from '../mail/return-path.ts'
import type { House } from '../web/house.ts'
import { lastNumber } from './correspondence.ts'
import type { Request } from './steps.ts'
import { requestSteps } from './tables.ts'

/** How many letters an answer names at most; a thread needs no more. */
const MOST = 10

// What somebody else's program calls a letter goes into a header of ours: nothing but what RFC 5322 means by it.
const NUMBER = /^<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>$/

/** Posts a letter about a request, as an answer to what was written before. Returns its id. */
export async function write(tx: For<'rights'>, house: House, request: Request, letter: Letter): Promise<Id> {
  const ours = await ourLetters(tx, house, request.id)
  const theirs = [await lastNumber(tx, request)].filter((number) => number !== undefined && NUMBER.test(number))
  const earlier = [...ours.slice(-MOST), ...theirs]
  const [last] = earlier.slice(-1)
  return post(tx, last ? { ...letter, answers: { 'In-Reply-To': last, References: earlier.join(' ') } } : letter)
}

async function ourLetters(tx: For<'rights'>, house: House, requestId: Id): Promise<string[]> {
  const { letterId } = requestSteps
  const rows = await tx
    .select({ letterId })
    .from(requestSteps)
    .where(and(eq(requestSteps.requestId, requestId), isNotNull(letterId)))
    .orderBy(asc(requestSteps.id))
  return rows.flatMap((row) => (row.letterId ? messageId(house, { what: 'letter', id: row.letterId }) : []))
}
