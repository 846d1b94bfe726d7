/** Pages a second, as a share of what a bare node:http server manages under the same load in the same run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { load } from './load.ts'
import { cpuOf, freePort, type Program, signedUp, startProgram } from './program.ts'
import { row } from './report.ts'

const ROUNDS = 5
const SECONDS = 2

interface Target {
  readonly name: string
  readonly path: string
  readonly atLeast: number
  readonly cookie?: string
}

interface Measured {
  /** Answers a second, in the best round. */
  readonly rate: number
  /** Microseconds of the process for one answer, in the best round: what a busy machine hardly changes. */
  readonly cpu: number
}

async function targets(program: Program): Promise<Target[]> {
  const database = await program.database()
  const cookie = await signedUp(program, database, 'ada@example.org')
  await database.end()
  return [
    { name: 'home', path: '/', atLeast: 0.4 },
    { name: 'privacy policy', path: '/privacy', atLeast: 0.4 },
    { name: 'help article', path: '/help/signing-in', atLeast: 0.4 },
    { name: 'account, signed in', path: '/account', atLeast: 0.12, cookie },
  ]
}

async function round(
  best: Measured | undefined,
  pid: number,
  port: number,
  { path, cookie }: Omit<Target, 'name' | 'atLeast'>,
): Promise<Measured> {
  const before = cpuOf(pid)
  const rate = await load({ port, path, seconds: SECONDS, ...(cookie ? { cookie } : {}) })
  const cpu = ((cpuOf(pid) - before) / (rate * SECONDS)) * 1_000_000
  return { rate: Math.max(rate, best?.rate ?? 0), cpu: Math.min(cpu, best?.cpu ?? Number.POSITIVE_INFINITY) }
}

async function startHello(port: number): Promise<ChildProcess> {
  const hello = spawn(process.execPath, [fileURLToPath(new URL('hello.ts', import.meta.url)), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(hello.stdout, 'data')
  return hello
}

const helloPort = await freePort()
const hello = await startHello(helloPort)
const port = await freePort()
const program = await startProgram({ port, env: { LOCAL_STRIPE: 'no' } })
try {
  const wanted = await targets(program)
  // What is compared takes turns, so that whatever else the machine does meets both.
  let ceiling: Measured | undefined
  const best = new Map<Target, Measured>()
  for (let turn = 0; turn < ROUNDS; turn++) {
    ceiling = await round(ceiling, hello.pid ?? 0, helloPort, { path: '/' })
    for (const target of wanted) best.set(target, await round(best.get(target), program.pid, port, target))
  }
  if (!ceiling) throw new Error('nothing was measured')
  console.log(`node:http hello: ${Math.round(ceiling.rate)} a second, ${ceiling.cpu.toFixed(0)} µs of CPU each`)
  for (const [{ name, atLeast }, { rate, cpu }] of best)
    row(name, `${Math.round(rate)} a second, ${cpu.toFixed(0)} µs each`, rate / ceiling.rate, { atLeast })
} finally {
  hello.kill()
  await program.stop()
}
