/** Questions that wait for an answer; and finding a conversation, or an article, from anywhere in the console. */
import type { Finder } from '../staff/finder.ts'
import type { Waiting } from '../staff/waiting.ts'
import { findArticles } from './finding.ts'
import { conversationsWithWhom, waiting } from './queue.ts'

export const questionsWait: Waiting = {
  ability: 'help',
  look: async ({ db }) => [
    { ...(await db.as('support', waiting)), says: ['question waits for an answer', 'questions wait for an answer'], href: '/staff/help' },
  ],
}

/** By number, name or address: what was said is looked through on the page of questions alone, because that opens it. */
export const questionFinder: Finder = {
  ability: 'help',
  title: 'Questions',
  find: async ({ db }, { text }) => {
    const found = await db.as('support', (tx) => conversationsWithWhom(tx, text))
    return found.map(({ id, who, closedAt, waitingSince }) => ({
      href: `/staff/help/${id}`,
      text: who ?? 'Nobody certain',
      note: closedAt ? 'closed' : waitingSince ? 'waits for an answer' : 'answered',
    }))
  },
}

export const articleFinder: Finder = {
  ability: 'search',
  title: 'Help articles',
  find: async ({ content }, { text }) =>
    findArticles(content, text).map(({ article }) => ({ href: `/help/${article.slug}`, text: article.title, note: article.section })),
}
