/**
 * Goals: what a visit is hoped to do, step by step. Each day's visits are told apart by the steps that they
 * came to, in the order in which they did it, from the day on which the goal was made.
 */
import { asc, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { Action } from './action.ts'
import { goals } from './desk-tables.ts'

export type Goal = typeof goals.$inferSelect

/** What a goal needs to be recognised by. */
export type Route = Pick<Goal, 'id' | 'steps'>

export const MOST_STEPS = 6
export const MOST_GOALS = 50
const KINDS = { page: 'view', action: 'action', link: 'link', file: 'file' } as const

/** A step as it is written: `page /services*`, `action sign up`, `link github.com`, `file /price-list.pdf`. */
export const STEP = /^(page|action|link|file) (\S.{0,199})$/

/** The steps in a text of one line each; undefined when one of them is none. */
export function readSteps(text: string): string[] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter(Boolean)
  return lines.length > 0 && lines.length <= MOST_STEPS && lines.every((line) => STEP.test(line)) ? lines : undefined
}

/** Is this action the step? */
export function isStep(step: string, { kind, page, label }: Pick<Action, 'kind' | 'page' | 'label'>): boolean {
  const [, what = 'page', wanted = ''] = STEP.exec(step) ?? []
  if (KINDS[what as keyof typeof KINDS] !== kind) return false
  const value = what === 'page' ? page : label
  return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted
}

/** The value of the dimension `step` for the visits that came so far: from 1 on. */
export const stepName = (goal: Id, step: number): string => `${goal} ${step}`

/** Every goal, the oldest first. */
export const allGoals = (tx: For<'improvement'>): Promise<Goal[]> => tx.select().from(goals).orderBy(asc(goals.madeAt), asc(goals.id))

/** The same for those who count. */
export const routesOf = (db: Database): Promise<Route[]> =>
  db.read<Route & Record<string, unknown>>('improvement', {
    name: 'goals',
    text: 'select id, steps from goals order by made_at, id',
    values: [],
  })

/** Adds a goal; false where there are too many. */
export async function addGoal(tx: For<'improvement'>, { name, steps }: Pick<Goal, 'name' | 'steps'>): Promise<boolean> {
  if ((await allGoals(tx)).length >= MOST_GOALS) return false
  await tx.insert(goals).values({ id: newId(), name, steps, madeAt: now() })
  return true
}

/** Ends a goal; what was counted is told no more. */
export const endGoal = async (tx: For<'improvement'>, id: Id): Promise<boolean> =>
  (await tx.delete(goals).where(eq(goals.id, id)).returning({ id: goals.id })).length > 0
