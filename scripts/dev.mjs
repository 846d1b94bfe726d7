// bin/dev: runs the program from its sources and starts it anew when a file of src/ or content/ was
// saved. The browser's assets are built before each start. Ctrl-C ends both.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { resolve } from 'node:path'

const folders = ['src', 'content', ...(process.env.CONTENT_DIR ? [resolve(process.env.CONTENT_DIR)] : [])]
// Editors save in several steps: what follows within this time is one change.
const QUIET = 150

let program
let leaving = false
let timer
let turn = Promise.resolve()

function start() {
  spawnSync(process.execPath, ['scripts/build.mjs', '--assets'], { stdio: 'inherit' })
  program = spawn(process.execPath, ['--import', './scripts/hooks.mjs', 'src/cli.ts', 'start', ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
}

async function stop() {
  if (program.exitCode !== null || program.signalCode !== null) return
  const gone = once(program, 'exit')
  program.kill('SIGTERM')
  await gone
}

async function again() {
  if (leaving) return
  await stop()
  start()
}

for (const folder of folders)
  watch(folder, { recursive: true }, (_, file) => {
    if (/\.test\.tsx?$|~$|\.sw[a-z]$/.test(file ?? '')) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      console.error(`\n  ${file} changed: starting anew`)
      turn = turn.then(again)
    }, QUIET)
  })

async function leave() {
  leaving = true
  await turn
  await stop()
  process.exit(0)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void leave())

start()
