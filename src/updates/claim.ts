/** Claiming: a row says that a letter is about to be handed over, before it is. */
import { eq, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { categoriesOf } from '../egress/ledger.ts'
import type { Id } from '../log.ts'
import { notSuppressed } from '../mail/suppression.ts'
import { people } from '../people/tables.ts'
import { MESSAGE, smtp } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
import type { Reached } from './edition.ts'
import { type Issue, isSending } from './issue.ts'
import { recipients, sendings } from './issue-tables.ts'
import { subscriptions } from './tables.ts'

/** Somebody whose letter goes next. */
export interface Claimed extends Reached {
  readonly personId: Id
  readonly tries: number
  /** They were put back before, to a moment that has come now. */
  readonly hadTurn: boolean
  /** When they were last found subscribed, by the machine's own clock. */
  readonly seenAt: number
}

interface Claiming {
  readonly issue: Issue
  readonly lease: string
  readonly most: number
  /** Up to where this round has come; it is moved on, and a round that comes to its end begins anew. */
  readonly place: { after: Id | undefined }
}

/**
 * Claims the next recipients: some, or none of those that it looked at, or `nobody` when a whole round found
 * nobody. Whoever has left the topic, or cannot be reached, is passed over for good in
 * the same statement, and so is whoever may not be found any more: leaving takes effect before the next letter goes.
 */
export async function claim(tx: For<'updates'>, claiming: Claiming): Promise<Claimed[] | 'nobody'> {
  const { place } = claiming
  const found = await claimAfter(tx, claiming)
  const last = found.at(-1)
  if (last === undefined && place.after === undefined) return 'nobody'
  if (last === undefined) place.after = undefined
  else if (place.after === undefined || last.recipientId > place.after) place.after = last.recipientId
  return found.filter(({ goes }) => goes)
}

type Row = Omit<Claimed, 'seenAt'> & { goes: boolean }

async function claimAfter(tx: For<'updates'>, { issue, lease, most, place }: Claiming): Promise<(Row & Claimed)[]> {
  const at = now().toISOString()
  const seenAt = Date.now()
  const { rows } = await tx.execute<Row & Record<string, unknown>>(sql`
    with due as (
      select id, person_id, due_at from ${recipients} where issue_id = ${issue.id} and state = 'waiting' and due_at <= ${at}
         and id > ${place.after ?? '00000000-0000-0000-0000-000000000000'}
         and exists (select from ${sendings} where issue_id = ${issue.id} and lease = ${lease}) and ${isSending(issue.id)}
       order by id limit ${most} for update skip locked),
    met as (
      select due.id, ${people.name} as name, ${people.email} as email, ${subscriptions.id} as subscription_id,
             ${people.id} is not null and ${subscriptions.id} is not null and ${notSuppressed(tx, people.email)} as goes
        from due left join ${people} on ${people.id} = due.person_id
        left join ${subscriptions} on ${subscriptions.personId} = due.person_id and ${subscriptions.topic} = ${issue.topic}),
    claimed as (
      update ${recipients} r set state = case when goes then 'claimed' else 'left' end, claimed_at = ${at}, tries = r.tries + 1,
             done_at = case when goes then null else ${at}::timestamptz end
        from met where r.id = met.id returning r.id, r.person_id, r.tries, r.due_at, r.code),
    passed as (update ${sendings} set "left" = "left" + (select count(*) from met where not goes) where issue_id = ${issue.id}
       and exists (select from met where not goes))
    select c.id as "recipientId", c.person_id as "personId", c.tries, met.subscription_id as "subscriptionId", met.name, met.email, met.goes,
           c.code is null and c.due_at > (select fixed_at from ${sendings} where issue_id = ${issue.id}) as "hadTurn"
      from claimed c join met on met.id = c.id order by c.id`)
  return rows.map((row) => ({ ...row, seenAt }))
}

/** Is somebody who was claimed a while ago still subscribed, and not stopped since? */
export async function stillReached(house: House, { topic }: Issue, { personId, email }: Claimed): Promise<boolean> {
  return house.db.as('updates', async (tx) => {
    const { rows } = await tx.execute(
      sql`select from ${subscriptions} join ${people} on ${people.id} = ${subscriptions.personId} where ${subscriptions.personId} = ${personId}
             and ${subscriptions.topic} = ${topic} and ${people.email} = ${email} and ${notSuppressed(tx, people.email)}`,
    )
    return rows.length > 0
  })
}

/** Whoever was claimed by a process that is gone: nobody knows whether their letter went, so it is entered as if it had. */
export async function recover(tx: For<'updates'>, { config }: House, issueId: Id): Promise<void> {
  const { rows } = await tx.execute<{ n: number }>(sql`
    with left_over as (
      update ${recipients} set state = 'uncertain', done_at = ${now().toISOString()} where issue_id = ${issueId} and state = 'claimed'
      returning id, person_id),
    entered as (
      insert into disclosures (id, processor, person_id, categories, sent_at)
      select id, ${smtp.name}, person_id, ${sql.param(categoriesOf(smtp, MESSAGE))}::text[], ${now().toISOString()} from left_over
       where ${config.smtpUrl !== undefined} on conflict do nothing)
    select count(*)::int as n from left_over`)
  const uncertain = rows[0]?.n ?? 0
  if (uncertain > 0)
    await tx
      .update(sendings)
      .set({ uncertain: sql`${sendings.uncertain} + ${uncertain}` })
      .where(eq(sendings.issueId, issueId))
}
