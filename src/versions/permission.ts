/**
 * What the policy permits by now. A purpose or a recipient that a version names for the first time may be used when
 * that version takes effect, and not before. Every process keeps what it knows of the versions, and asks again when
 * something seems not to be permitted.
 */
import { dayInWords, now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import type { Purpose } from '../database/purposes.ts'
import { Refusal } from '../web/refusal.ts'

/** A version as far as permissions and the banner need it. */
export interface Known {
  readonly number: number
  readonly purposes: readonly string[]
  readonly processors: readonly string[]
  readonly material: boolean
  readonly effectiveAt: Date
  readonly tookEffectAt: Date | undefined
}

interface Row extends Record<string, unknown> {
  number: number
  purposes: string[]
  processors: string[]
  material: boolean
  effective_at: Date
  took_effect_at: Date | null
}

const known = new WeakMap<Database, readonly Known[]>()

/** Reads what versions there are; returns whether anything is new since it was last read, or by the clock. */
export async function learn(db: Database): Promise<readonly Known[]> {
  const rows = await db.read<Row>('operations', {
    name: 'policy versions',
    text: `select v.number, v.purposes, v.processors, v.material, v.effective_at, e.took_effect_at
             from policy_versions v left join policy_effects e on e.number = v.number order by v.number`,
    values: [],
  })
  const versions = rows.map(({ effective_at: effectiveAt, took_effect_at: tookEffectAt, ...row }) => ({
    ...row,
    effectiveAt,
    tookEffectAt: tookEffectAt ?? undefined,
  }))
  known.set(db, versions)
  return versions
}

/** The versions, as they were last read. */
export const knownVersions = (db: Database): readonly Known[] => known.get(db) ?? []

const named = ({ purposes, processors }: Known, what: What): boolean =>
  'purpose' in what ? purposes.includes(what.purpose) : processors.includes(what.processor)

/** What needs to be named before it is used. */
export type What = { readonly purpose: Purpose } | { readonly processor: string }

/** Since when, or from which day on, something is permitted; undefined while no version names it. */
export interface Permission {
  readonly at: Date
  /** It is a day that was announced, and not yet come. */
  readonly coming: boolean
}

/** How something stands by what was last read. */
export function permissionOf(db: Database, what: What): Permission | undefined {
  const first = knownVersions(db).find((version) => named(version, what))
  if (!first) return undefined
  const { tookEffectAt, effectiveAt } = first
  return tookEffectAt && tookEffectAt <= now() ? { at: tookEffectAt, coming: false } : { at: tookEffectAt ?? effectiveAt, coming: true }
}

const isPermitted = (db: Database, what: What): boolean => permissionOf(db, what)?.coming === false

/** Whether something is permitted; what seems not to be is asked for once more. */
export async function mayUse(db: Database, what: What): Promise<boolean> {
  if (isPermitted(db, what)) return true
  await learn(db)
  return isPermitted(db, what)
}

// Without these nobody could sign in, use their rights, or be told of a version: they rest on the law and not on a text.
const ALWAYS: ReadonlySet<Purpose> = new Set(['operations', 'security', 'rights', 'legal'])

/** From now on no purpose is used, through this database, that no version in force names. */
export const guardPurposes = (db: Database): void =>
  db.guard((purpose) => (ALWAYS.has(purpose) || isPermitted(db, { purpose }) ? undefined : refuseUnlessMeanwhile(db, purpose)))

async function refuseUnlessMeanwhile(db: Database, purpose: Purpose): Promise<void> {
  if (await mayUse(db, { purpose })) return
  throw new Refusal(403, notYet(permissionOf(db, { purpose })), { detail: 'a purpose that is not yet permitted' })
}

/** The number of the version in force, as it was last read. */
export const numberInForce = (db: Database): number | undefined =>
  knownVersions(db).findLast(({ tookEffectAt }) => tookEffectAt !== undefined && tookEffectAt <= now())?.number

/** The next version with a material change that has not taken effect, and its day in words; undefined when there is none. */
export function comingIn(db: Database): { readonly number: number; readonly day: string } | undefined {
  const next = knownVersions(db).find(({ material, tookEffectAt }) => material && !(tookEffectAt && tookEffectAt <= now()))
  return next && { number: next.number, day: dayInWords(next.effectiveAt) }
}

/** Why something cannot be used, for whoever asked for it. */
export function notYet(permission: Permission | undefined): string {
  if (!permission) return 'This is not yet permitted: our privacy policy does not name it.'
  return `This is not yet permitted: it begins with the next version of our privacy policy, on ${dayInWords(permission.at)} at the earliest.`
}
