/**
 * The processes of the embedded PostgreSQL, and how they are known again by those who find them.
 *
 * An app can die without a word. The server therefore runs beneath a small shell, its guard, that holds the other end
 * of a pipe: when the app is gone, however it went, the pipe ends and the server shuts down.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { ENVIRONMENT, HERE, type Site } from './embedded-site.ts'

/** What the system tells of a process. */
export interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: readonly string[]
}

/** The shell above the server. The end of its stdin shuts the server down; it exits when the server has. */
export type Guard = ChildProcess & { readonly stdin: Writable & { unref(): void } }

const exec = promisify(execFile)

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

/** Starts the server's command inside the cluster, as the server's user, beneath a guard; both write to `log`. */
export async function spawnGuarded(site: Site, log: number, command: readonly string[]): Promise<Guard> {
  const guard = spawn('/bin/sh', ['-c', GUARD, guardName(process.pid), ...command], {
    ...site.account.ids,
    cwd: site.cluster,
    env: ENVIRONMENT,
    // Its own session, so that Ctrl-C in a terminal reaches the app and not the database that the app still needs.
    detached: true,
    stdio: ['pipe', log, log],
  }) as Guard
  guard.stdin.on('error', () => {})
  await once(guard, 'spawn')
  return guard
}

/** Names the app in the guard's command line: as long as that app is the guard's parent, it lives. */
const guardName = (app: number): string => `cloudrun-guard-${app}`

/** Is the app still there that this server was started by? */
export async function isGuarded(server: Process): Promise<boolean> {
  const guard = await processOf(server.parent)
  return guard?.command.includes(guardName(guard.parent)) ?? false
}

/** Stands in the server's command line, which everybody may read, unlike its working directory. */
export function clusterName(cluster: string): string {
  const { dev, ino } = statSync(cluster)
  return `cloudrun-${dev}-${ino}`
}

/** Undefined when there is none. A zombie has no command any more, but still its number. */
export async function processOf(pid: number): Promise<Process | undefined> {
  if (!(pid > 0)) return undefined
  return HERE ? await fromProc(pid) : await fromPs(pid)
}

async function fromProc(pid: number): Promise<Process | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    // The second field is a name in brackets, which may itself contain some.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return { pid, parent: Number(fields[1]), command: command.split('\0') }
  } catch {
    return undefined
  }
}

async function fromPs(pid: number): Promise<Process | undefined> {
  const line = await exec('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)]).catch(() => undefined)
  const [parent, ...command] = line?.stdout.trim().split(/\s+/) ?? []
  return parent ? { pid, parent: Number(parent), command } : undefined
}
