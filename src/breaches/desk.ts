/** What the desk shows of a breach, gathered. */
import { now } from '../clock.ts'
import { catalogue } from '../services/catalogue.ts'
import type { House } from '../web/house.ts'
import { answerable, approvalsNeeded, approvers } from './approving.ts'
import { type Breach, type Notice, noticeOf } from './breach.ts'
import { type Counted, countConcerned, fatesOf } from './concerned.ts'
import { type Fate, type NoticeKind, noticeNames } from './kinds.ts'
import { type Draft, draftOf } from './notices.ts'
import { type Running, runningOf } from './watch.ts'

export interface Desk {
  readonly breach: Breach
  readonly clocks: readonly Running[]
  readonly counted: Counted | undefined
  readonly fates: ReadonlyMap<Fate, number>
  /** Which notices were written. */
  readonly kept: ReadonlySet<NoticeKind>
  readonly toPeople: Notice | undefined
  readonly approved: number
  readonly needed: number
  readonly services: readonly { readonly id: string; readonly title: string }[]
  readonly at: Date
}

/** All of it. */
export async function deskOf(house: House, breach: Breach): Promise<Desk> {
  const { facts, id } = breach
  const { counted, fates } = await house.db.as('rights', async (tx) => ({
    counted: facts && (await countConcerned(tx, { ...breach, facts })),
    fates: await fatesOf(tx, id),
  }))
  const kept = new Map<NoticeKind, Notice>()
  await house.db.as('legal', async (tx) => {
    for (const kind of noticeNames) {
      const notice = await noticeOf(tx, id, kind)
      if (notice) kept.set(kind, notice)
    }
  })
  return {
    breach,
    clocks: await runningOf(house, breach),
    counted,
    fates,
    kept: new Set(kept.keys()),
    toPeople: kept.get('people'),
    approved: approvers(breach, kept.get('people')).length,
    needed: approvalsNeeded((await answerable(house)).length),
    services: await house.db.as('service', catalogue),
    at: now(),
  }
}

/** The words of a notice: those that were kept, or those to begin with; undefined before anything is known. */
export async function wordsOf(house: House, breach: Breach, kind: NoticeKind): Promise<Draft | undefined> {
  const { facts } = breach
  const kept = await house.db.as('legal', (tx) => noticeOf(tx, breach.id, kind))
  if (kept || !facts) return kept
  const counted = await house.db.as('rights', (tx) => countConcerned(tx, { ...breach, facts }))
  return draftOf(kind, { house, breach, facts, counted })
}
