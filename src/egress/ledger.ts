/**
 * The ledger of what goes out. Nothing is handed to a recipient before it is entered here: with the fields that its
 * nameplate lists, and no others; and not before the notice of a new recipient has run its time.
 */
import { count, eq, sql } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Database, For } from '../database/connection.ts'
import { newId } from '../database/columns.ts'
import type { Category, Purpose } from '../database/purposes.ts'
import type { Id } from '../log.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { requireUsable } from './announcement.ts'
import { refuse } from './refusal.ts'
import { disclosures, disclosuresHeld } from './tables.ts'

/** How long an entry is kept. */
export const KEPT_FOR = disclosuresHeld.keptFor

/** Something that is about to go to a recipient. */
export interface Sending {
  readonly plate: Nameplate
  /** The names of its fields, as the nameplate has them. */
  readonly fields: readonly string[]
  /** Whom it is about, where that is somebody whom we know. */
  readonly personId?: Id | null | undefined
  /** What stands for it: entered again under the same, it counts once. */
  readonly id?: Id
}

/**
 * The kinds of data that these fields are.
 * @throws EgressRefused when the nameplate does not list one of them
 */
export function categoriesOf({ name, receives }: Nameplate, fields: readonly string[]): Category[] {
  const categories = fields.map((field) => {
    const category = Object.hasOwn(receives, field) ? receives[field] : undefined
    if (!category) throw refuse('field', `a field that ${name} does not receive`)
    return category
  })
  return [...new Set(categories)]
}

/**
 * Enters what is about to go out.
 * @throws EgressRefused when the recipient may not get it, or not yet
 */
export async function enter(tx: For<Purpose>, { plate, fields, personId = null, id = newId() }: Sending): Promise<void> {
  await requireUsable(tx.db, plate)
  await tx
    .insert(disclosures)
    .values({ id, processor: plate.name, personId, categories: categoriesOf(plate, fields), sentAt: now() })
    .onConflictDoNothing()
}

const ledgers = new WeakMap<Config, Database>()

/** Opens the ledger of a house; at every start. */
export const openLedger = ({ config, db }: { config: Config; db: Database }): void => void ledgers.set(config, db)

/**
 * The database that holds the ledger, for a recipient whose calls know the settings alone.
 * @throws EgressRefused while it is not open: without a ledger nothing goes out
 */
export function ledgerOf(config: Config): Database {
  const db = ledgers.get(config)
  if (!db) throw refuse('field', 'the ledger is not open')
  return db
}

/** What a recipient got about somebody, as far back as that is kept. */
export interface Disclosed {
  readonly processor: string
  readonly times: number
  readonly last: Date
}

/** By recipient, what went out about a person. */
export const disclosedOf = (tx: For<'rights'>, personId: Id): Promise<Disclosed[]> =>
  tx
    .select({ processor: disclosures.processor, times: count(), last: latest })
    .from(disclosures)
    .where(eq(disclosures.personId, personId))
    .groupBy(disclosures.processor)

const latest = sql`max(${disclosures.sentAt})`.mapWith((text: string) => new Date(text))

/** By recipient and kind of data, how much went out since a moment, and about how many people. */
export interface Totalled {
  readonly processor: string
  readonly category: string
  readonly sendings: number
  readonly people: number
}

/** The ledger in numbers, since a moment. */
export async function totalsSince(tx: For<'legal'>, since: Date): Promise<Totalled[]> {
  const { rows } = await tx.execute<Totalled & Record<string, unknown>>(sql`
    select processor, category, count(*)::int as sendings, count(distinct person_id)::int as people
      from ${disclosures}, unnest(categories) as category where sent_at >= ${since.toISOString()}
     group by 1, 2 order by 1, 2`)
  return rows
}
