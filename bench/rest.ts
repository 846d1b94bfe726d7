/** At rest: how long a second start takes to the first served page, and what the program's memory is then. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProgram } from './program.ts'
import { row } from './report.ts'

const PORT = 3182
const MEGABYTE = 1e6
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-bench-rest-'))

/** Seconds from typing bin/start, which looks for what is missing first, to the first page. */
async function secondStart(): Promise<number> {
  const began = performance.now()
  const env = { ...process.env, PORT: String(PORT), DATA_DIR: folder }
  const child = spawn(fileURLToPath(new URL('../bin/start', import.meta.url)), { env, stdio: 'ignore' })
  while (!(await fetch(`http://localhost:${PORT}/`).catch(() => undefined))?.ok) await sleep(10)
  const seconds = (performance.now() - began) / 1000
  child.kill('SIGTERM')
  await once(child, 'exit')
  return seconds
}

try {
  const program = await startProgram({ port: PORT, dataDir: folder, env: { LOCAL_STRIPE: 'no' } })
  await sleep(15_000)
  const memory = program.memory() / MEGABYTE
  await program.stop()
  row('memory at rest', `${memory.toFixed(0)} MB resident`, memory, { atMost: 150 })
  const starts = [await secondStart(), await secondStart(), await secondStart()]
  row('second start, to the first page', starts.map((seconds) => `${seconds.toFixed(1)} s`).join(', '), Math.min(...starts), { atMost: 3 })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
