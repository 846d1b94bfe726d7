/** Who holds the cluster: whether a `postmaster.pid` is a running app's, a dying one's, or a leftover. */
import { readFile, readlink, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { unless } from './embedded-error.ts'
import { clusterName, isGuarded, type Process, processOf } from './embedded-process.ts'
import { answers } from './embedded-socket.ts'

interface Lock {
  readonly pid: number
  readonly ready: boolean
}

export interface Holder extends Lock {
  /** Its app lives, or it is none of ours. Else it is an orphan, and may be sent away. */
  readonly kept: boolean
}

/** The server that runs on the cluster, if any; a lock that a dead one has left is cleared away. */
export async function holderOf(cluster: string): Promise<Holder | undefined> {
  const lock = await lockOf(cluster)
  if (!lock) return undefined
  const found = await processOf(lock.pid)
  const kind = found && (await kindOf(found, cluster))
  if (kind) return { ...lock, kept: kind !== 'orphan' }
  // Something answers, and is not in sight: a server in another container, on the same folder.
  if (await answers(cluster)) return { pid: lock.pid, ready: true, kept: true }
  // PostgreSQL itself sees that a process is gone, but takes any other that got its number for a server.
  if (found || !lock.pid) await removeLock(cluster, lock)
  return undefined
}

/** Does the server beneath this guard hold the cluster, and take connections? */
export async function isServing(cluster: string, guard: number | undefined): Promise<boolean> {
  const lock = await lockOf(cluster)
  return lock?.ready === true && (await processOf(lock.pid))?.parent === guard
}

/** Sends an orphan away: PostgreSQL breaks off what is running and leaves a clean cluster. */
export function interrupt({ pid }: Holder): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It went meanwhile.
  }
}

/** Undefined: no server of this cluster, but a process that got the number of one. */
async function kindOf(found: Process, cluster: string): Promise<'ours' | 'orphan' | 'foreign' | undefined> {
  if (basename(found.command[0] ?? '') !== 'postgres') return undefined
  if (found.command.includes(`cluster_name=${clusterName(cluster)}`)) return (await isGuarded(found)) ? 'ours' : 'orphan'
  const place = await readlink(`/proc/${found.pid}/cwd`).catch(() => undefined)
  return place === cluster ? 'foreign' : undefined
}

/** What `postmaster.pid` says: its first line is the process, its eighth the state. */
async function lockOf(cluster: string): Promise<Lock | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(unless('ENOENT'))
  if (text === undefined) return undefined
  const lines = text.split('\n')
  return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' }
}

/** Looks again first: meanwhile another start may have put its own in the place of the stale one. */
async function removeLock(cluster: string, stale: Lock): Promise<void> {
  const path = join(cluster, 'postmaster.pid')
  // An empty one is being written just now, or was when the power went.
  const { mtimeMs } = (await stat(path).catch(unless('ENOENT'))) ?? { mtimeMs: 0 }
  if (!stale.pid && Date.now() - mtimeMs < 2_000) return
  if ((await lockOf(cluster))?.pid === stale.pid) await rm(path, { force: true })
}
