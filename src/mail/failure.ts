/** What follows when a letter was not delivered. */
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { Severity } from './severity.ts'
import { type Evidence, type Returned, softBounce, suppress } from './suppression.ts'

/** Stops writing to the address, or counts towards it; what is of no weight does nothing. */
export async function heedFailure(
  tx: For<'operations' | 'updates'>,
  severity: Severity | 'complaint',
  failed: Returned & { aboutId: Id; evidence: Evidence },
): Promise<void> {
  if (severity === 'none') return
  if (severity === 'soft') await softBounce(tx, failed)
  else await suppress(tx, { ...failed, why: severity })
}
