/**
 * The demo: an invented small company with its people, their sessions and letters, and a team that
 * looked things up. Everything comes from one seed, so that two demos hold the same people; and from
 * one day, so that what is recent in it is recent. It goes in as all data does: under its purposes.
 */
import { type InferInsertModel, inArray } from 'drizzle-orm'
import { DAY, HOUR, MINUTE, now } from './clock.ts'
import type { For } from './database/connection.ts'
import { seal } from './database/sealing.ts'
import { type Chance, chance, namer, pick } from './demo-names.ts'
import { bytes, idAt, nobodys, put } from './demo-rows.ts'
import { bringIssues } from './demo-issues.ts'
import { bringMembers } from './demo-members.ts'
import { bringQuestions } from './demo-questions.ts'
import { bringUpdates, someWait } from './demo-updates.ts'
import { bringVisits } from './demo-history.ts'
import type { Id } from './log.ts'
import { written } from './mail/letter.ts'
import { letters } from './mail/tables.ts'
import { corrections, people, personKeys } from './people/tables.ts'
import { receipts } from './rights/tables.ts'
import { addressChangedLetter, letterFor, waysChangedLetter } from './sessions/emails.ts'
import { invitations, passkeys, passwords, recoveryCodes, sessions, strictSessions } from './sessions/tables.ts'
import { IDLE_DAYS, LONGEST_DAYS, STRICT_HOURS } from './sessions/session.ts'
import { looks, roles, staff } from './staff/tables.ts'
import type { House } from './web/house.ts'

/** How much of a company is wanted. */
export interface Wanted {
  readonly people: number
  /** The moment at which the story ends; else the beginning of the present hour. */
  readonly until?: Date
  /** Called as the people come in. */
  readonly progress?: (people: number) => void
}

/** What was made. */
export interface Furnished {
  readonly people: number
  /** The address of the team's owner. */
  readonly owner: string
}

const SEED = 20_190_323
const SPAN = 3 * 365 * DAY
const BATCH = 2_000
/** Beyond this many people the letters are empty, as they are once a mail server took them. */
const MOST_WITH_WORDS = 20_000

/** Everything that one batch adds, by table. */
interface Rows {
  people: InferInsertModel<typeof people>[]
  keys: InferInsertModel<typeof personKeys>[]
  sessions: InferInsertModel<typeof sessions>[]
  passwords: InferInsertModel<typeof passwords>[]
  passkeys: InferInsertModel<typeof passkeys>[]
  recoveryCodes: InferInsertModel<typeof recoveryCodes>[]
  corrections: InferInsertModel<typeof corrections>[]
  letters: InferInsertModel<typeof letters>[]
}

interface Story {
  readonly house: House
  readonly roll: Chance
  readonly until: Date
  readonly words: boolean
}

type Person = InferInsertModel<typeof people> & { id: Id }

/** Is there nobody in the house? */
export async function isEmpty({ db }: House): Promise<boolean> {
  return (await db.as('service', (tx) => tx.select({ id: people.id }).from(people).limit(1))).length === 0
}

/** Fills an empty house. The same number of people, until the same moment, gives the same people. */
export async function furnish(house: House, wanted: Wanted): Promise<Furnished> {
  const until = wanted.until ?? new Date(Math.floor(now().getTime() / HOUR) * HOUR)
  const story: Story = { house, roll: chance(SEED), until, words: wanted.people <= MOST_WITH_WORDS }
  const name = namer(chance(SEED + 1))
  const users = { roll: chance(SEED + 5), until }
  const readers = { roll: chance(SEED + 3), until }
  const [team, customers]: [Person[], Person[]] = [[], []]
  for (let done = 0; done < wanted.people; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, wanted.people - done) }, (_, i) => joined(story, (done + i) / wanted.people, name()))
    for (const [i, person] of batch.entries()) if (isColleague(done + i, wanted.people)) team.push(colleague(person))
    const rows = batch.reduce((rows, person) => live(story, rows, person), empty())
    await bringIn(house, rows)
    await bringUpdates(house, readers, batch, membersIn(rows))
    const signingIn = membersIn(rows)
    await bringMembers(
      house,
      users,
      batch.filter(({ id }) => signingIn.has(id)),
    )
    customers.push(...batch.filter((person) => !team.includes(person)).slice(-KNOWN_PER_BATCH))
    wanted.progress?.(done + batch.length)
  }
  await work(story, team, customers)
  await bringIssues(
    house,
    readers,
    [team[0], team[2]].flatMap((member) => (member ? [member.id] : [])),
  )
  const askers = customers.slice(-KNOWN_PER_BATCH)
  const keys = await house.db.as('support', (tx) => keysOf(tx, askers))
  await bringQuestions(house, { roll: chance(SEED + 6), until, keys }, { askers, team: team.slice(0, 2).map(({ id }) => id) })
  await someWait(house, { ...readers, name: namer(chance(SEED + 4)) })
  await bringVisits(house, until)
  return { people: wanted.people, owner: team[0]?.email ?? '' }
}

// Of each batch this many may have been looked up by the team.
const KNOWN_PER_BATCH = 400

const empty = (): Rows => ({
  people: [],
  keys: [],
  sessions: [],
  passwords: [],
  passkeys: [],
  recoveryCodes: [],
  corrections: [],
  letters: [],
})

/** Who signs in here; everybody else may be known by updates alone. */
const membersIn = ({ sessions, passwords, passkeys, people }: Rows): ReadonlySet<string> =>
  new Set([
    ...[...sessions, ...passwords, ...passkeys].map(({ personId }) => personId),
    ...people.flatMap(({ id, email }) => (id && email.endsWith('@team.example.com') ? [id] : [])),
  ])

// ---- A person ----------------------------------------------------------------------------------

// Twice as many in the last year as in the one before; more by day than by night.
function joined({ roll, until }: Story, share: number, { name, email }: { name: string; email: string }): Person {
  const day = Math.floor((until.getTime() - SPAN + SPAN * Math.sqrt(share)) / DAY) * DAY
  const hour = 6 + Math.floor(((roll() + roll()) / 2) * 17)
  const joinedAt = new Date(Math.min(day + hour * HOUR + roll() * HOUR, until.getTime() - roll() * HOUR))
  return { id: idAt(roll, joinedAt), name, email, joinedAt }
}

/** The six who run the company were there among the first. */
const isColleague = (index: number, all: number): boolean => index % 2 === 0 && index < 2 * Math.min(roles.length, all)

// The team has addresses under one host.
function colleague(person: Person): Person {
  person.email = person.email.replace(/@.*/, '@team.example.com')
  return person
}

function live(story: Story, rows: Rows, person: Person): Rows {
  rows.people.push(person)
  rows.keys.push({ personId: person.id, wrappedKey: story.house.db.keyring.fresh(), madeAt: person.joinedAt })
  if (!person.email.endsWith('@team.example.com')) signInSometimes(story, rows, person)
  protect(story, rows, person)
  correctSometimes(story, rows, person)
  if (isRecent(story, person.joinedAt)) rows.letters.push(codeLetter(story, person, 'sign-up', person.joinedAt))
  return rows
}

const browsers = [
  ...Array<string>(9).fill('Chrome on Windows'),
  ...Array<string>(8).fill('Safari on iOS'),
  ...Array<string>(7).fill('Chrome on Android'),
  ...Array<string>(4).fill('Safari on macOS'),
  ...Array<string>(4).fill('Firefox on Windows'),
  ...Array<string>(3).fill('Firefox on Linux'),
  ...Array<string>(3).fill('Microsoft Edge on Windows'),
  'Chrome on macOS',
  'Samsung Internet for Android on Android',
]

// Somewhat more than half of the people came within the last month and are still signed in somewhere.
function signInSometimes(story: Story, rows: Rows, person: Person): void {
  const { roll } = story
  const places = roll() < 0.45 ? 0 : 1 + Math.floor(roll() * roll() * 4)
  for (let i = 0; i < places; i++) {
    const seenAt = before(story, roll() * roll() * IDLE_DAYS * DAY, person.joinedAt)
    const startedAt = new Date(Math.max(person.joinedAt.getTime(), seenAt.getTime() - roll() * (LONGEST_DAYS - IDLE_DAYS) * DAY))
    const means = pick(roll, ['code', 'code', 'code', 'link', 'password', 'passkey'] as const)
    const expiresAt = new Date(Math.min(seenAt.getTime() + IDLE_DAYS * DAY, startedAt.getTime() + LONGEST_DAYS * DAY))
    rows.sessions.push(session(story, person.id, { startedAt, seenAt, expiresAt, means }))
    if (means === 'code' && isRecent(story, startedAt)) rows.letters.push(codeLetter(story, person, 'sign-in', startedAt))
  }
}

type Span = Pick<InferInsertModel<typeof sessions>, 'startedAt' | 'seenAt' | 'expiresAt' | 'means'>

const session = ({ roll }: Story, personId: Id, span: Span): InferInsertModel<typeof sessions> => ({
  id: idAt(roll, span.startedAt),
  personId,
  tokenHash: nobodys(roll),
  browser: pick(roll, browsers),
  ...span,
  provenAt: span.startedAt,
})

// A password that nobody knows: the hash of nothing, in the right form.
function protect({ roll, until }: Story, rows: Rows, { id: personId, joinedAt }: Person): void {
  const since = new Date(joinedAt.getTime() + roll() * (until.getTime() - joinedAt.getTime()))
  const kept = { personId, hash: `$argon2id$v=19$m=19456,t=2,p=1$${nobodys(roll).slice(0, 22)}$${nobodys(roll)}`, setAt: since }
  if (roll() < 0.3) rows.passwords.push(kept)
  if (roll() >= 0.12) return
  const [label, credential] = [pick(roll, browsers), nobodys(roll)]
  const key = { credential, publicKey: bytes(roll), counter: Math.floor(roll() * 40), transports: ['internal', 'hybrid'] }
  rows.passkeys.push({ id: idAt(roll, since), personId, label, addedAt: since, usedAt: null, ...key })
  for (let i = 0; i < 8; i++) rows.recoveryCodes.push({ id: idAt(roll, since), personId, codeHash: nobodys(roll), madeAt: since })
}

function correctSometimes(story: Story, rows: Rows, person: Person): void {
  const { roll } = story
  if (roll() >= 0.07) return
  const field = roll() < 0.4 ? 'name' : 'email'
  const correctedAt = before(story, roll() * 700 * DAY, person.joinedAt)
  rows.corrections.push({ id: idAt(roll, correctedAt), personId: person.id, field, correctedAt })
  if (field === 'name' || !isRecent(story, correctedAt)) return
  const letter = addressChangedLetter(story.house, { ...person, personId: person.id }, person.email)
  rows.letters.push(sent(story, letter, correctedAt))
}

// ---- Letters -----------------------------------------------------------------------------------

/** Letters are kept for thirty days; the last of them would be swept while one looks. */
const isRecent = ({ until }: Story, at: Date): boolean => until.getTime() - at.getTime() < 29 * DAY

function codeLetter(story: Story, person: Person, wants: 'sign-up' | 'sign-in', at: Date): InferInsertModel<typeof letters> {
  const code = String(Math.floor(story.roll() * 1_000_000)).padStart(6, '0')
  const { name, email } = person
  const about = { wants, kind: wants, name, email, personId: person.id, code, link: nobodys(story.roll) }
  return sent(story, letterFor(story.house, about), at)
}

function sent({ roll, words }: Story, letter: Parameters<typeof written>[0], at: Date): InferInsertModel<typeof letters> {
  const outcome = roll() < 0.01 ? { refusedAt: at, refusedCode: 550, sentAt: null } : { refusedAt: null, refusedCode: null, sentAt: at }
  const { text, html } = words ? written(letter) : { text: '', html: '' }
  const { to, kind, subject, personId = null } = letter
  return { id: idAt(roll, at), personId, to, kind, subject, text, html, tries: 1, writtenAt: at, ...outcome }
}

// ---- The company -------------------------------------------------------------------------------

/** The team at work: roles, strict sessions, whom they looked up, whom they invited, what was erased. */
async function work(story: Story, team: readonly Person[], customers: readonly Person[]): Promise<void> {
  const [owner] = team
  if (!owner) return
  const { db } = story.house
  const places = team.map(({ id: personId, joinedAt: addedAt }, i) => {
    return { personId, role: roles[i] ?? 'support', addedBy: i === 0 ? null : owner.id, addedAt }
  })
  const strict = team.map(({ id: personId, joinedAt: sinceAt }) => ({ personId, sinceAt }))
  const open = team.slice(1).map((person) => atWork(story, person))
  await db.as('security', async (tx) => {
    await put(tx, staff, places)
    await put(tx, strictSessions, strict)
    await put(tx, sessions, open)
    await put(tx, invitations, pending(story, owner))
  })
  await db.as('support', async (tx) => put(tx, looks, await lookedUp(story, tx, team, customers)))
  await db.as('rights', (tx) => put(tx, receipts, erasures(story)))
  await tell(story, team)
}

function atWork(story: Story, person: Person): InferInsertModel<typeof sessions> {
  const startedAt = before(story, story.roll() * 8 * HOUR, person.joinedAt)
  const expiresAt = new Date(startedAt.getTime() + STRICT_HOURS * HOUR)
  return session(story, person.id, { startedAt, seenAt: startedAt, expiresAt, means: 'passkey' })
}

function pending({ roll, until }: Story, owner: Person): InferInsertModel<typeof invitations>[] {
  const guests = namer(chance(SEED + 2))
  return [null, null, null, null, 'support', 'analyst'].map((role) => {
    const invitedAt = new Date(until.getTime() - (0.2 + roll() * 5) * DAY)
    const email = `invited.${guests().email}`
    const expiresAt = new Date(invitedAt.getTime() + 7 * DAY)
    return { id: idAt(roll, invitedAt), email, role, tokenHash: nobodys(roll), invitedBy: owner.id, invitedAt, expiresAt }
  })
}

const notes = {
  question: ['Asked by letter how to change their name', 'Could not find the second code', 'Wanted to know what the trial includes'],
  request: ['Asked for a copy by e-mail', 'Wants to know who looked', 'Asked to have the address corrected'],
  billing: ['Wants the invoice under another name', 'Asked about the price of a second seat'],
  security: ['Reported a letter with a code that they had not asked for', 'Lost the phone with the second factor'],
  upkeep: ['A letter came back twice'],
} as const
type Reason = keyof typeof notes

async function lookedUp(story: Story, tx: For<'support'>, team: readonly Person[], customers: readonly Person[]) {
  const known = Array.from({ length: Math.min(400, customers.length) }, () => pick(story.roll, customers))
  const keys = await keysOf(tx, known)
  return known.map((person) => lookUp(story, team, person, keys.get(person.id)))
}

function lookUp(story: Story, team: readonly Person[], person: Person, key: Buffer | undefined): InferInsertModel<typeof looks> {
  const { roll } = story
  const who = Math.floor(roll() * team.length)
  const reason = pick(roll, Object.keys(notes) as Reason[])
  const lookedAt = before(story, roll() * roll() * 700 * DAY, person.joinedAt)
  const sealedNote = roll() < 0.5 && key ? seal(key, pick(roll, notes[reason])) : null
  const by = { staffId: team[who]?.id ?? null, role: roles[who] ?? 'support' }
  return { id: idAt(roll, lookedAt), personId: person.id, ...by, reason, sealedNote, lookedAt }
}

async function keysOf(tx: For<'support'>, of: readonly Person[]): Promise<Map<Id, Buffer>> {
  const ids = of.map((person) => person.id)
  const rows = await tx.select().from(personKeys).where(inArray(personKeys.personId, ids))
  return new Map(rows.map((row) => [row.personId, tx.db.keyring.unwrap(row.wrappedKey)]))
}

function erasures({ roll, until }: Story): InferInsertModel<typeof receipts>[] {
  return Array.from({ length: 23 }, () => {
    const erasedAt = new Date(until.getTime() - roll() * 700 * DAY)
    const some = (table: string, most: number) => ({ table, rows: Math.floor(roll() * (most + 1)) })
    const counted = [some('looks', 2), some('sessions', 3), some('passwords', 1), some('corrections', 1), some('letters', 4)]
    const erased = [...counted.filter(({ rows }) => rows > 0), { table: 'person_keys', rows: 1 }, { table: 'people', rows: 1 }]
    return { id: idAt(roll, erasedAt), tokenHash: nobodys(roll), erased, kept: [], erasedAt, completeAt: erasedAt }
  })
}

/** The newest letters: what the team was told. */
async function tell(story: Story, team: readonly Person[]): Promise<void> {
  const what = 'A passkey was added.'
  const rows = team.map((person, i) => {
    const letter = waysChangedLetter(story.house, { ...person, personId: person.id }, what)
    return sent(story, letter, new Date(story.until.getTime() - (team.length - i) * MINUTE))
  })
  await story.house.db.as('operations', (tx) => put(tx, letters, rows))
}

// ---- Bringing it in ----------------------------------------------------------------------------

async function bringIn({ db }: House, rows: Rows): Promise<void> {
  await db.as('security', async (tx) => {
    await put(tx, people, rows.people)
    await put(tx, personKeys, rows.keys)
    await put(tx, sessions, rows.sessions)
    await put(tx, passwords, rows.passwords)
    await put(tx, passkeys, rows.passkeys)
    await put(tx, recoveryCodes, rows.recoveryCodes)
    await put(tx, corrections, rows.corrections)
    await put(tx, letters, rows.letters)
  })
}

const before = ({ until }: Story, ms: number, notBefore: Date): Date => new Date(Math.max(until.getTime() - ms, notBefore.getTime()))
