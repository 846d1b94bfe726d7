/**
 * A ClickHouse of the operator's, by its official client, which is loaded when it is first needed. Statements are plain
 * enough for Debian's (18.16), which knows no parameters: the few values in them are literals.
 */
import type { ClickHouseClient } from '@clickhouse/client'

export type Row = Readonly<Record<string, unknown>>

export interface Clickhouse {
  rows<R extends Row>(statement: string): Promise<R[]>
  /** The rows as they come, for those who do not want all at once. */
  each(statement: string, take: (row: Row) => void): Promise<void>
  command(statement: string): Promise<void>
  /** Inserts rows as one block: all or none, and durable where the table is `durable`. */
  insert(table: string, rows: readonly Row[]): Promise<void>
  /** What has to stand behind the definition of a table so that an insert is on the disk when it is answered. */
  readonly durable: string
}

/** A text as a literal of ClickHouse's SQL, whatever is in it. */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`

/** Where the server listens for HTTP: `clickhouse://` in the clear, `clickhouses://` encrypted. */
export function addressOf(url: URL): URL {
  const secure = url.protocol === 'clickhouses:'
  return new URL(`${secure ? 'https' : 'http'}://${url.hostname}:${url.port || (secure ? '8443' : '8123')}`)
}

const PATIENCE_MS = 60_000

/** Opens a client and asks the server what it knows. */
export async function openClickhouse(url: URL): Promise<Clickhouse> {
  const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client')
  const client = createClient({
    url: addressOf(url),
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1) || 'default',
    request_timeout: PATIENCE_MS,
    max_open_connections: 10,
    // Faults come back to whoever asked; the client's own words for them are for no log of ours.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  })
  const known = await namesKnown(client)
  // Answered once the rows are stored, and not while they wait in a buffer of the server.
  const inserting = known.has('async_insert') ? { async_insert: 0 as const } : {}
  return {
    rows: async <R extends Row>(query: string) => (await client.query({ query, format: 'JSONEachRow' })).json<R>(),
    each: async (query, take) => {
      const answer = await client.query({ query, format: 'JSONEachRow' })
      for await (const rows of answer.stream<Row>()) for (const row of rows) take(row.json())
    },
    command: async (query) => void (await client.command({ query })),
    insert: async (table, values) => void (await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: inserting })),
    durable: known.has('fsync_after_insert') ? 'settings fsync_after_insert = 1, fsync_part_directory = 1' : '',
  }
}

/** Of the settings that not every version has, those that this one has. */
async function namesKnown(client: ClickHouseClient): Promise<Set<string>> {
  const query = `select name from system.settings where name = 'async_insert'
                 union all select name from system.merge_tree_settings where name = 'fsync_after_insert'`
  const rows = await (await client.query({ query, format: 'JSONEachRow' })).json<{ name: string }>()
  return new Set(rows.map(({ name }) => name))
}
