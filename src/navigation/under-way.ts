/** Work that nobody waits for, for those who have to: a house that closes, and tests. */
import type { Database } from '../database/connection.ts'

const underWay = new WeakMap<Database, Set<Promise<unknown>>>()

/** Goes on with this work; who closes the house waits for it. It must not throw. */
export function goOnWith(db: Database, work: Promise<unknown>): void {
  const all = underWay.get(db) ?? new Set()
  underWay.set(db, all)
  const one: Promise<unknown> = work.finally(() => all.delete(one))
  all.add(one)
}

/** Resolves once nothing is under way. */
export async function nothingUnderWay(db: Database): Promise<void> {
  for (const one of underWay.get(db) ?? []) await one
}
