/** Visits where they are kept on ClickHouse: looked at there, by statements of the checks' own. */
import type { Config } from '../config.ts'
import { type Clickhouse, openClickhouse } from '../database/clickhouse.ts'
import type { LiveColumn } from './catalog.ts'
import type { Look } from './look.ts'

const opened = new WeakMap<Config, Promise<Clickhouse>>()

/** The server; undefined where visits are in the house's own database. It is a fault if it does not answer. */
export async function visitsElsewhere({ house: { config } }: Look): Promise<Clickhouse | undefined> {
  if (!config.navigationStore) return undefined
  const server = opened.get(config) ?? openClickhouse(config.navigationStore)
  opened.set(config, server)
  server.catch(() => opened.delete(config))
  return server
}

/** Its columns. */
export async function columnsElsewhere(look: Look): Promise<LiveColumn[]> {
  const server = await visitsElsewhere(look)
  if (!server) return []
  const columns = await server.rows<{ table: string; name: string; type: string }>(
    'select table, name, type from system.columns where database = currentDatabase() order by table, name',
  )
  return columns.map((column) => ({ ...column, required: false }))
}
