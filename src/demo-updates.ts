/** Who gets which updates in the demo, who left, and who has not pressed the button yet. */
import type { InferInsertModel } from 'drizzle-orm'
import { DAY, HOUR, MINUTE } from './clock.ts'
import { type Chance, pick } from './demo-names.ts'
import { idAt, nobodys, put } from './demo-rows.ts'
import type { Id } from './log.ts'
import { guests } from './people/tables.ts'
import { UNDO_DAYS } from './updates/departure.ts'
import { PENDING_HOURS } from './updates/request.ts'
import { departures, pending, subscriptions } from './updates/tables.ts'
import { wordingOf } from './updates/wording.ts'
import type { House } from './web/house.ts'

interface Story {
  readonly roll: Chance
  readonly until: Date
}

interface Person {
  readonly id: Id
  readonly joinedAt: Date
}

type Subscription = InferInsertModel<typeof subscriptions> & { id: Id }
type Departure = InferInsertModel<typeof departures>

/** Of those who get updates at all, the share that chose the first topic, the second, and so on. */
const SHARES = [0.85, 0.55, 0.2, 0.35]
const sources = ['the page “Updates by e-mail”', 'the page “Updates by e-mail”', 'your account', 'a form on https://blog.example.com']
const tongues = [null, null, null, null, 'en', 'en', 'de', 'es', 'fr', 'ja']
const doors = ['letter', 'letter', 'mail program', 'mail program', 'preferences', 'account'] as const

/** More than half of the people chose something; some are known by nothing else. */
export async function bringUpdates(house: House, story: Story, people: readonly Person[], members: ReadonlySet<string>): Promise<void> {
  const all = people.filter(() => story.roll() < 0.62).flatMap((person) => chosenBy(house, story, person))
  const left = all.filter((row) => story.roll() < 0.11 && story.until.getTime() - row.confirmedAt.getTime() > DAY)
  const gone = new Set(left)
  const living = all.filter((row) => !gone.has(row))
  const readers = new Set(living.map(({ personId }) => personId))
  const alone = people.filter(({ id }) => readers.has(id) && !members.has(id) && story.roll() < 0.6)
  await house.db.as('updates', async (tx) => {
    await put(tx, subscriptions, living)
    await put(
      tx,
      departures,
      left.map((row) => departed(story, row)),
    )
    await put(
      tx,
      guests,
      alone.map(({ id: personId, joinedAt: sinceAt }) => ({ personId, sinceAt })),
    )
  })
}

function chosenBy(house: House, story: Story, person: Person): Subscription[] {
  const { roll, until } = story
  const [source, language] = [pick(roll, sources), pick(roll, tongues)]
  return house.content.topics.flatMap((topic, i) => {
    if (roll() >= (SHARES[i] ?? 0.1)) return []
    const askedAt = new Date(person.joinedAt.getTime() + (until.getTime() - person.joinedAt.getTime()) * roll() ** 4)
    const confirmedAt = new Date(Math.min(askedAt.getTime() + roll() * 20 * MINUTE, until.getTime()))
    const proof = { wording: wordingOf(house, [topic]), source, askedAt, confirmedAt }
    return [{ id: idAt(roll, confirmedAt), personId: person.id, topic: topic.slug, language, ...proof }]
  })
}

/** Departures are kept for two years; the last of them would be swept while one looks. */
function departed({ roll, until }: Story, row: Subscription): Departure {
  const longest = Math.min(until.getTime() - row.confirmedAt.getTime(), 700 * DAY)
  const leftAt = new Date(until.getTime() - longest * roll())
  return { ...row, door: pick(roll, doors), leftAt, undoUntil: new Date(leftAt.getTime() + UNDO_DAYS * DAY) }
}

/** A few asked within the last hours and have not looked into their inbox. */
export async function someWait(
  house: House,
  { roll, until, name }: Story & { name: () => { name: string; email: string } },
): Promise<void> {
  const rows = Array.from({ length: 6 }, () => {
    const { name: shown, email } = name()
    const askedAt = new Date(until.getTime() - roll() * 40 * HOUR)
    const some = house.content.topics.filter((_, i) => roll() < (SHARES[i] ?? 0.1))
    const topics = some.length > 0 ? some : house.content.topics.slice(0, 1)
    return {
      ...{ id: idAt(roll, askedAt), tokenHash: nobodys(roll), name: shown, email: `reading.${email}` },
      ...{ topics: topics.map(({ slug }) => slug), wording: wordingOf(house, topics), language: null, source: pick(roll, sources) },
      ...{ askedAt, expiresAt: new Date(askedAt.getTime() + PENDING_HOURS * HOUR) },
    }
  })
  await house.db.as('updates', (tx) => put(tx, pending, rows))
}
