/** The cluster of the embedded PostgreSQL: how it is made, whose it is, who may log in, with which settings it is served. */
import { execFile } from 'node:child_process'
import { chown, lstat, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedError, sentence, unless } from './embedded-error.ts'
import { clusterName, processOf } from './embedded-process.ts'
import { HERE, me, ownerOf, runAs, type Site } from './embedded-site.ts'

const MAJOR = '18'

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

const exec = promisify(execFile)

/**
 * Leaves a cluster that the server's user can serve and we can log in to: made when there is none.
 *
 * @throws {EmbeddedError} when it cannot be made, or what lies there is not a cluster of this PostgreSQL
 */
export async function prepareCluster(site: Site, native: string, durable: boolean): Promise<void> {
  if ((await ownerOf(site.cluster)) === undefined || (await readdir(site.cluster)).length === 0) {
    await create(site, native, durable)
  }
  await checkVersion(site.cluster)
  await adopt(site)
  await admit(site)
}

/** The arguments with which `postgres` serves the cluster; `further` settings win over ours. */
export function serverArguments(cluster: string, durable: boolean, further: Record<string, string> = {}): string[] {
  const settings = { ...SETTINGS, ...(durable ? {} : FORGETFUL), cluster_name: clusterName(cluster), ...further }
  return ['-D', HERE ?? cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Makes the cluster beside its place and moves it there complete, so that a killed start leaves no half of one. */
async function create({ folder, cluster, account }: Site, native: string, durable: boolean): Promise<void> {
  await sweep(folder)
  const draft = await mkdtemp(join(folder, `postgres.new-${process.pid}-`))
  try {
    if (account.ids) await chown(draft, account.ids.uid, account.ids.gid)
    const args = ['-U', 'postgres', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    args.push('-A', 'peer', '--data-checksums', '--no-instructions', ...(durable ? [] : ['--no-sync']))
    await runAs(account, draft, [join(native, 'bin/initdb'), '-D', HERE ?? draft, ...args])
    // Not empty: another start was faster, and its cluster is as good as ours.
    await rename(draft, cluster).catch(unless('ENOTEMPTY', 'EEXIST'))
    if (durable) await flush(folder)
  } catch (error) {
    throw sentence(error, `The database in ${folder} could not be made`)
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

async function flush(directory: string): Promise<void> {
  await using handle = await open(directory)
  await handle.sync()
}

async function checkVersion(cluster: string): Promise<void> {
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(unless('ENOENT'))
  if (version?.trim() === MAJOR) return
  const found = version ? `is of PostgreSQL ${version.trim()}, not ${MAJOR}` : 'is not one of PostgreSQL'
  throw new EmbeddedError(`The database in ${cluster} ${found}.`)
}

/** A cluster that root has copied back from a backup is root's; its server cannot be. */
async function adopt({ cluster, account: { ids } }: Site): Promise<void> {
  if (!ids || (await ownerOf(cluster)) !== 0) return
  await exec('chown', ['-RhP', `${ids.uid}:${ids.gid}`, cluster])
}

/**
 * Lets our own user, and root, who could anyway, log in as any role. It is the kernel that says who is calling.
 * Written by the server's user, so that nothing in its folder can lead a root app to write somewhere else.
 */
async function admit({ cluster, account }: Site): Promise<void> {
  const write = 'umask 077; printf "%s\\n" "$1" >pg_hba.conf; printf "%s\\n" "$2" >pg_ident.conf'
  const users = ['local all all peer map=app', `app root all\napp "${me()}" all`]
  await runAs(account, cluster, ['/bin/sh', '-ec', write, 'sh', ...users])
}
