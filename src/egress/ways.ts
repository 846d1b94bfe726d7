/** The ways out that this house's settings open, and no others. */
import type { Config } from '../config.ts'
import { addressOf } from '../database/clickhouse.ts'
import type { Place } from '../database/connection.ts'
import { processors } from '../processors/all.ts'
import { hostIn, isPublic, isThisMachine, portIn } from './network.ts'
import { openWay, raiseWall, type Way } from './wall.ts'

const anywhere = (): boolean => true

/** The ways to the processors that the settings name. What the operator runs may stand in a private network. */
export const waysOf = (config: Config): Way[] =>
  processors.flatMap(({ way, own }) => {
    const url = way?.(config)
    return url ? [{ host: hostIn(url), port: portIn(url), may: own || isLocal(url) ? anywhere : isPublic }] : []
  })

// Settings may name a stand-in on the machine itself, such as the local Stripe.
const isLocal = (url: URL): boolean => hostIn(url) === 'localhost' || isThisMachine(hostIn(url))

const wayToDatabase = ({ host = 'localhost', port = 5432 }: Place): Way =>
  host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host: host.toLowerCase(), port, may: anywhere }

/** Where visits are kept is a database of the house, too. */
const waysToStore = ({ navigationStore }: Config): Way[] => {
  const url = navigationStore && addressOf(navigationStore)
  return url ? [{ host: hostIn(url), port: portIn(url), may: anywhere }] : []
}

/** Builds the wall around this process, with ways to the database and to the processors that the settings name. */
export function closeHouse(config: Config, database: Place): void {
  openWay(wayToDatabase(database), ...waysToStore(config), ...waysOf(config))
  raiseWall()
}
