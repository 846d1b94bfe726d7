/**
 * Where the embedded PostgreSQL lies, and as whom it runs.
 *
 * PostgreSQL refuses to run as root, so a root app runs it as `postgres` or `nobody`, who may be unable to walk to
 * the data folder (`/root/app/data`). Nobody's folder is opened for that. The process is put inside the cluster
 * before it gives up root, and from then on calls the place `/proc/self/cwd`. The socket lies there too.
 */
import { execFile } from 'node:child_process'
import { lstat, mkdir, readFile, realpath } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedError, sentence, unless } from './embedded-error.ts'

/** The operating system's user that the server runs as; without `ids` that is us. */
export interface Account {
  readonly name: string
  readonly ids: { readonly uid: number; readonly gid: number } | undefined
}

export interface Site {
  /** The data folder, without links in its path. */
  readonly folder: string
  readonly cluster: string
  readonly log: string
  readonly account: Account
}

/** The name of the working directory that needs no way to it. macOS has none, nor a root app that needs it. */
export const HERE = process.platform === 'linux' ? '/proc/self/cwd' : undefined
/** Nothing of the app's environment, which holds secrets, is handed to the server. */
export const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }

const exec = promisify(execFile)

/**
 * Makes the data folder, closed to others, when it is missing, and finds out whose server can run on it.
 *
 * @throws {EmbeddedError} when the folder cannot be used, or its cluster belongs to somebody we cannot be
 */
export async function survey(dataDir: string): Promise<Site> {
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

/** The number of the user who owns it; undefined when it does not exist. */
export async function ownerOf(path: string): Promise<number | undefined> {
  return (await lstat(path).catch(unless('ENOENT')))?.uid
}

/** Runs a program to its end as the server's user, inside `cwd`. Rejects, as `execFile` does, when it fails. */
export async function runAs({ ids }: Account, cwd: string, [program, ...args]: [string, ...string[]]): Promise<void> {
  await exec(program, args, { ...ids, cwd, env: ENVIRONMENT })
}

/** The name of the user who runs the app. @throws {EmbeddedError} when there is none */
export function me(): string {
  try {
    return userInfo().username
  } catch {
    // PostgreSQL looks its own user up as well, so there is no way around this one.
    throw new EmbeddedError(`PostgreSQL needs a user with a name: ${process.getuid?.()} is not in /etc/passwd.`)
  }
}

/** As root the server runs as the user who owns the cluster; else we are the server's user, and must be its owner. */
async function accountFor(cluster: string, owner: number | undefined): Promise<Account> {
  if (process.getuid?.() !== 0) {
    if (owner === undefined || owner === process.getuid?.()) return { name: me(), ids: undefined }
    throw new EmbeddedError(
      `The database in ${cluster} belongs to another user (${owner}), as after a run as root: start as root again, or ` +
        `give it to ${me()} with "chown -R".`,
    )
  }
  const users = passwd(await readFile('/etc/passwd', 'utf8'))
  const named = (name: string) => users.find((user) => user.name === name)
  const user = owner ? users.find(({ uid }) => uid === owner) : (named('postgres') ?? named('nobody'))
  if (user) return { name: user.name, ids: { uid: user.uid, gid: user.gid } }
  if (owner) throw new EmbeddedError(`The database in ${cluster} belongs to user ${owner}, who is not in /etc/passwd.`)
  throw new EmbeddedError('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody".')
}

function passwd(text: string): { name: string; uid: number; gid: number }[] {
  const fields = text.split('\n').map((line) => line.split(':'))
  return fields.map((f) => ({ name: f[0] ?? '', uid: Number(f[2]), gid: Number(f[3]) }))
}
