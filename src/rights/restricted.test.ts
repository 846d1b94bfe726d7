/**
 * A restricted person is in no mailing, no count, no list and no search (GDPR Art. 18). Three people who are
 * alike have rows in every table; one of them is restricted, and everything that counts or lists is looked at
 * before and after.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fill, personal } from '../../test/canaries.ts'
import { type Door, doorsOf } from '../../test/doors.ts'
import { openTestHouse, superuser } from '../../test/harness.ts'
import { programWith } from '../../test/program.ts'
import { openApp } from '../app.ts'
import { failedPayments, invoiceKept, invoicesOf } from '../billing/payments.ts'
import { revenue } from '../billing/revenue.ts'
import { waitingReviews } from '../billing/review.ts'
import { DAY, fromNow, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Purpose } from '../database/purposes.ts'
import { asId, type Id } from '../log.ts'
import { countAnswers } from '../navigation/consent.ts'
import { choicesOf } from '../navigation/choice.ts'
import { interestsOf } from '../navigation/personal-action.ts'
import { restrict } from '../people/restriction.ts'
import { countMembers } from '../services/membership.ts'
import { enrolledAmong, roll, usageByService } from '../services/roll.ts'
import { nextPeople, findPeople, howMany } from '../staff/search.ts'
import { looksBy } from '../staff/look.ts'
import { abilityFor } from '../staff/roles.ts'
import { shownStops, stopsToList } from '../staff/stops.ts'
import { languagesChosen, reachOf } from '../updates/audience.ts'
import { echoes, echoOf, uncertainOf } from '../updates/desk.ts'
import { begin, edit, schedule } from '../updates/issue.ts'
import { subscriberLines } from '../updates/subscribers.ts'
import { subscribe, subscriptionsAt } from '../updates/subscription.ts'
import { countedTopics } from '../updates/topic.ts'
import { wake } from '../updates/wake.ts'

const house = await openTestHouse()
const { db } = house.house
const eyes = await superuser(house.database)
after(() => eyes.end())
const [owner, support, marketing, billing, analyst] = [
  await house.member('owner'),
  await house.member('support'),
  await house.member('marketing'),
  await house.member('billing'),
  await house.member('analyst'),
]
const names = ['Ada', 'Bob', 'Rita'] as const
const three = names.map((name) => ({ name: `${name} Canarrow`, email: `${name.toLowerCase()}@canary.example` }))
const ids: Id[] = []
for (const { name, email } of three) {
  await house.person(name, email)
  ids.push(asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail())
}
const rita = ids[2] ?? assert.fail()
const ownerId = asId((await house.query<{ id: string }>("select person_id as id from staff where role = 'owner'"))[0]?.id) ?? assert.fail()
/** Gives each of the three the same in every table: what they pay, use, chose, left and were looked at for. */
async function furnish(): Promise<void> {
  // What makes somebody a member of staff, a guest or restricted would set one of them apart.
  const apart = new Set(['restrictions', 'staff', 'guests', 'erasures_asked', 'strict_sessions'])
  const only = personal.map(({ name }) => name).filter((name) => !apart.has(name))
  await fill(eyes, { who: "p.email like '%@canary.example'", rows: 2, marker: 'Canary', author: ownerId, only })
  for (const [at, statement] of STANDING.entries())
    await eyes.query(statement).catch((fault: Error) => assert.fail(`${at}: ${fault.message}`))
  for (const [at, personId] of ids.entries())
    await db.as('updates', (tx) =>
      subscribe(tx, {
        ...{ personId, topics: ['news'], language: ['en', 'de', 'fr'][at] ?? null, wording: 'yes', source: 'test' },
        ...{ askedAt: now(), confirmedAt: now() },
      }),
    )
}

// Rows of canaries stand anyhow: so that they are counted, they are made to count.
const STANDING = [
  "update plans set kind = 'flat', meter = null, lookup_key = 'canaries' where title like 'plans %'",
  "update memberships set standing = 'waiting', ended_at = null, next_plan_id = null where ended_at is null or standing <> 'ended'",
  `update stripe_subscriptions set status = 'past_due', ended_at = null, cents = 700, quantity = 1, begun_at = now() - interval '40 days',
     cancel_at = now() + interval '3 days'`,
  "update stripe_invoices set status = 'open', attempts = 2, due = 900, paid = 100, paid_at = now()",
  "update qualifications set outcome = 'review', decided_by = null, seconded_by = null, reasons = '[]'",
  "update consents set ended_at = null, decided_at = now(), agreed = '{one}', refused = '{two}'",
  "update recipients set state = 'uncertain', claimed_at = now()",
  'update departures set issue_id = (select id from issues limit 1)',
  "update suppressions set lifted_at = null, lifted_by = null, address_hash = 'of ' || id",
  `update looks set staff_id = '${ownerId}'`,
  "update usage_records set happened_at = now() - interval '1 hour'",
] as const

await furnish()

const issueId = asId((await house.query<{ id: string }>('select id from issues limit 1'))[0]?.id) ?? assert.fail()
const canaryTopic = (await house.query<{ topic: string }>("select topic from subscriptions where topic <> 'news' limit 1"))[0]?.topic ?? ''
const membership = async (id: Id): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from memberships where person_id = $1 limit 1', [id]))[0]?.id) ?? assert.fail()
const invoice = async (id: Id): Promise<string> =>
  (await house.query<{ id: string }>('select stripe_invoice as id from stripe_invoices where person_id = $1 limit 1', [id]))[0]?.id ?? ''

/** A count, a list or a search: what it gives, as a number, and by how much it must fall when one of the three is restricted. */
interface Counted {
  readonly says: string
  readonly count: () => Promise<number>
  /** A third of it, unless it counts others, too. */
  readonly falls?: number
}

const as =
  <P extends Purpose>(purpose: P, work: (tx: For<P>) => Promise<number>) =>
  (): Promise<number> =>
    db.as(purpose, work)
const everybody = { part: '', staffOnly: false, order: 'joined', descending: true } as const
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** A new one is named here, or the page that shows it fails below. */
const counted: readonly Counted[] = [
  { says: 'people in the console', count: as('support', async (tx) => (await howMany(tx)).count), falls: 1 },
  { says: 'a search for a name', count: as('support', async (tx) => (await findPeople(tx, { ...everybody, part: 'canarrow' })).count) },
  { says: 'the list of people', count: as('support', async (tx) => (await findPeople(tx, everybody)).people.length), falls: 1 },
  {
    says: 'the list of people by name',
    count: as('support', async (tx) => (await findPeople(tx, { ...everybody, order: 'name' })).people.length),
    falls: 1,
  },
  {
    says: 'people taken out',
    count: as('support', async (tx) => (await nextPeople(tx, everybody, { most: 100 })).people.length),
    falls: 1,
  },
  { says: 'records that one opened', count: as('support', (tx) => looksBy(tx, ownerId, fromNow(-DAY))) },
  { says: 'addresses not written to', count: as('support', async (tx) => (await stopsToList(tx, { most: 100 })).length) },
  { says: 'the same with people', count: as('support', async (tx) => (await shownStops(tx, { most: 100 })).length) },
  ...(['service', 'billing', 'support'] as const).map(
    (purpose): Counted => ({
      says: `members of services, for ${purpose}`,
      count: as(purpose, async (tx: For<'service' | 'billing' | 'support'>) => sum((await countMembers(tx)).map(({ members }) => members))),
    }),
  ),
  { says: 'the roll', count: as('billing', async (tx) => (await roll(tx, {})).rows.length) },
  { says: 'the number of the roll', count: as('billing', async (tx) => (await roll(tx, { standing: 'waiting' })).count) },
  {
    says: 'memberships by number',
    count: as('billing', async (tx) => (await enrolledAmong(tx, await inTurn(membership))).length),
  },
  { says: 'failed payments', count: as('billing', async (tx) => (await failedPayments(tx)).length) },
  ...(['monthly', 'paying', 'base', 'failing', 'leaving', 'collected'] as const).map(
    (which): Counted => ({
      says: `revenue: ${which}`,
      count: as('billing', async (tx) => sum((await revenue(tx)).map((one) => one[which]))),
    }),
  ),
  ...(['people', 'lately'] as const).map(
    (which): Counted => ({
      says: `what was used: ${which}`,
      count: as('billing', async (tx) => sum((await usageByService(tx)).map((one) => one[which]))),
    }),
  ),
  { says: 'cards that wait for a decision', count: as('billing', async (tx) => (await waitingReviews(tx)).length) },
  {
    says: 'subscribers of topics',
    count: as('updates', async (tx) => sum((await countedTopics(tx)).map(({ subscribers }) => subscribers))),
  },
  {
    says: 'whom an issue reaches',
    count: as('updates', async (tx) => (await reachOf(tx, { topic: canaryTopic, narrowed: {} })).subscribers),
  },
  { says: 'languages', count: as('updates', async (tx) => (await languagesChosen(tx)).filter((one) => /^(en|de|fr)$/.test(one)).length) },
  { says: 'who left by an issue', count: as('updates', async (tx) => (await echoOf(tx, house.house, issueId)).left) },
  { says: 'the same for all issues', count: as('updates', async (tx) => (await echoes(tx)).get(issueId)?.left ?? 0) },
  { says: 'letters of which nobody knows', count: as('updates', async (tx) => (await uncertainOf(tx, issueId)).length) },
  { says: 'subscribers taken out', count: () => linesOf(canaryTopic) },
  {
    says: 'what an address gets',
    count: as('updates', async (tx) => sum((await inTurn((id) => subscriptionsAt(tx, emailOf(id)))).map((found) => found.length))),
  },
  {
    says: 'answers about analytics',
    count: as('legal', async (tx) => sum((await countAnswers(tx)).map((one) => one.agreed + one.refused))),
  },
  {
    says: 'interests by which pages are suggested',
    count: as('personalisation', async (tx) => sum((await inTurn((id) => interestsOf(tx, id))).map((found) => found.length))),
  },
  {
    says: 'choices about personal actions',
    count: as('personalisation', async (tx) => sum((await inTurn((id) => choicesOf(tx, id))).map((found) => Object.keys(found).length))),
  },
]

const emailOf = (id: Id): string => three[ids.indexOf(id)]?.email ?? ''

async function inTurn<R>(work: (id: Id) => Promise<R>): Promise<R[]> {
  const found: R[] = []
  for (const id of ids) found.push(await work(id))
  return found
}

async function linesOf(topic: string): Promise<number> {
  let lines = 0
  for await (const { people } of subscriberLines(db, topic)) lines += people
  return lines
}

// The pages and files of staff that need no number, but those of the legal role.
const legals = new Set(['audit', 'requests', 'breaches', 'agents', 'processing', 'recipients'])
const doors: readonly Door[] = doorsOf(openApp(house.house)).filter(
  ({ method, path }) => method === 'GET' && path.startsWith('/staff') && !path.includes(':') && !legals.has(abilityFor(path) ?? ''),
)
const searches = ['/staff/people?q=canarrow', '/staff/people?q=rita', '/staff/billing/memberships?standing=waiting']

/** Which of the three a text shows: by name, by address or by a number that stands for them. */
const shownIn = (text: string): string[] =>
  names.filter((name, at) => [`${name} Canarrow`, `${name.toLowerCase()}@canary`, ids[at] ?? '-'].some((mark) => text.includes(mark)))

async function whoIsShown(): Promise<Map<string, string[]>> {
  const shown = new Map<string, string[]>()
  for (const [role, browser] of Object.entries({ owner, support, marketing, billing, analyst }))
    for (const path of [...doors.map((door) => door.path), ...searches]) {
      const answer = await browser.get(path)
      assert([200, 303, 400, 404].includes(answer.status), `${path}: ${answer.status}`)
      shown.set(`${role} ${path}`, shownIn(await answer.text()))
    }
  return shown
}

const before = new Map<string, number>()
for (const { says, count } of counted) before.set(says, await count())
const shownBefore = await whoIsShown()
const ritas = { membership: await membership(rita), invoice: await invoice(rita) }
const own = (): readonly string[] => [
  `/staff/people/${rita}`,
  `/staff/billing/customers/${rita}`,
  `/staff/billing/memberships/${ritas.membership}`,
  `/staff/billing/invoices/${ritas.invoice}`,
]
const openBefore = await Promise.all(own().map(async (path) => (await owner.get(path)).status))
await db.as('rights', (tx) => restrict(tx, rita))

for (const { says, count, falls } of counted)
  test(`not counted, not listed: ${says}`, async () => {
    const had = before.get(says) ?? 0
    assert(had >= 3, `it is of all three before: ${had}`)
    assert.equal(await count(), had - (falls ?? had / 3))
  })

test('no page and no file of staff shows her any more, and the others as before', async () => {
  const now = await whoIsShown()
  const all = new Set([...shownBefore.values()].flat())
  assert.deepEqual([...all].toSorted(), [...names], 'some page showed each before')
  for (const [page, shown] of now) {
    assert(!shown.includes('Rita'), `${page} shows her`)
    assert.deepEqual(
      shown,
      (shownBefore.get(page) ?? []).filter((name) => name !== 'Rita'),
      page,
    )
  }
})

test('her own pages in the console are nobody’s', async () => {
  assert.deepEqual(openBefore, [200, 200, 200, 200])
  for (const path of own()) assert.equal((await owner.get(path)).status, 404, path)
  assert.equal(await db.as('billing', async (tx) => invoiceKept(tx, ritas.invoice)), undefined)
  const taken = await owner.post('/staff/people/export', { q: 'canarrow' })
  assert.deepEqual(shownIn(await taken.text()), ['Ada', 'Bob'])
})

test('what the law requires goes on: what Stripe tells of her is still written down', async () => {
  await db.as('billing', (tx) =>
    tx.execute(`update stripe_invoices set paid = 900, status = 'paid' where stripe_invoice = '${ritas.invoice}'`),
  )
  const kept = await db.as('billing', (tx) => invoicesOf(tx, ritas.membership))
  assert(kept.some(({ stripeInvoice, paid }) => stripeInvoice === ritas.invoice && paid === 900))
})

test('the company’s programs hear of an address what they hear of an unknown one', async () => {
  const program = await programWith(house, ['updates:read'])
  const of = async (email: string) => (await program.post('/updates/status', { email })).body
  assert.deepEqual(await of('rita@canary.example'), await of('nobody@canary.example'))
  assert.notDeepEqual(await of('ada@canary.example'), await of('nobody@canary.example'))
})

test('a mailing goes to the others', async () => {
  const id = await db.as('updates', async (tx) => {
    const made = await begin(tx, { topic: 'news', by: ownerId })
    await edit(tx, { issueId: made, by: ownerId, topic: 'news', narrowed: {}, subject: 'News', preheader: 'New', body: 'Hello' })
    await schedule(tx, { issueId: made, by: ownerId, sendAt: now(), zone: 'UTC' })
    return made
  })
  await eyes.query('delete from suppressions where person_id is not null')
  await wake(house.house)
  await house.settle()
  const got = async (email: string) => (await house.inbox(email)).filter(({ kind }) => kind === 'update' || kind === 'updates').length
  assert.deepEqual(await Promise.all(three.map(({ email }) => got(email))), [1, 1, 0])
  assert.deepEqual(await house.query('select from recipients where issue_id = $1 and person_id = $2', [id, rita]), [])
})
