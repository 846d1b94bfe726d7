/**
 * New recipients are announced before they get anything. Those that the program knows when the database is new may be
 * used at once: nobody had agreed to anything else. Whoever comes later waits until the notice has run its time.
 */
import type { Config } from '../config.ts'
import { DAY, fromNow, now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { refuse } from './refusal.ts'
import { announcements } from './tables.ts'

/** From when on each recipient may be used, by its name; read at the start. */
const known = new WeakMap<Database, Map<string, Date>>()

/** A recipient that is there for whoever turns it on is announced when it is. */
const isAnnounced = (config: Config, { byChoice, way }: Nameplate): boolean => !byChoice || way?.(config) !== undefined

/** Announces the recipients that are new, and learns from when on each may be used; at every start. */
export async function announceRecipients(db: Database, config: Config, plates: readonly Nameplate[]): Promise<void> {
  const rows = await db.as('operations', async (tx) => {
    const before = await tx.select().from(announcements)
    const usableFrom = before.length === 0 ? now() : fromNow(config.noticeDays * DAY)
    const fresh = plates.filter((plate) => isAnnounced(config, plate) && !before.some(({ processor }) => processor === plate.name))
    if (fresh.length > 0)
      await tx
        .insert(announcements)
        .values(fresh.map(({ name: processor }) => ({ processor, announcedAt: now(), usableFrom })))
        .onConflictDoNothing()
    return tx.select().from(announcements)
  })
  known.set(db, new Map(rows.map(({ processor, usableFrom }) => [processor, usableFrom])))
}

/**
 * Lets pass what may be used by now.
 * @throws EgressRefused for a recipient that was not announced, or too short a time ago
 */
export async function requireUsable(db: Database, { name }: Nameplate): Promise<void> {
  const from = known.get(db)?.get(name)
  if (from === undefined) throw refuse('too early', `${name} is not announced`)
  if (from > now()) throw refuse('too early', `${name} may be used from ${from.toISOString().slice(0, 10)} on`)
}

/** When a recipient may first be used; undefined when it is not announced. */
export const usableFrom = (db: Database, { name }: Nameplate): Date | undefined => known.get(db)?.get(name)
