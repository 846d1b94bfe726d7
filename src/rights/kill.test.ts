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
  await exited
  return Object.assign({}, ...said) as Said
}

async function strike(child: ChildProcess, delay: number): Promise<void> {
  await sleep(delay)
  child.kill('SIGKILL')
  try {
    process.kill(Number.parseInt(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8'), 10), 'SIGKILL')
  } catch {
    // The erasure was over, or the server's guard was faster.
  }
}

/** Victims of the first report that the second one shows changed, and how. */
function changes(before: Said, now: Said): { untouched: number; gone: number } {
  const rows = new Map(now.standing?.map((one) => [one.id, one.rows]))
  let gone = 0
  for (const { id, email, rows: was } of before.standing ?? []) {
    const is = rows.get(id) ?? 0
    // What declares to stay after an erasure bears no number of theirs: only the last letter names their address.
    const left = is === 0 || (is === 1 && was > 1)
    assert(is === was || left, `${email} had ${was} rows and has ${is} of them: an erasure was left half done`)
    if (is !== was) gone++
  }
  return { untouched: (before.standing?.length ?? 0) - gone, gone }
}

test(`kill -9 at ${KILLS} random moments of an erasure leaves people untouched or gone`, async () => {
  const furnished = once(eraser('furnish', String(KILLS + 2), String(ROWS)), 'exit')
  assert.deepEqual(await furnished, [0, null])
  const whole = await life(undefined)
  const first = whole.standing?.[0] ?? assert.fail('nobody was there')
  assert(first.rows > ROWS * 10, `${first.rows} rows`)
  let before = await life(0)
  assert.deepEqual(changes(whole, before), { untouched: (whole.standing?.length ?? 0) - 1, gone: 1 })
  const tally = { untouched: 0, gone: 0 }
  for (let kill = 0; kill < KILLS; kill++) {
    const now = await life(((kill + Math.random()) / KILLS) * 1.3 * (whole.erased ?? 0))
    const { gone } = changes(before, now)
    assert(gone <= 1)
    assert.equal(now.receipts, (before.receipts ?? 0) + gone, 'a receipt for each who is gone, and no other')
    tally[gone === 1 ? 'gone' : 'untouched']++
    before = now
  }
  console.log(
    `# after ${KILLS} kills: ${tally.untouched} untouched, ${tally.gone} gone; an erasure takes ${Math.round(whole.erased ?? 0)} ms`,
  )
})
