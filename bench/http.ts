/** Pages a second, as a share of what a bare node:http server manages under the same load in the same run. */
import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail, row } from './report.ts'
import { type Program, signedUp, startProgram } from './program.ts'

const exec = promisify(execFile)
const ROUNDS = 3
const LOAD = ['-t1', '-c32', '-d4s']

interface Target {
  readonly name: string
  readonly path: string
  readonly atLeast: number
  readonly cookie?: string
}

/** Requests a second that were answered with a page; anything else is an error. */
async function load(url: string, cookie?: string): Promise<number> {
  const { stdout } = await exec('wrk', [...LOAD, ...(cookie ? ['-H', `cookie: ${cookie}`] : []), url])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url} did not answer every request:\n${stdout}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
}

async function requireWrk(): Promise<void> {
  await exec('wrk', ['-v']).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') fail('wrk makes the load: install it, as with apt-get install wrk')
  })
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

await requireWrk()
const helloPort = 3180
const hello = spawn(process.execPath, [fileURLToPath(new URL('hello.ts', import.meta.url)), String(helloPort)], { stdio: 'inherit' })
const program = await startProgram({ port: 3181 })
try {
  await sleep(300)
  const wanted = await targets(program)
  // What is compared takes turns, so that whatever else the machine does meets both.
  let ceiling = 0
  const best = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    ceiling = Math.max(ceiling, await load(`http://localhost:${helloPort}/`))
    for (const { name, path, cookie } of wanted)
      best.set(name, Math.max(best.get(name) ?? 0, await load(`${program.origin}${path}`, cookie)))
  }
  console.log(`node:http hello  ${Math.round(ceiling)} a second`)
  for (const { name, atLeast } of wanted) {
    const pages = best.get(name) ?? 0
    row(name, `${Math.round(pages)} a second`, pages / ceiling, { atLeast })
  }
} finally {
  hello.kill()
  await program.stop()
}
