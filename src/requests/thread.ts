/** Writing a letter about a request, as an answer to what was written before. */
import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { type Letter, post } from '../mail/letter.ts'
import { answering } from '../mail/thread.ts'
import type { House } from '../web/house.ts'
import { lastNumber } from './correspondence.ts'
import type { Request } from './steps.ts'
import { requestSteps } from './tables.ts'

/** Posts a letter about a request, as an answer to what was written before. Returns its id. */
export async function write(tx: For<'rights'>, house: House, request: Request, letter: Letter): Promise<Id> {
  const earlier = { ours: await ourLetters(tx, request.id), theirs: await lastNumber(tx, request) }
  return post(tx, answering(house, letter, earlier))
}

async function ourLetters(tx: For<'rights'>, requestId: Id): Promise<Id[]> {
  const { letterId } = requestSteps
  const rows = await tx
    .select({ letterId })
    .from(requestSteps)
    .where(and(eq(requestSteps.requestId, requestId), isNotNull(letterId)))
    .orderBy(asc(requestSteps.id))
  return rows.flatMap((row) => row.letterId ?? [])
}
