/** Letters about visits: who of the team gets them, and the link by which each of them stops. */
import { and, eq, inArray } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { Database, For } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { asId, type Id } from '../log.ts'
import { may } from '../staff/roles.ts'
import { type Member, team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { type LetterKind, letterKinds, type Occasion, reportLetters, reportOccasions } from './letter-tables.ts'

type Tx = For<'support'>

/** The letters that a member of the team asked for. */
export async function lettersOf(tx: Tx, personId: Id): Promise<LetterKind[]> {
  const rows = await tx.select({ kind: reportLetters.kind }).from(reportLetters).where(eq(reportLetters.personId, personId))
  return rows.map(({ kind }) => kind)
}

/** Asks for these letters, and for no others. */
export async function askForLetters(tx: Tx, personId: Id, kinds: readonly LetterKind[]): Promise<void> {
  const others = letterKinds.filter((kind) => !kinds.includes(kind))
  if (others.length > 0)
    await tx.delete(reportLetters).where(and(eq(reportLetters.personId, personId), inArray(reportLetters.kind, others)))
  for (const kind of kinds) await tx.insert(reportLetters).values({ personId, kind, askedAt: now() }).onConflictDoNothing()
}

/** Ends one kind of letters. */
export async function stopLetters(tx: Tx, { personId, kind }: StopLink): Promise<void> {
  await tx.delete(reportLetters).where(and(eq(reportLetters.personId, personId), eq(reportLetters.kind, kind)))
}

/** Those who asked for letters of this kind and may see reports today. */
export async function readersOf(tx: Tx, kind: LetterKind): Promise<Member[]> {
  const asked = await tx.select({ personId: reportLetters.personId }).from(reportLetters).where(eq(reportLetters.kind, kind))
  const ids = new Set(asked.map(({ personId }) => personId))
  return (await team(tx)).filter(({ personId, role }) => ids.has(personId) && may(role, 'navigation'))
}

/** Notes that there is something to write of; false where that was noted before. */
export async function noteOccasion(tx: Tx, { day, site, occasion }: { day: string; site: string; occasion: Occasion }): Promise<boolean> {
  const noted = await tx
    .insert(reportOccasions)
    .values({ day, site, occasion, notedAt: now() })
    .onConflictDoNothing()
    .returning({ day: reportOccasions.day })
  return noted.length > 0
}

// ---- The link ------------------------------------------------------------------------------------

/** What a letter's link stops: one kind, for one member of the team. */
export interface StopLink {
  readonly personId: Id
  readonly kind: LetterKind
}

const keyOf = (db: Database): Buffer => db.keyring.own('report letters stop')

/** Where a letter's reader stops letters of its kind. */
export const stopAddress = ({ config, db }: House, { personId, kind }: StopLink): string =>
  `${config.origin}/visits/letters/${seal(keyOf(db), `${personId} ${kind}`).toString('base64url')}`

/** What a link stops; undefined for one that this house did not make. */
export function stopBehind(db: Database, token: string): StopLink | undefined {
  if (!/^[\w-]{60,200}$/.test(token)) return undefined
  try {
    const [id, name] = unseal(keyOf(db), Buffer.from(token, 'base64url')).toString().split(' ')
    const [personId, kind] = [asId(id), letterKinds.find((one) => one === name)]
    return personId && kind ? { personId, kind } : undefined
  } catch {
    return undefined
  }
}
