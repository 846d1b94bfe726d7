/**
 * The entrance: 32 visitors at once who register, and sign in by password, over and over. Says where the processor time of
 * the program goes: hashing that security demands runs in threads of its own, so the system counts it; the rest is told apart
 * by a profile of the main thread.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { freePort, type Program, signUp, startProgram, Visitor } from './program.ts'
import { fail, row, share } from './report.ts'

const VISITORS = 32
const SECONDS = 6
const PASSWORD = 'four words that nobody tries'

/** Seconds that each kind of thread has used. */
function threadsOf(pid: number): Map<string, number> {
  const used = new Map<string, number>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    const name = /\((.*)\)/.exec(text)?.[1] ?? ''
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    used.set(name, (used.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / 100)
  }
  return used
}

// Limits on tries count networks: each visitor comes from one of their own, by a proxy that is trusted.
let visitors = 0
const visitor = (origin: string): Visitor => {
  const number = ++visitors
  return new Visitor(origin, { 'x-forwarded-for': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}` })
}

const register = ({ origin }: Program, database: pg.Client): Promise<void> =>
  signUp(visitor(origin), database, `visitor-${visitors}@example.org`)

async function signIn({ origin }: Program, email: string): Promise<void> {
  const status = await visitor(origin).post('/sign-in', { email, password: PASSWORD })
  if (status !== 303) fail(`signing in ended with ${status}`)
}

async function crowd(act: (number: number) => Promise<void>): Promise<number> {
  const until = performance.now() + SECONDS * 1000
  let done = 0
  const one = async (number: number): Promise<void> => {
    while (performance.now() < until) {
      await act(number)
      done++
    }
  }
  await Promise.all(Array.from({ length: VISITORS }, (_, number) => one(number)))
  return done / SECONDS
}

async function measured(program: Program, name: string, act: (number: number) => Promise<void>): Promise<void> {
  const before = threadsOf(program.pid)
  const rate = await crowd(act)
  const spent = [...threadsOf(program.pid)].map(([thread, seconds]) => [thread, seconds - (before.get(thread) ?? 0)] as const)
  const whole = spent.reduce((sum, [, seconds]) => sum + seconds, 0)
  const hashing = spent.filter(([thread]) => thread === 'libuv-worker').reduce((sum, [, seconds]) => sum + seconds, 0)
  row(name, `${rate.toFixed(0)} a second, hashing`, hashing / whole, { atLeast: 0.9 })
  for (const [thread, seconds] of spent.toSorted((a, b) => b[1] - a[1])) if (seconds / whole > 0.005) share(thread, seconds / whole)
}

// Where the program's own thread spends its time, by the file that runs; the first that fits.
const kinds: readonly (readonly [string, RegExp])[] = [
  ['rendering', /hono\/dist\/jsx|\/web\/(layout|forms|lists|page|icons)\.tsx|pages\.tsx|emails\.ts|mail\/letter\.ts/],
  ['database driver', /node_modules\/(pg|pg-\w+|drizzle-orm|postgres-\w+)\//],
  ['queue', /node_modules\/pg-boss\//],
  ['framework', /node_modules\/(hono|@hono)\//],
  ['our own code', /src\//],
  ['other packages', /node_modules\//],
]

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }
  }[]
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const micros = (): number => Number(process.hrtime.bigint() / 1000n)

/** Prints the shares of what the main thread did between two moments. */
function sharesOf(profile: Profile, from: number, until: number): void {
  const map = new SourceMap(JSON.parse(readFileSync('dist/cli.mjs.map', 'utf8')) as ConstructorParameters<typeof SourceMap>[0])
  const kindOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, kind(map, callFrame)]))
  const spent = new Map<string, number>()
  let at = profile.startTime
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0
    at += delta
    const name = kindOf.get(id) ?? 'idle'
    if (at >= from && at <= until && name !== 'idle') spent.set(name, (spent.get(name) ?? 0) + delta)
  }
  const whole = [...spent.values()].reduce((sum, time) => sum + time, 0)
  for (const [name, time] of [...spent].toSorted((a, b) => b[1] - a[1])) share(name, time / whole)
}

function kind(map: SourceMap, { functionName, url, lineNumber, columnNumber }: Profile['nodes'][number]['callFrame']): string {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'collecting garbage'
  if (!url.endsWith('cli.mjs')) return 'Node itself, sockets among it'
  const entry = map.findEntry(lineNumber, columnNumber)
  const file = 'originalSource' in entry ? entry.originalSource : ''
  return kinds.find(([, files]) => files.test(file))?.[0] ?? 'other'
}

const profiles = mkdtempSync(join(tmpdir(), 'cloudrun-bench-profile-'))
const port = await freePort()
const execArgv = ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
const program = await startProgram({ port, execArgv, env: { TRUSTED_PROXIES: '127.0.0.1,::1' } })
const database = await program.database()
const emails = Array.from({ length: VISITORS }, (_, number) => `member-${number}@example.org`)
for (const email of emails) {
  const member = visitor(program.origin)
  await signUp(member, database, email)
  const status = await member.post('/account/security/password', { password: PASSWORD })
  if (status !== 303) fail(`setting a password ended with ${status}`)
}
const began = micros()
await measured(program, 'registering', () => register(program, database))
await measured(program, 'signing in by password', (number) => signIn(program, emails[number] ?? ''))
const ended = micros()
await database.end()
await program.stop()
console.log('the main thread, which is all but the hashing:')
const file = readdirSync(profiles)[0] ?? fail('there is no profile')
sharesOf(JSON.parse(readFileSync(join(profiles, file), 'utf8')) as Profile, began, ended)
rmSync(profiles, { recursive: true, force: true })
