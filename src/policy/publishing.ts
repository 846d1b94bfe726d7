/** Writing a version and publishing it. What may be published is decided by the database; here it is said beforehand, in words. */
import { record } from '../audit/record.ts'
import { DAY, now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Id } from '../log.ts'
import { learn } from '../versions/permission.ts'
import {
  allVersions,
  type Claims,
  type Draft,
  inForceOf,
  insertEffect,
  insertVersion,
  newestDraft,
  type Version,
} from '../versions/version.ts'
import type { House } from '../web/house.ts'
import { forgetReady } from '../web/ready.ts'
import { claimsOf, filled } from './claims.ts'
import { comparable, isMaterial, type News, newsOf } from './news.ts'

/** What is being written, beside the versions that there are. */
export interface Desk {
  readonly versions: readonly Version[]
  readonly inForce: Version
  /** The newest version, which the next one follows. */
  readonly last: Version
  /** What was kept since; undefined before anything was. */
  readonly draft: Draft | undefined
  /** The draft as it would be published. */
  readonly claims: Claims
  readonly source: string
  readonly news: News
}

/** All of it. */
export async function deskOf(tx: For<'legal'>, house: House): Promise<Desk> {
  const versions = await allVersions(tx)
  const [inForce, last] = [inForceOf(versions), versions.at(-1)]
  if (!inForce || !last) throw new Error('no version of the policy is in force')
  const draft = await newestDraft(tx, last.publishedAt)
  const written = draft?.written ?? last.written
  const claims = claimsOf(house, written)
  return { versions, inForce, last, draft, claims, source: filled(house, written), news: newsOf(last, claims) }
}

/** Does the draft change anything at all? */
export const isChanged = ({ draft, source, last, news }: Desk): boolean =>
  isMaterial(news) || (draft !== undefined && comparable({ ...draft, source }) !== comparable(last))

/** What somebody wants published. */
export interface Wish {
  readonly draftId: Id
  readonly material: boolean
  readonly reason: string
  /** The day (`2026-12-31`, UTC) on which it takes effect. */
  readonly day: string
}

export type Published = { readonly number: number } | { readonly field: 'material' | 'day' | 'draft'; readonly words: string }

/** When a version takes effect that is published now, for a day: at this time of that day, so that all the notice has run. */
export function effectiveOn(day: string, at: Date): Date {
  const today = Date.parse(at.toISOString().slice(0, 10))
  return new Date(at.getTime() + Math.round((Date.parse(day) - today) / DAY) * DAY)
}

/** The first day that may be chosen. */
export const earliestDay = (material: boolean, { inForce, last }: Pick<Desk, 'inForce' | 'last'>): string => {
  const first = new Date(now().getTime() + (material ? inForce.noticeDays : 0) * DAY)
  const after = last.effectiveAt > first ? new Date(last.effectiveAt.getTime() + DAY) : first
  return after.toISOString().slice(0, 10)
}

/** Publishes the draft; with a material change, everybody who is known is told. */
export async function publish(tx: For<'legal'>, house: House, by: Id, wish: Wish): Promise<Published> {
  const desk = await deskOf(tx, house)
  const { draft, last, claims, source } = desk
  if (draft?.id !== wish.draftId || !isChanged(desk))
    return { field: 'draft', words: 'The draft was changed meanwhile. Please read it once more.' }
  const refusal = refusalOf(desk, wish)
  if (refusal) return refusal
  const number = last.number + 1
  const publishedAt = now()
  const { title, summary, written } = draft
  const { material, reason } = wish
  await insertVersion(tx, {
    ...{ number, title, summary, written, source, material, reason, publishedAt, ...claims },
    effectiveAt: effectiveOn(wish.day, publishedAt),
  })
  await record(tx, { act: 'policy.published', actor: by, thing: draft.id })
  if (material) await enqueue(tx, 'policy.send', {})
  return { number }
}

function refusalOf(desk: Desk, { material, day }: Wish): Published | undefined {
  if (!material && isMaterial(desk.news))
    return { field: 'material', words: 'It names something new, keeps something otherwise or shortens the notice: that is material.' }
  const earliest = earliestDay(material, desk)
  if (day < earliest) return { field: 'day', words: tooEarly(material, desk, earliest) }
  return undefined
}

const tooEarly = (material: boolean, { inForce }: Desk, earliest: string): string =>
  material
    ? `The policy in force promises ${inForce.noticeDays} days of notice. The first day that keeps this is ${earliest}.`
    : `The first day is ${earliest}.`

/** What keeps a version whose day has come from taking effect; undefined when nothing does. */
export function waitsFor(
  { material, effectiveAt, boundDays }: Version,
  { waiting, lastOut }: { waiting: number; lastOut: Date | undefined },
): { readonly until?: Date; readonly people?: number } | undefined {
  if (waiting > 0) return { people: waiting }
  const ready = material && lastOut ? new Date(Math.max(effectiveAt.getTime(), lastOut.getTime() + boundDays * DAY)) : effectiveAt
  return ready > now() ? { until: ready } : undefined
}

/**
 * Brings the versions of the content folder that are in force already, when the database is new: with them the house
 * begins, and what they permit. From then on, versions are published in the console.
 */
export async function bringVersions(house: House): Promise<void> {
  await house.db.as('legal', async (tx) => {
    if ((await allVersions(tx)).length > 0) return
    const old = house.content.policies.filter(({ effective }) => effective <= now())
    for (const [at, { title, summary, source, effective }] of old.entries()) {
      const words = { title, summary, source, written: source, reason: 'In force before this program was.' }
      const claims = claimsOf(house, source)
      await insertVersion(tx, { number: at + 1, ...words, ...claims, material: true, publishedAt: effective, effectiveAt: effective })
    }
    for (const [at, { effective }] of old.entries()) await insertEffect(tx, at + 1, effective)
  })
  await keepUp(house)
}

const shown = new WeakMap<House, string>()

/** Learns what other processes did, and renders pages anew if that changed them. */
export async function keepUp(house: House): Promise<void> {
  const versions = await learn(house.db)
  const state = versions.map(({ number, tookEffectAt }) => `${number}${tookEffectAt && tookEffectAt <= now() ? '!' : ''}`).join()
  if (shown.get(house) !== state) forgetReady(house)
  shown.set(house, state)
}
