/**
 * What visitors are asked before anything of their visit is told to a service of others: for each service
 * its own words, with a mark that becomes another one when they change or the service moves to another
 * host. So a yes holds for what was read, and a new service or a new field is asked for anew.
 */
import { createHash } from 'node:crypto'
import type { AnalyticsName } from '../config-analytics.ts'
import type { Config } from '../config.ts'
import { analyticsServices } from './analytics-services.ts'

/** One service as it is asked for. */
export interface Asked {
  readonly service: AnalyticsName
  readonly name: string
  /** What is agreed to, in full. */
  readonly words: string
  /** Changes with the words, and with the fields behind them. */
  readonly mark: string
}

const asked = new WeakMap<Config, readonly Asked[]>()

/** Every service that is turned on; usually none. */
export function askedOf(config: Config): readonly Asked[] {
  const known = asked.get(config)
  if (known) return known
  const all = config.analytics.map(({ service, url }): Asked => {
    const { plate, gets } = analyticsServices[service]
    const words = `${plate.name} (${new URL(url).host}). ${plate.does}. It gets: ${gets}. It does not get your IP address, your name, or anything that you type.`
    return {
      service,
      name: plate.name,
      words,
      mark: createHash('sha256')
        .update(`${words}\n${Object.keys(plate.receives).join()}`)
        .digest('hex')
        .slice(0, 8),
    }
  })
  asked.set(config, all)
  return all
}

/** The names of several, as one says them. */
export const named = (all: readonly Pick<Asked, 'name'>[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(all.map(({ name }) => name))
