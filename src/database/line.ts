/**
 * A line: one connection on which readings follow each other without waiting for the answers before. Many requests at
 * once so wake the server once instead of once each, which is most of what a short reading costs. Nothing
 * slow belongs here: who comes after it waits.
 */
import pg from 'pg'

export interface Line {
  query<R extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<R[]>
  close(): Promise<void>
}

/** Opens a line, lazily; a connection that was lost is opened anew by the next reading. */
export function openLine(login: pg.ClientConfig, onLost: (fault: Error) => void): Line {
  let open: Promise<pg.Client> | undefined
  const drop = (lost: Promise<pg.Client>): void => {
    if (open === lost) open = undefined
  }
  const begin = (): Promise<pg.Client> => {
    const client = new pg.Client({ ...login, pipeline: true })
    const begun = client.connect().then(() => client)
    client.on('error', onLost).on('end', () => drop(begun))
    return begun
  }
  const query = async <R extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<R[]> => {
    open ??= begin()
    const here = open
    try {
      return (await (await here).query<R>(query)).rows
    } catch (fault) {
      // A wrong statement is an ERROR of the server; all else is the end of the connection, or there was none.
      if ((fault as { severity?: string }).severity !== 'ERROR') drop(here)
      throw fault
    }
  }
  return { query, close: async () => (await open?.catch(() => undefined))?.end() }
}
