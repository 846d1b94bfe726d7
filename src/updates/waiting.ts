/** Issues that need somebody: those that wait for a second person; and finding one. */
import { asc, desc, eq, ilike, sql } from 'drizzle-orm'
import { anywhere, type Finder, MOST_HITS } from '../staff/finder.ts'
import type { Waiting } from '../staff/waiting.ts'
import { isApproved, isScheduled } from './issue.ts'
import { issues } from './issue-tables.ts'

export const issuesWait: Waiting = {
  ability: 'updates',
  look: async ({ db, config }) => {
    if (!config.updatesApproval) return []
    return db.as('updates', async (tx) => {
      const scheduled = await tx
        .select({ id: issues.id, sendAt: issues.sendAt })
        .from(issues)
        .where(isScheduled)
        .orderBy(asc(issues.sendAt))
        .limit(100)
      const open = []
      for (const issue of scheduled) if (!(await isApproved(tx, issue.id))) open.push(issue)
      const says = ['issue waits for a second person', 'issues wait for a second person'] as const
      return [{ count: open.length, says, href: '/staff/updates', until: open[0]?.sendAt ?? undefined }]
    })
  },
}

export const issueFinder: Finder = {
  ability: 'updates',
  title: 'Updates',
  find: ({ db }, { text, id }) =>
    db.as('updates', async (tx) => {
      const rows = await tx
        .select({ id: issues.id, subject: issues.subject, topic: issues.topic })
        .from(issues)
        .where(id ? eq(issues.id, id) : ilike(issues.subject, anywhere(text)))
        .orderBy(desc(sql`${issues.editedAt}`))
        .limit(MOST_HITS)
      return rows.map((row) => ({ href: `/staff/updates/issues/${row.id}`, text: row.subject || 'Without a subject', note: row.topic }))
    }),
}
