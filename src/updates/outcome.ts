/** What became of letters, noted many at a time. */
import { eq, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { categoriesOf } from '../egress/ledger.ts'
import { heedFailure } from '../mail/failure.ts'
import { keepAsSent } from '../mail/letter.ts'
import { severityOf, statusIn } from '../mail/severity.ts'
import { MESSAGE, smtp } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
import type { Claimed } from './claim.ts'
import { type Edition, shownFor } from './edition.ts'
import { sendings, type State } from './issue-tables.ts'

/** What became of one letter. */
export interface Outcome {
  readonly one: Claimed
  readonly state: Extract<State, 'taken' | 'refused' | 'left' | 'uncertain' | 'waiting'>
  readonly code?: number
  /** What the server said; it is looked at and not kept. */
  readonly says?: string
  readonly about?: 'recipient' | 'letter'
  /** When it is due again. */
  readonly dueAt?: Date
  /** Nothing was tried. */
  readonly back?: boolean
}

// A claim that a crash of ours made uncertain may still be settled by the process that made it, if it was
// only slow; but what was counted as done does not wait again.
const NOTE = `
  with o as (select * from unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::int[]) as o(id, state, code, due_at, back)),
  found as (
    select r.id, r.state as was from recipients r join o on o.id = r.id
     where r.issue_id = $1 and (r.state = 'claimed' or (r.state = 'uncertain' and o.state in ('taken', 'refused'))) for update of r),
  noted as (
    update recipients r set state = o.state, code = coalesce(o.code, r.code), due_at = coalesce(o.due_at, r.due_at), tries = r.tries - o.back,
           done_at = case when o.state = 'waiting' then null else $7::timestamptz end
      from found join o on o.id = found.id where r.id = found.id returning r.id, r.person_id, o.state, found.was),
  entered as (
    insert into disclosures (id, processor, person_id, categories, sent_at)
    select id, $8::text, person_id, $9::text[], $7 from noted where $8 is not null and state in ('taken', 'refused', 'uncertain') on conflict do nothing)
  select state, was, count(*)::int as letters from noted group by state, was`

/** Notes what became of letters, and counts it. */
export async function noteOutcomes(tx: For<'updates'>, house: House, edition: Edition, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  const column = <V>(value: (outcome: Outcome) => V): V[] => outcomes.map(value)
  const { rows } = await tx.$client.query<Counted>(NOTE, [
    edition.issue.id,
    column(({ one }) => one.recipientId),
    column(({ state }) => state),
    column(({ code }) => code ?? null),
    column(({ dueAt }) => dueAt ?? null),
    column(({ back }) => (back ? 1 : 0)),
    now(),
    house.config.smtpUrl ? smtp.name : null,
    categoriesOf(smtp, MESSAGE),
  ])
  await count(tx, edition, rows)
  await heedRefusals(tx, outcomes)
  if (!house.config.smtpUrl)
    await keepAsSent(
      tx,
      outcomes.filter(({ state }) => state === 'taken').map(({ one }) => kept(house, edition, one)),
    )
}

interface Counted {
  readonly state: Outcome['state']
  readonly was: 'claimed' | 'uncertain'
  readonly letters: number
}

async function count(tx: For<'updates'>, { issue }: Edition, counted: readonly Counted[]): Promise<void> {
  const sum = (which: (row: Counted) => boolean): number => counted.filter(which).reduce((sum, { letters }) => sum + letters, 0)
  const [taken, refused, left, uncertain] = (['taken', 'refused', 'left', 'uncertain'] as const).map((state) =>
    sum((row) => row.state === state),
  )
  const settled = sum(({ was }) => was === 'uncertain')
  await tx
    .update(sendings)
    .set({
      taken: sql`${sendings.taken} + ${taken}`,
      refused: sql`${sendings.refused} + ${refused}`,
      left: sql`${sendings.left} + ${left}`,
      uncertain: sql`${sendings.uncertain} + ${uncertain} - ${settled}`,
      ...(taken ? { troubledAt: null } : {}),
    })
    .where(eq(sendings.issueId, issue.id))
}

// A server that does not like what a letter says has said nothing about its recipient.
async function heedRefusals(tx: For<'updates'>, outcomes: readonly Outcome[]): Promise<void> {
  for (const { one, state, about, code, says = '' } of outcomes) {
    if (state !== 'refused' || about !== 'recipient') continue
    const { email, personId, recipientId: aboutId } = one
    const severity = severityOf({ reply: code, words: says })
    await heedFailure(tx, severity, { email, personId, aboutId, code: statusIn(says) ?? String(code), evidence: 'server' })
  }
}

const kept = (house: House, edition: Edition, one: Claimed) => ({
  to: one.email,
  personId: one.personId,
  kind: 'updates',
  ...shownFor(house, edition, one),
})
