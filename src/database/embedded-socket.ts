/** The socket of the embedded PostgreSQL. It lies in the cluster: private, and found by everyone who finds the cluster. */
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { EmbeddedError } from './embedded-error.ts'
import { HERE } from './embedded-site.ts'

const SOCKET = '.s.PGSQL.5432'
/** What fits into the address of a socket on every system. */
const LONGEST = 103

/**
 * The cluster under a name that fits into a socket's address. A long one is reached through a descriptor that stays
 * open until `close()`, which is called once; nobody sweeps it away, as happens to links in `/tmp`.
 *
 * @throws {EmbeddedError} when the path is too long and there are no such descriptors
 */
export function socketOf(cluster: string): { directory: string; close(): void } {
  if (Buffer.byteLength(join(cluster, SOCKET)) <= LONGEST) return { directory: cluster, close() {} }
  if (!HERE) throw new EmbeddedError(`The path ${cluster} is too long for a socket: choose a shorter data folder.`)
  const descriptor = openSync(cluster, 'r')
  return { directory: `/proc/${process.pid}/fd/${descriptor}`, close: () => closeSync(descriptor) }
}

/** Does any server take connections there? */
export async function answers(cluster: string): Promise<boolean> {
  const socket = socketOf(cluster)
  const connection = connect(join(socket.directory, SOCKET))
  const answered = await once(connection, 'connect').then(
    () => true,
    () => false,
  )
  connection.destroy()
  socket.close()
  return answered
}
