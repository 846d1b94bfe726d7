/** What the pages of an issue show around it. */
import { and, asc, count, eq, isNotNull } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'
import { catalogue } from '../services/catalogue.ts'
import { languagesChosen, type Reach, reachOf } from './audience.ts'
import { imagesOf, type ListedImage } from './image.ts'
import { actsOf, type Issue, lastZone, type NotedAct } from './issue.ts'
import { recipients } from './issue-tables.ts'
import { departures } from './tables.ts'
import { allTopics, type Topic } from './topic.ts'

export interface DeskFacts {
  readonly topics: Topic[]
  readonly languages: string[]
  readonly services: { readonly slug: string; readonly title: string }[]
  readonly reach: Reach
  readonly images: ListedImage[]
  readonly acts: NotedAct[]
  readonly zone: string
}

/** Everything that the desk shows beside the words. */
export const deskFacts = async (tx: For<'updates'>, issue: Issue): Promise<DeskFacts> => ({
  topics: await allTopics(tx),
  languages: await languagesChosen(tx),
  services: await catalogue(tx),
  reach: await reachOf(tx, issue),
  images: await imagesOf(tx, issue.id),
  acts: await actsOf(tx, issue.id),
  zone: issue.zone ?? (await lastZone(tx)),
})

/** How many left their topic by a link of this issue. */
export async function leftByIssue(tx: For<'updates'>, issueId: Id): Promise<number> {
  const [row] = await tx.select({ left: count() }).from(departures).where(eq(departures.issueId, issueId))
  return row?.left ?? 0
}

/** The same for every issue that somebody left by. */
export async function leftByIssues(tx: For<'updates'>): Promise<ReadonlyMap<Id, number>> {
  const { issueId } = departures
  const rows = await tx.select({ issueId, left: count() }).from(departures).where(isNotNull(issueId)).groupBy(issueId)
  return new Map(rows.flatMap(({ issueId, left }) => (issueId ? [[issueId, left] as const] : [])))
}

/** Of whom nobody knows whether the letter arrived: enough of the address to find them, and no more. */
export async function uncertainOf(tx: For<'updates'>, issueId: Id, most = 500): Promise<{ address: string; claimedAt: Date }[]> {
  const rows = await tx
    .select({ email: people.email, claimedAt: recipients.claimedAt })
    .from(recipients)
    .innerJoin(people, eq(people.id, recipients.personId))
    .where(and(eq(recipients.issueId, issueId), eq(recipients.state, 'uncertain')))
    .orderBy(asc(recipients.claimedAt))
    .limit(most)
  return rows.flatMap(({ email, claimedAt }) => (claimedAt ? [{ address: email.replace(/^(.).*@/, '$1…@'), claimedAt }] : []))
}
