/**
 * `kill -9` at random moments of an erasure: after each restart its person is as before, or gone without
 * a rest. The program and its PostgreSQL both die. `KILLS=30 bin/test src/rights/kill.test.ts` for more.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Standing } from '../../test/eraser.ts'

const KILLS = Number(process.env['KILLS'] ?? 5)
const ROWS = 40

const folder = mkdtempSync(join(tmpdir(), 'cloudrun-kill-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function eraser(...words: string[]): ChildProcess {
  const program = fileURLToPath(new URL('../../test/eraser.ts', import.meta.url))
  const env = { PATH: process.env['PATH'], DATA_DIR: folder, SECRET: 'a secret for tests alone, long enough' }
  return spawn(process.execPath, ['--import', './scripts/hooks.mjs', program, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] })
}

interface Said {
  readonly standing?: Standing[]
  readonly receipts?: number
  readonly erasing?: true
  readonly erased?: number
}

/** One life of the program: what it says, and its end by itself or by the axe. */
async function life(axe: number | undefined): Promise<Said> {
  const child = eraser('erase')
  const exited = once(child, 'exit')
  const said: Said[] = []
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const one = JSON.parse(line) as Said
    said.push(one)
    if (one.erasing && axe !== undefined) await strike(child, axe)
  }
  const [code, signal] = (await exited) as [number | null, string | null]
  const all = Object.assign({}, ...said) as Said
  assert(all.standing && all.erasing, `the program did not come to its erasure: it ended with ${code ?? signal}`)
  return all
}

async function strike(child: ChildProcess, delay: number): Promise<void> {
  // Read now, because a program that was faster than the axe takes its server with it in good order.
  const server = Number.parseInt(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8'), 10)
  await sleep(delay)
  child.kill('SIGKILL')
  try {
    process.kill(server, 'SIGKILL')
  } catch {
    // It was gone, or its guard was faster.
  }
}

/** How many people of the first report are gone in the second one; everybody else is as before. */
function gone(before: Said, now: Said): number {
  const standing = new Map(now.standing?.map((one) => [one.id, one]))
  const changed = (before.standing ?? []).filter(({ id, rows }) => standing.get(id)?.rows !== rows)
  for (const { id, email, rows } of changed) {
    // Of somebody who was erased, the last letter is left.
    const left = standing.get(id)?.tables ?? assert.fail(email)
    assert.deepEqual(left, ['letters'], `${email} had ${rows} rows, and what is left is neither all nor nothing`)
  }
  return changed.length
}

// Spread over the whole of an erasure and beyond its end, each somewhere at random within its share.
const axeFor = (kill: number, { erased = 0 }: Said): number => ((kill + Math.random()) / KILLS) * 2 * erased

test(`kill -9 at ${KILLS} random moments of an erasure leaves people untouched or gone`, async () => {
  const furnished = once(eraser('furnish', String(KILLS + 3), String(ROWS)), 'exit')
  assert.deepEqual(await furnished, [0, null])
  const whole = await life(undefined)
  const first = whole.standing?.[0] ?? assert.fail('nobody was there')
  assert(first.rows > ROWS * 10, `${first.rows} rows`)
  let before = await life(axeFor(0, whole))
  assert.equal(gone(whole, before), 1, 'the one who was erased in peace')
  const tally = { untouched: 0, gone: 0 }
  // What a kill did is seen by the life that follows it; the last life is left in peace.
  for (let kill = 1; kill <= KILLS; kill++) {
    const now = await life(kill < KILLS ? axeFor(kill, whole) : undefined)
    const went = gone(before, now)
    assert(went <= 1, `${went} people went with one erasure`)
    assert.equal(now.receipts, (before.receipts ?? 0) + went, 'a receipt for each who is gone, and no other')
    tally[went === 1 ? 'gone' : 'untouched']++
    before = now
  }
  console.log(`# ${KILLS} kills: ${tally.untouched} untouched, ${tally.gone} gone; an erasure takes ${Math.round(whole.erased ?? 0)} ms`)
})
