/** The mark of somebody who was erased: a keyed hash of the number that stood for them; see `ledger.ts`. */
import { createHmac } from 'node:crypto'
import { now } from '../clock.ts'
import type { Database, For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { erasureMarks } from './tables.ts'

/** The mark of a person, which only this house can make. */
export const markOf = ({ keyring }: Database, personId: Id): string =>
  createHmac('sha256', keyring.own('erasures')).update(personId).digest('base64url')

/** Marks a person as erased, in the transaction that erases them. */
export async function markErased(tx: For<'rights'>, personId: Id): Promise<void> {
  await tx
    .insert(erasureMarks)
    .values({ mark: markOf(tx.db, personId), erasedAt: now() })
    .onConflictDoNothing()
  await enqueue(tx, 'rights.note-erasures', {})
}
