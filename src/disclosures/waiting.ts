/** Legal demands that must be answered; and finding one. */
import { desc, ilike, or, eq } from 'drizzle-orm'
import { anywhere, type Finder, MOST_HITS } from '../staff/finder.ts'
import type { Waiting } from '../staff/waiting.ts'
import { allDemands, type Demand } from './demand.ts'
import { legalDemands } from './tables.ts'

// Handed over, set aside or refused by two people: nothing more is asked of anybody.
const isAnswered = ({ finding, approvedBy, releases, kind }: Demand): boolean =>
  releases.length > 0 || (finding?.ending === 'refused' && approvedBy.length > 0) || (kind === 'preservation' && finding !== undefined)

export const demandsWait: Waiting = {
  ability: 'demands',
  look: ({ db }) =>
    db.as('legal', async (tx) => {
      const open = (await allDemands(tx)).filter((demand) => !isAnswered(demand))
      const [first] = open.map(({ dueOn }) => dueOn).sort()
      const says = ['legal demand is not answered', 'legal demands are not answered'] as const
      return [{ count: open.length, says, href: '/staff/demands', until: first ? new Date(`${first}T23:59:59Z`) : undefined }]
    }),
}

export const demandFinder: Finder = {
  ability: 'demands',
  title: 'Legal demands',
  find: ({ db }, { text, id }) =>
    db.as('legal', async (tx) => {
      const { authority, fileNumber, dueOn } = legalDemands
      const named = or(ilike(authority, anywhere(text)), ilike(fileNumber, anywhere(text)))
      const rows = await tx
        .select({ id: legalDemands.id, authority, fileNumber, dueOn })
        .from(legalDemands)
        .where(id ? eq(legalDemands.id, id) : named)
        .orderBy(desc(legalDemands.id))
        .limit(MOST_HITS)
      return rows.map((row) => ({ href: `/staff/demands/${row.id}`, text: row.authority, note: `${row.fileNumber}, due on ${row.dueOn}` }))
    }),
}
