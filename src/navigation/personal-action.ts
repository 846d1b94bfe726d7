/**
 * What an identified person looks at, only where they allow it and only from then on: by day and page,
 * never by the hour, so that no row of it can be laid beside an anonymous one. Kept for 90 days.
 */
import { eq, sql } from 'drizzle-orm'
import { DAY, now } from '../clock.ts'
import type { Database, For } from '../database/connection.ts'
import { type Id, logFault } from '../log.ts'
import { findSession } from '../sessions/session.ts'
import type { House } from '../web/house.ts'
import { recentChoices } from './choice.ts'
import { personalActions } from './tables.ts'
import { goOnWith } from './under-way.ts'

/** Notes that whoever holds this session opened a page, if they allow it; nobody waits for it. */
export const notePersonalPage = ({ db }: House, token: string, page: string): void => goOnWith(db, noteForHolder(db, token, page))

async function noteForHolder(db: Database, token: string, page: string): Promise<void> {
  try {
    const person = await findSession(db, token)
    if (person) await notePersonal(db, person.personId, page)
  } catch (fault) {
    logFault('navigation.not-noted', fault)
  }
}

/** Notes that this person opened a page, if they allow it. */
async function notePersonal(db: Database, personId: Id, page: string): Promise<void> {
  if ((await recentChoices(db, personId)).personal?.answer !== 'yes') return
  const dayAt = new Date(Math.floor(now().getTime() / DAY) * DAY)
  // The choice is asked for once more where it is kept: it may have been withdrawn a moment ago.
  await db.as('personalisation', (tx) =>
    tx.execute(sql`
      insert into personal_actions (person_id, day_at, page, times)
      select ${personId}, ${dayAt.toISOString()}, ${page}, 1 from navigation_choices
       where person_id = ${personId} and choice = 'personal' and answer = 'yes' for share
      on conflict (person_id, day_at, page) do update set times = personal_actions.times + 1`),
  )
}

/** How often this person opened each page, most often first. */
export async function interestsOf(tx: For<'personalisation'>, personId: Id): Promise<{ page: string; times: number }[]> {
  const times = sql<number>`sum(${personalActions.times})::int`
  return tx
    .select({ page: personalActions.page, times })
    .from(personalActions)
    .where(eq(personalActions.personId, personId))
    .groupBy(personalActions.page)
    .orderBy(sql`2 desc`, personalActions.page)
}
