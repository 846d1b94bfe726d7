/** The built program as a process of its own, with a port and a data folder that nobody else uses. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const PROGRAM = checkout('dist/cli.mjs')

export interface Program {
  readonly origin: string
  readonly pid: number
  /** Seconds of processor time that the process itself has used so far (PostgreSQL is another). */
  cpu(): number
  /** Resident memory of the process itself in bytes. */
  memory(): number
  /** A connection to the embedded database with every right. */
  database(): Promise<pg.Client>
  stop(): Promise<void>
}

export interface Ways {
  readonly port: number
  /** A folder to keep; else a fresh one, which is removed at the end. */
  readonly dataDir?: string
  readonly execArgv?: readonly string[]
  readonly env?: Record<string, string>
  /** A file for its log. */
  readonly log?: string
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the program and waits until it serves. */
export async function startProgram({ port, dataDir, execArgv = [], env = {}, log }: Ways): Promise<Program> {
  if (!existsSync(PROGRAM)) throw new Error('there is no dist/cli.mjs: run bin/bench, which builds it')
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'cloudrun-bench-'))
  const child = spawn(process.execPath, ['--max-semi-space-size=8', ...execArgv, PROGRAM, 'start'], {
    env: settings(port, folder, env),
    stdio: ['ignore', log ? openSync(log, 'a') : 'ignore', 'inherit'],
  })
  const origin = `http://localhost:${port}`
  await answering(child, `${origin}/readyz`)
  const pid = child.pid ?? 0
  return {
    origin,
    pid,
    cpu: () => cpuOf(pid),
    memory: () => memoryOf(pid),
    database: () => superuser(folder),
    stop: async () => {
      await end(child)
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a command of the program to its end. */
export async function runCommand(dataDir: string, words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { env: settings(0, dataDir, {}), stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number]
  if (code !== 0) throw new Error(`cloudrun ${words.join(' ')} ended with ${code}`)
}

const settings = (port: number, folder: string, env: Record<string, string>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  // As bin/cloudrun has it.
  MALLOC_ARENA_MAX: '2',
  PORT: String(port),
  DATA_DIR: folder,
  CONTENT_DIR: checkout('content'),
  ...env,
})

async function superuser(folder: string): Promise<pg.Client> {
  const client = new pg.Client({ host: join(folder, 'postgres'), user: 'postgres', database: 'cloudrun' })
  await client.connect()
  return client
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error('the program ended while it was starting')
    const answer = await fetch(url).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    await sleep(50)
  }
  throw new Error(`${url} did not answer within 30 seconds`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Seconds of processor time that a process has used: utime and stime of its stat, in hundredths. */
export function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}

/** Somebody at the door: keeps cookies, sends forms. */
export class Visitor {
  readonly #origin: string
  readonly #headers: Record<string, string>
  readonly #cookies = new Map<string, string>()

  constructor(origin: string, headers: Record<string, string> = {}) {
    this.#origin = origin
    this.#headers = headers
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async post(path: string, form: Record<string, string>): Promise<number> {
    const answer = await fetch(`${this.#origin}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...this.#headers, cookie: this.cookie },
      body: new URLSearchParams(form),
    })
    await answer.arrayBuffer()
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    return answer.status
  }

  /** The text of a page. */
  async read(path: string): Promise<string> {
    const answer = await fetch(`${this.#origin}${path}`, { headers: { ...this.#headers, cookie: this.cookie }, redirect: 'manual' })
    return answer.text()
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    this.#cookies.set(name, value)
  }
}

/** The code in the newest letter to an address. */
async function codeFor(database: pg.Client, email: string): Promise<string> {
  const { rows } = await database.query<{ text: string }>('select text from letters where "to" = $1 order by written_at desc limit 1', [
    email,
  ])
  return /^\s*(\d{6})\s*$/m.exec(rows[0]?.text ?? '')?.[1] ?? ''
}

/** Registers somebody through the front door. */
export async function signUp(visitor: Visitor, database: pg.Client, email: string): Promise<void> {
  await visitor.post('/sign-up', { name: 'Ada Bench', email })
  const status = await visitor.post('/sign-in/code', { code: await codeFor(database, email) })
  if (status !== 303) throw new Error(`signing up ended with ${status}`)
}

/** Registers somebody and returns their cookie. */
export async function signedUp(program: Program, database: pg.Client, email: string): Promise<string> {
  const visitor = new Visitor(program.origin)
  await signUp(visitor, database, email)
  return visitor.cookie
}
