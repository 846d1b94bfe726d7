/** How what fulfils a request tells of it: done, left to staff, or waiting for somebody. */
import type { For } from '../database/connection.ts'
import type { House } from '../web/house.ts'
import { keepWords } from './correspondence.ts'
import { doneLetter } from './emails.ts'
import { close, note, type Request, stepsOf } from './steps.ts'
import { write } from './thread.ts'
import type { Happening } from './kinds.ts'

/** It is done: the person is told in these sentences, and the request is closed. */
export async function finish(tx: For<'rights'>, house: House, request: Request, says: readonly string[]): Promise<void> {
  if (request.closedAt) return
  const letterId = await write(tx, house, request, doneLetter(house, request, says))
  await keepWords(tx, request, { direction: 'out', text: says.join('\n\n') })
  await close(tx, request, 'done', { letterId })
}

/** It needs somebody's judgement. */
export const leaveToStaff = (tx: For<'rights'>, request: Request): Promise<void> => noteOnce(tx, request, 'staffed')

/** It waits for a company that works for us. */
export const waitFor = (tx: For<'rights'>, request: Request, company: string): Promise<void> => noteOnce(tx, request, 'waiting', company)

// A job may run twice, and what waits is tried again and again.
async function noteOnce(tx: For<'rights'>, request: Request, what: Happening, detail?: string): Promise<void> {
  const steps = await stepsOf(tx, request.id)
  if (!steps.some((step) => step.what === what && step.detail === (detail ?? null))) await note(tx, request, what, { detail })
}
