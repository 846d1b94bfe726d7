/** Did an article help? Yes and no are counted over everybody; who said it is kept nowhere. */
import { sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { articleVotes } from './tables.ts'

/** How often an article was said to help, and not to. */
export interface Votes {
  readonly yes: number
  readonly no: number
}

/** Counts one answer. */
export async function countVote(tx: For<'improvement'>, article: string, helped: 'yes' | 'no'): Promise<void> {
  const { votes } = articleVotes
  await tx
    .insert(articleVotes)
    .values({ article, helped, votes: 1, countedAt: now() })
    .onConflictDoUpdate({
      target: [articleVotes.article, articleVotes.helped],
      set: { votes: sql`${votes} + 1`, countedAt: sql`excluded.counted_at` },
    })
}

/** What was said of every article. */
export async function votesByArticle(tx: For<'improvement'>): Promise<ReadonlyMap<string, Votes>> {
  const counted = new Map<string, Votes>()
  for (const { article, helped, votes } of await tx.select().from(articleVotes)) {
    const { yes, no } = counted.get(article) ?? { yes: 0, no: 0 }
    counted.set(article, helped === 'yes' ? { yes: yes + votes, no } : { yes, no: no + votes })
  }
  return counted
}
