/**
 * Only the newest version of the program erases and copies. While a newer one is brought in, older processes still run;
 * they do not know its tables, would leave something of a person behind, and would give an incomplete copy.
 */
import { isAhead } from '../database/brought.ts'
import type { For } from '../database/connection.ts'
import { Refusal } from '../web/refusal.ts'

/**
 * Lets pass a program that knows everything that the database holds. Work that is refused is done by the newer one.
 * @throws Refusal (503) where a newer program has been at work on the database
 */
export async function requireNewest(tx: For<'rights'>): Promise<void> {
  if (await isAhead(tx.$client))
    throw new Refusal(
      503,
      'This program is being brought up to date at this moment, so nothing was done. Please try again in a few minutes.',
      {
        detail: 'an older version may not erase or copy',
        retryAfter: 60,
      },
    )
}
