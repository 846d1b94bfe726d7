/**
 * A line: one connection on which readings follow each other without waiting for the answers before. Many requests at
 * once so wake the server once instead of once each, which is most of what a short reading costs. Nothing
 * slow belongs here: who comes after it waits.
 */
import { Socket } from 'node:net'
import pg from 'pg'

export interface Line {
  query<R extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<R[]>
  close(): Promise<void>
}

/** Opens a line, lazily; a connection that was lost is opened anew by the next reading, until the line is closed. */
export function openLine(login: pg.ClientConfig, onLost: (fault: Error) => void): Line {
  let open: Promise<pg.Client> | undefined
  let closed = false
  let gather = (): void => {}
  const drop = (lost: Promise<pg.Client>): void => {
    if (open === lost) open = undefined
  }
  const begin = (): Promise<pg.Client> => {
    const socket = new Socket()
    gather = gathering(socket)
    const client = new pg.Client({ ...login, pipeline: true, stream: () => socket, types })
    const begun = client.connect().then(() => client)
    client.on('error', onLost).on('end', () => drop(begun))
    return begun
  }
  const query = async <R extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<R[]> => {
    if (closed) throw new Error('the line is closed')
    open ??= begin()
    const here = open
    try {
      const client = await here
      gather()
      return (await client.query<R>(query)).rows
    } catch (fault) {
      // A wrong statement is an ERROR of the server; all else is the end of the connection, or there was none.
      if ((fault as { severity?: string }).severity !== 'ERROR') drop(here)
      throw fault
    }
  }
  const close = async (): Promise<void> => {
    closed = true
    await (await open?.catch(() => undefined))?.end()
  }
  return { query, close }
}

/** What is written in one turn of the event loop goes out in one piece. */
function gathering(socket: Socket): () => void {
  let held = false
  const release = (): void => {
    held = false
    socket.uncork()
  }
  return () => {
    if (held) return
    held = true
    socket.cork()
    setImmediate(release)
  }
}

// JavaScript reads a moment as the server writes it; pg takes it apart with an expression, which costs several times as much.
const readMoment = (text: string): Date => new Date(text)
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.TIMESTAMPTZ && format !== 'binary' ? readMoment : pg.types.getTypeParser(oid, format as 'text'),
}
