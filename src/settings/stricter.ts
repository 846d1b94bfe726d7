/**
 * The settings that the console may change. Each has a direction in which promises are kept better, and the house goes by
 * whichever is stricter, the environment or the console: so nothing that is chosen here can break a promise.
 */
import { eq, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Database, For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { stricterSettings } from './tables.ts'

export type SettingName = (typeof stricterSettings.$inferSelect)['name']

interface Setting {
  readonly says: string
  readonly hint: string
  /** The promise that it serves, such as `P14`. */
  readonly promise: string
  /** As the environment has it: a higher number is stricter. */
  readonly given: (config: Config) => number
  /** The strictest that makes sense. */
  readonly most: number
}

/** The settings, by name. */
export const settings: Readonly<Record<SettingName, Setting>> = {
  'notice-days': {
    says: 'Days of notice before a material change of the policy',
    hint: 'The next version of the policy states it, and from then on it binds. Until then the version in force does.',
    promise: 'P14',
    given: ({ noticeDays }) => noticeDays,
    most: 365,
  },
  'smallest-crowd': {
    says: 'The smallest number of visitors that a count tells apart',
    hint: 'Smaller ones are merged into “other”, from now on also in what was counted before.',
    promise: 'P6',
    given: ({ navigationThreshold }) => navigationThreshold,
    most: 1000,
  },
  'second-person': {
    says: 'People who approve an issue of updates, beside its author',
    hint: '0: whoever wrote it may send it. 1: somebody else has to approve it before.',
    promise: 'P9',
    given: ({ updatesApproval }) => Number(updatesApproval),
    most: 1,
  },
}
export const settingNames = Object.keys(settings) as SettingName[]

type Chosen = Map<SettingName, number>
interface Known {
  readonly given: Config
  readonly chosen: Chosen
}
const known = new WeakMap<Config, Known>()

/** The settings that the house goes by: those given, each as strict as the console has made it meanwhile. */
export function asStrictAsChosen(given: Config): Config {
  const chosen: Chosen = new Map()
  const stricter = (name: SettingName): number => Math.max(settings[name].given(given), chosen.get(name) ?? 0)
  // Left out, and not replaced, so that the engine still reads the others as fast as before.
  const { noticeDays: _, navigationThreshold: __, updatesApproval: ___, ...others } = given
  const config: Config = {
    ...others,
    get noticeDays() {
      return stricter('notice-days')
    },
    get navigationThreshold() {
      return stricter('smallest-crowd')
    },
    get updatesApproval() {
      return stricter('second-person') > 0
    },
  }
  known.set(config, { given, chosen })
  return config
}

/** Learns what was chosen, here or by another process. */
export async function learnSettings({ config, db }: Pick<House, 'config' | 'db'>): Promise<void> {
  const chosen = known.get(config)?.chosen
  if (!chosen) return
  const rows = await chosenIn(db)
  chosen.clear()
  for (const { name, value } of rows) chosen.set(name, value)
}

const chosenIn = (db: Database): Promise<{ name: SettingName; value: number }[]> =>
  db.read('operations', { name: 'stricter settings', text: 'select name, value from stricter_settings', values: [] })

/** As the environment has it, which is the laxest that the console can choose. */
export const givenFor = ({ config }: Pick<House, 'config'>, name: SettingName): number =>
  settings[name].given(known.get(config)?.given ?? config)

/** As the house goes by it. */
export const inForce = ({ config }: Pick<House, 'config'>, name: SettingName): number => settings[name].given(config)

/** Sets one, within its bounds; what is no stricter than the environment is set back to it. */
export async function chooseSetting(tx: For<'operations'>, { name, value, given, by }: Choice): Promise<void> {
  if (value <= given) await tx.delete(stricterSettings).where(eq(stricterSettings.name, name))
  else
    await tx
      .insert(stricterSettings)
      .values({ name, value, changedAt: now() })
      .onConflictDoUpdate({ target: stricterSettings.name, set: { value: sql`excluded.value`, changedAt: now() } })
  await record(tx, { act: 'setting.changed', actor: by })
}

interface Choice {
  readonly name: SettingName
  readonly value: number
  readonly given: number
  readonly by: Id
}
