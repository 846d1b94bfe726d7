/**
 * Setting aside: what a preservation letter covers is copied as it is now, sealed under a key of the house,
 * until the letter's term ends. An erasure goes its way; of the copy it takes who it is about.
 */
import { seal } from '../database/sealing.ts'
import { DAY, now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import { subjectOf } from '../rights/subject.ts'
import type { House } from '../web/house.ts'
import { type Acting, demandOf, note, type Scope } from './demand.ts'
import { legalDemandPreserved } from './kept-tables.ts'
import { keyFor, papersOf, sha256 } from './paper.ts'
import { handedOf } from './releasing.ts'
import { namedBy } from './scope.ts'

/** The longest term: 90 days that can be renewed once for as long (18 U.S.C. 2703(f)). */
export const MOST_DAYS = 180

/** Sets the scope's data aside; a word says why nothing was. */
export async function preserve(house: House, acting: Acting, until: Date): Promise<'preserved' | 'basis' | 'paper' | 'unchanged' | 'term'> {
  const { db } = house
  const { demand, papers } = await db.as('legal', async (tx) => ({
    demand: await demandOf(tx, acting.id),
    papers: await papersOf(tx, acting.id),
  }))
  if (demand?.kind !== 'preservation' || !demand.scope) return 'unchanged'
  if (demand.finding?.ending !== 'required') return 'basis'
  if (!papers.some(({ kind }) => kind === 'instrument')) return 'paper'
  if (until <= now() || until.getTime() > now().getTime() + MOST_DAYS * DAY) return 'term'
  const { scope } = demand
  const people = await db.as('rights', (tx) => setAside(tx, acting, { scope, until }))
  await db.as('legal', (tx) => note(tx, acting, 'preserved', `${people} people, until ${until.toISOString().slice(0, 10)}`))
  return 'preserved'
}

async function setAside(tx: For<'rights'>, { id: demandId }: Acting, { scope, until }: { scope: Scope; until: Date }): Promise<number> {
  let people = 0
  for (const { personId, toldAt } of await namedBy(tx, scope.id)) {
    const subject = personId ? await subjectOf(tx, personId) : undefined
    if (!subject) continue
    const text = JSON.stringify(await handedOf(tx, scope, subject))
    const data = { sealedData: seal(keyFor(tx.db), text), dataHash: sha256(text) }
    const row = { id: newId(), demandId, personId, ...data, preservedAt: now(), toldAt, expiresAt: until }
    const { rowCount } = await tx.insert(legalDemandPreserved).values(row).onConflictDoNothing()
    people += rowCount ?? 0
  }
  return people
}
