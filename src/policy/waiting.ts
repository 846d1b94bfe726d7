/** Notices of a new policy that reached nobody; and finding a version. */
import { and, inArray, isNull, min, sql } from 'drizzle-orm'
import type { Finder } from '../staff/finder.ts'
import { MOST_COUNTED, type Waiting } from '../staff/waiting.ts'
import { allVersions, comingOf } from '../versions/version.ts'
import { policyNotices } from './tables.ts'

export const policyWaits: Waiting = {
  ability: 'policy',
  look: ({ db }) =>
    db.as('legal', async (tx) => {
      const coming = comingOf(await allVersions(tx)).map(({ number }) => number)
      if (coming.length === 0) return []
      const { number, fate, seenAt, triedAt } = policyNotices
      const missed = tx
        .select({ triedAt })
        .from(policyNotices)
        .where(and(inArray(number, coming), inArray(fate, ['refused', 'held', 'bounced']), isNull(seenAt)))
        .limit(MOST_COUNTED)
        .as('missed')
      const [row] = await tx.select({ count: sql<number>`count(*)::int`, oldest: min(missed.triedAt) }).from(missed)
      const says = [
        'person whom the notice of a new policy has not reached',
        'people whom the notice of a new policy has not reached',
      ] as const
      return [{ count: row?.count ?? 0, says, href: '/staff/policy', oldest: row?.oldest ?? undefined }]
    }),
}

export const versionFinder: Finder = {
  ability: 'search',
  title: 'Versions of the policy',
  async find({ db }, { text }) {
    const wanted = text.toLowerCase()
    const all = await db.as('legal', allVersions)
    return all
      .filter(({ number, title, summary }) =>
        [`version ${number}`, String(number), title, summary].some((part) => part.toLowerCase().includes(wanted)),
      )
      .map(({ number, title }) => ({ href: `/privacy/versions/${number}`, text: `Version ${number}: ${title}` }))
  },
}
