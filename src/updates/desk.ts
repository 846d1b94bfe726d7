/** What the pages of an issue show around it. */
import { and, asc, count, eq, isNotNull } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { unrestricted } from '../people/restriction.ts'
import { people } from '../people/tables.ts'
import { catalogue } from '../services/catalogue.ts'
import type { House } from '../web/house.ts'
import { languagesChosen, type Reach, reachOf } from './audience.ts'
import { imagesOf, type ListedImage } from './image.ts'
import { actsOf, type Issue, lastZone, type NotedAct } from './issue.ts'
import { issueReplies, recipients } from './issue-tables.ts'
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

/** What people did after a letter, counted. */
export interface Echo {
  /** How many left their topic by a link of this issue. */
  readonly left: number
  /** How many letters answered it; nobody knows where there is no door that they are brought to. */
  readonly replies: number | undefined
}

/** What came of an issue. */
export async function echoOf(tx: For<'updates'>, { config }: House, issueId: Id): Promise<Echo> {
  const left = await tx.$count(departures, and(eq(departures.issueId, issueId), unrestricted(tx, departures.personId)))
  return { left, replies: config.bounceAddress ? await tx.$count(issueReplies, eq(issueReplies.issueId, issueId)) : undefined }
}

/** The same for every issue of which something came. */
export async function echoes(tx: For<'updates'>): Promise<ReadonlyMap<Id, Echo>> {
  const { issueId } = departures
  const left = await tx
    .select({ issueId, left: count() })
    .from(departures)
    .where(and(isNotNull(issueId), unrestricted(tx, departures.personId)))
    .groupBy(issueId)
  const replies = await tx.select({ issueId: issueReplies.issueId, replies: count() }).from(issueReplies).groupBy(issueReplies.issueId)
  const found = new Map<Id, Echo>(replies.map(({ issueId, replies }) => [issueId, { left: 0, replies }]))
  for (const { issueId, left: people } of left) if (issueId) found.set(issueId, { replies: found.get(issueId)?.replies ?? 0, left: people })
  return found
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
