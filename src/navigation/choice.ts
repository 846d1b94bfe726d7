/**
 * What somebody chose: whether their visits are counted, and whether what they see may be fitted to
 * them. A visitor's browser keeps the first in a cookie; of somebody signed in both are known here, with
 * the words that they were shown, so that a choice holds on every device.
 */
import { and, eq } from 'drizzle-orm'
import { MINUTE, now } from '../clock.ts'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { type choiceNames, navigationChoices, personalActions } from './tables.ts'
import { mayUse } from '../versions/permission.ts'

export type ChoiceName = (typeof choiceNames)[number]

export interface Choice {
  readonly answer: 'yes' | 'no'
  readonly means: 'switch' | 'signal'
  readonly decidedAt: Date
}

/** The words that were agreed to, or refused. */
export const wordings: Readonly<Record<ChoiceName, string>> = {
  counting: 'My visits are counted, without anybody knowing that they are mine.',
  personal:
    'While I am signed in, the public pages that I open are noted for 90 days, by day, to suggest services and help that fit. I can end this at any time, and what was noted is then deleted.',
}

/** What this person chose, as far as they chose. */
export async function choicesOf(tx: For<'personalisation'>, personId: Id): Promise<Partial<Record<ChoiceName, Choice>>> {
  const { choice, answer, means, decidedAt } = navigationChoices
  const rows = await tx.select({ choice, answer, means, decidedAt }).from(navigationChoices).where(eq(navigationChoices.personId, personId))
  return Object.fromEntries(rows.map(({ choice, ...said }) => [choice, said]))
}

interface Chosen {
  readonly choice: ChoiceName
  readonly answer: 'yes' | 'no'
  readonly means: 'switch' | 'signal'
}

/** Keeps a choice. Whoever no longer wants pages fitted to them leaves nothing behind by which it was done. */
export async function choose(tx: For<'personalisation'>, personId: Id, { choice, answer, means }: Chosen): Promise<void> {
  // The words that were agreed to are written and never changed: another choice is another row. A signal
  // that comes with every page says nothing new to somebody who chose.
  const theirs = and(eq(navigationChoices.personId, personId), eq(navigationChoices.choice, choice))
  if (means === 'switch') await tx.delete(navigationChoices).where(theirs)
  const said = { personId, choice, answer, means, wording: wordings[choice], decidedAt: now() }
  await tx.insert(navigationChoices).values(said).onConflictDoNothing()
  if (choice === 'personal' && answer === 'no') await tx.delete(personalActions).where(eq(personalActions.personId, personId))
  remembered.get(tx.db)?.delete(personId)
}

interface Remembered {
  readonly choices: Partial<Record<ChoiceName, Choice>>
  readonly until: number
}

/** What was read of late, so that it is not read with every page; another process's change is seen within the minute. */
const remembered = new WeakMap<Database, Map<Id, Remembered>>()
const MOST_REMEMBERED = 10_000

/** What this person chose, as it was known within the last minute. */
export async function recentChoices(db: Database, personId: Id): Promise<Partial<Record<ChoiceName, Choice>>> {
  const known = remembered.get(db) ?? new Map<Id, Remembered>()
  remembered.set(db, known)
  const one = known.get(personId)
  if (one && one.until > performance.now()) return one.choices
  // Before a version of the policy permits it, nobody can have chosen anything, and no page may fail for that.
  const choices = (await mayUse(db, { purpose: 'personalisation' })) ? await db.as('personalisation', (tx) => choicesOf(tx, personId)) : {}
  if (known.size >= MOST_REMEMBERED) known.clear()
  known.set(personId, { choices, until: performance.now() + MINUTE })
  return choices
}
