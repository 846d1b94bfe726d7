/**
 * The versions of the privacy policy: their words, byte for byte, with what they name. Nothing here is ever changed.
 * The database says what a version may be and when it takes effect; see migration `policy_rules` and decision 0042.
 */
import { asc, desc, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { policyDrafts, policyEffects, policyVersions } from './tables.ts'

/** What a version names, from the program's own declarations: so text and program cannot disagree. */
export interface Claims {
  /** Names of purposes. */
  readonly purposes: readonly string[]
  /** Names of kinds of data. */
  readonly categories: readonly string[]
  /** Names of recipients. */
  readonly processors: readonly string[]
  /** The lines that numbers in the text come from, such as `letters: 30 days`. */
  readonly retention: readonly string[]
  /** How many days before a material change people are told. */
  readonly noticeDays: number
}

/** The words of a version. */
export interface Words {
  readonly title: string
  readonly summary: string
  /** Markdown as it is published. */
  readonly source: string
  /** The same before numbers were filled in. */
  readonly written: string
}

/** A published version. */
export interface Version extends Words, Claims {
  readonly number: number
  readonly sha256: string
  readonly material: boolean
  /** What it changes, and why that is material or not. */
  readonly reason: string
  /** How many days of notice the version in force had promised when it was published. */
  readonly boundDays: number
  readonly brought: boolean
  readonly publishedAt: Date
  /** When it takes effect, at the earliest. */
  readonly effectiveAt: Date
  /** When it took effect; undefined while it waits. */
  readonly tookEffectAt: Date | undefined
}

/** Whoever may read them. */
export type Reading = For<'legal' | 'service' | 'rights'>

/** Every version, oldest first. */
export async function allVersions(tx: Reading): Promise<Version[]> {
  const rows = await tx
    .select()
    .from(policyVersions)
    .leftJoin(policyEffects, eq(policyEffects.number, policyVersions.number))
    .orderBy(asc(policyVersions.number))
  return rows.map(({ policy_versions: { source, ...version }, policy_effects: effect }) => ({
    ...version,
    source: source.toString('utf8'),
    tookEffectAt: effect?.tookEffectAt,
  }))
}

/** The version that is in force at this moment, of all. */
export const inForceOf = (versions: readonly Version[]): Version | undefined =>
  versions.findLast(({ tookEffectAt }) => tookEffectAt !== undefined && tookEffectAt <= now())

/** Those that were published and have not taken effect. */
export const comingOf = (versions: readonly Version[]): Version[] => {
  const inForce = inForceOf(versions)?.number ?? 0
  return versions.filter(({ number }) => number > inForce)
}

/** What is put in. */
export interface Publishing extends Words, Claims {
  readonly number: number
  readonly material: boolean
  readonly reason: string
  readonly publishedAt: Date
  readonly effectiveAt: Date
}

/**
 * Publishes a version. The database checks it, and puts in a notice for everybody concerned.
 * @throws the database's refusal (23514), with words
 */
export async function insertVersion(tx: For<'legal'>, { source, ...version }: Publishing): Promise<void> {
  await tx.insert(policyVersions).values({
    ...version,
    source: Buffer.from(source),
    purposes: [...version.purposes],
    categories: [...version.categories],
    processors: [...version.processors],
    retention: [...version.retention],
  })
}

/** Notes that a version took effect. @throws the database's refusal (23514) when its time has not come */
export async function insertEffect(tx: For<'legal'>, number: number, at: Date): Promise<void> {
  await tx.insert(policyEffects).values({ number, tookEffectAt: at })
}

/** What is being written. */
export interface Draft {
  readonly id: Id
  readonly title: string
  readonly summary: string
  readonly written: string
  readonly writtenAt: Date
}

/** The newest draft since a moment: what was drafted for an earlier version is over. */
export async function newestDraft(tx: For<'legal'>, since: Date): Promise<Draft | undefined> {
  const [draft] = await tx.select().from(policyDrafts).orderBy(desc(policyDrafts.id)).limit(1)
  return draft && draft.writtenAt > since ? draft : undefined
}

/** Keeps a draft; earlier ones stay for two years. */
export async function keepDraft(tx: For<'legal'>, draft: Omit<Draft, 'id' | 'writtenAt'>): Promise<Id> {
  const id = newId()
  await tx.insert(policyDrafts).values({ id, ...draft, writtenAt: now() })
  return id
}
