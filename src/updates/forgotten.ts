/** Addresses whose people were erased. They may come back by themselves; no list brings them back. */
import { sql, type SQL } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { addressHash, addressHashIn } from '../mail/suppression.ts'
import { forgottenAddresses } from './import-tables.ts'

/** Remembers, by a keyed hash, that this address was forgotten. */
export async function rememberForgotten(tx: For<'rights'>, email: string): Promise<void> {
  const forgottenAt = now()
  await tx
    .insert(forgottenAddresses)
    .values({ addressHash: addressHash(tx, email), forgottenAt })
    .onConflictDoUpdate({ target: forgottenAddresses.addressHash, set: { forgottenAt } })
}

/** The condition that the address in `column` was forgotten. */
export const wasForgotten = (tx: For<'updates'>, column: SQL): SQL =>
  sql`exists (select from ${forgottenAddresses} where ${forgottenAddresses.addressHash} = ${addressHashIn(tx, column)})`
