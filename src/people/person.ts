/** A person: one row with a name and an address, and the key that seals text about them. */
import { desc, eq, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { Refusal } from '../web/refusal.ts'
import { corrections, guests, people, personKeys } from './tables.ts'

export interface Person {
  readonly id: Id
  readonly name: string
  readonly email: string
  readonly joinedAt: Date
}

const RESTRICTED =
  'At your own wish, data about this address is only stored and used for nothing, so it can get no updates. To change that, answer the letter that told you so.'

/** Purposes under which a person's name and address may be read. */
type Reading = For<'service' | 'updates' | 'billing' | 'support' | 'rights' | 'legal' | 'security'>

/**
 * Makes the person with this confirmed address known, or finds them: a repeated confirmation makes no
 * second person, and never changes the name of somebody who is known already.
 */
export async function welcome(
  tx: For<'security' | 'updates'>,
  { name, email }: { name: string; email: string },
): Promise<{ person: Person; isNew: boolean }> {
  const fresh = { id: newId(), name, email, joinedAt: now() }
  const [made] = await tx.insert(people).values(fresh).onConflictDoNothing({ target: people.email }).returning()
  if (made) {
    await tx.insert(personKeys).values({ personId: made.id, wrappedKey: tx.db.keyring.fresh(), madeAt: now() })
    return { person: made, isNew: true }
  }
  const known = await personWith(tx, email)
  // Updates do not find whoever is restricted; their mailbox has just been proven, so this tells nobody else.
  if (!known) throw new Refusal(409, RESTRICTED, { detail: 'restricted' })
  return { person: known, isNew: false }
}

/** Whoever subscribes is a guest until they sign in for the first time: known, but by their subscriptions alone. */
export async function welcomeGuest(tx: For<'updates'>, newcomer: { name: string; email: string }): Promise<Person> {
  const { person, isNew } = await welcome(tx, newcomer)
  if (isNew) await tx.insert(guests).values({ personId: person.id, sinceAt: now() })
  return person
}

/** The same for many at once, by three statements in one; whoever is known already stays as they are. */
export async function welcomeGuests(tx: For<'updates'>, newcomers: readonly { name: string; email: string }[]): Promise<void> {
  const fresh = newcomers.map(({ name, email }) => ({ id: newId(), name, email, key: tx.db.keyring.fresh().toString('hex') }))
  const at = now().toISOString()
  await tx.execute(sql`
    with fresh as (select * from jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) as f(id uuid, name text, email text, key text)),
    made as (
      insert into ${people} (id, name, email, joined_at) select id, name, email, ${at}::timestamptz from fresh
      on conflict (email) do nothing returning id),
    keyed as (
      insert into ${personKeys} (person_id, wrapped_key, made_at)
      select id, decode(key, 'hex'), ${at}::timestamptz from fresh join made using (id))
    insert into ${guests} (person_id, since_at) select id, ${at}::timestamptz from made`)
}

/** From now on they are somebody who signs in, whatever becomes of their subscriptions. */
export async function settleIn(tx: For<'security'>, id: Id): Promise<void> {
  await tx.delete(guests).where(eq(guests.personId, id))
}

/** Is this somebody who is known by their subscriptions alone? */
export async function isGuest(tx: For<'updates' | 'rights'>, id: Id): Promise<boolean> {
  return (await tx.select().from(guests).where(eq(guests.personId, id))).length > 0
}

/** The person with this address (in lower case), if there is one. */
export async function personWith(tx: Reading, email: string): Promise<Person | undefined> {
  const [person] = await tx.select().from(people).where(eq(people.email, email)).limit(1)
  return person
}

/** The person with this id, if there is one. */
export async function personOf(tx: Reading, id: Id): Promise<Person | undefined> {
  const [person] = await tx.select().from(people).where(eq(people.id, id)).limit(1)
  return person
}

/** Corrects the name, and leaves a note for whoever tells those who received the old one; `requestId` is the request that asked for it. */
export async function rename(tx: For<'service' | 'rights'>, id: Id, name: string, requestId?: Id): Promise<void> {
  const before = await personOf(tx, id)
  if (!before) return
  await tx.update(people).set({ name }).where(eq(people.id, id))
  await correct(tx, before, { field: 'name', requestId })
  await record(tx, { act: 'person.renamed', person: id })
}

/** Moves the person to another address, unless somebody else has it: then nothing happens. */
export async function readdress(tx: For<'security' | 'rights'>, id: Id, email: string): Promise<'moved' | 'taken'> {
  const other = await personWith(tx, email)
  if (other && other.id !== id) return 'taken'
  const before = await personOf(tx, id)
  await tx.update(people).set({ email }).where(eq(people.id, id))
  if (before) await correct(tx, before, { field: 'email' })
  await record(tx, { act: 'person.moved', person: id })
  return 'moved'
}

// What it was is needed once more, to find it where others have it; see `rights/correcting.ts`.
async function correct(
  tx: For<'service' | 'security' | 'rights'>,
  before: Person,
  { field, requestId }: { field: 'name' | 'email'; requestId?: Id | undefined },
): Promise<void> {
  const id = newId()
  const sealedBefore = await sealFor(tx, before.id, before[field])
  await tx.insert(corrections).values({ id, personId: before.id, field, sealedBefore, correctedAt: now() })
  await enqueue(tx, 'rights.corrected', { correctionId: id, ...(requestId ? { requestId } : {}) })
}

/** A correction of which recipients must be told, with what was corrected. */
export interface Corrected {
  readonly personId: Id
  readonly field: 'name' | 'email'
  readonly sealedBefore: Buffer | null
}

/** Takes what it was before out of a correction, once it is kept where it is needed. */
export async function takeCorrection(tx: For<'rights'>, id: Id): Promise<Corrected | undefined> {
  const { personId, field, sealedBefore } = corrections
  const [found] = await tx.select({ personId, field, sealedBefore }).from(corrections).where(eq(corrections.id, id)).for('update')
  await tx.update(corrections).set({ sealedBefore: null }).where(eq(corrections.id, id))
  return found
}

/** What the person corrected, newest first. */
export async function correctionsOf(
  tx: For<'service' | 'support' | 'rights'>,
  id: Id,
): Promise<{ field: 'name' | 'email'; correctedAt: Date }[]> {
  const { field, correctedAt } = corrections
  return tx.select({ field, correctedAt }).from(corrections).where(eq(corrections.personId, id)).orderBy(desc(correctedAt)).limit(200)
}

type Opening = For<'service' | 'support' | 'rights' | 'legal' | 'security'>

/** Seals text about a person under their own key. */
export async function sealFor(tx: Opening, id: Id, text: string | Buffer): Promise<Buffer> {
  return seal(await keyOf(tx, id), text)
}

/** Opens text that was sealed under the person's key. */
export async function openFor(tx: Opening, id: Id, sealed: Buffer): Promise<Buffer> {
  return unseal(await keyOf(tx, id), sealed)
}

/** The person's key, to seal or open many things at once. */
export async function keyOf(tx: Opening, id: Id): Promise<Buffer> {
  const [row] = await tx.select({ wrappedKey: personKeys.wrappedKey }).from(personKeys).where(eq(personKeys.personId, id)).limit(1)
  if (!row) throw new Error('the person has no key')
  return tx.db.keyring.unwrap(row.wrappedKey)
}
