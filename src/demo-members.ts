/** Who uses what costs nothing in the demo. */
import type { InferInsertModel } from 'drizzle-orm'
import { DAY } from './clock.ts'
import type { Chance } from './demo-names.ts'
import { idAt, put } from './demo-rows.ts'
import type { Id } from './log.ts'
import { catalogue } from './services/catalogue.ts'
import { memberships, membershipSteps } from './services/tables.ts'
import type { House } from './web/house.ts'

interface Story {
  readonly roll: Chance
  readonly until: Date
}

interface Person {
  readonly id: Id
  readonly joinedAt: Date
}

type Membership = InferInsertModel<typeof memberships> & { id: Id; joinedAt: Date }

/** Of each free plan, in the order of the catalogue, this share of the members has it. */
const SHARES = [0.18, 0.3]

/** Steps are kept for two years; the last of them would be swept while one looks. */
const KEPT = 700 * DAY

/** Some of those who sign in use what is free; a few of them left it again. */
export async function bringMembers(house: House, story: Story, people: readonly Person[]): Promise<void> {
  await house.db.as('service', async (tx) => {
    const free = (await catalogue(tx)).flatMap(({ plans }) => plans.filter(({ kind, retiredAt }) => kind === 'free' && !retiredAt))
    const rows = people.flatMap((person) =>
      free.flatMap(({ id: planId, serviceId }, i) =>
        story.roll() < (SHARES[i] ?? 0.1) ? [joined(story, person, { planId, serviceId })] : [],
      ),
    )
    await put(tx, memberships, rows)
    await put(
      tx,
      membershipSteps,
      rows.flatMap((row) => stepsOf(story, row)).filter(({ happenedAt }) => story.until.getTime() - happenedAt.getTime() < KEPT),
    )
  })
}

function joined({ roll, until }: Story, { id: personId, joinedAt: came }: Person, of: { planId: Id; serviceId: Id }): Membership {
  const joinedAt = new Date(came.getTime() + (until.getTime() - came.getTime()) * roll() ** 2)
  const left = roll() < 0.08 && until.getTime() - joinedAt.getTime() > 2 * DAY
  const endedAt = left ? new Date(until.getTime() - Math.min(until.getTime() - joinedAt.getTime(), 600 * DAY) * roll()) : null
  return { id: idAt(roll, joinedAt), personId, ...of, seats: 1, standing: endedAt ? 'ended' : 'active', joinedAt, endedAt }
}

function stepsOf(
  { roll }: Story,
  { id: membershipId, personId, joinedAt, endedAt }: Membership,
): InferInsertModel<typeof membershipSteps>[] {
  const step = (name: 'registered' | 'opened' | 'ended', happenedAt: Date) => ({
    ...{ id: idAt(roll, happenedAt), membershipId, personId, step: name, by: 'person' as const, happenedAt },
  })
  return [step('registered', joinedAt), step('opened', joinedAt), ...(endedAt ? [step('ended', endedAt)] : [])]
}
