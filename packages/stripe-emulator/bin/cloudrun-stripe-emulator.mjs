#!/usr/bin/env node
// Runs the emulator on a Node that reads TypeScript: this one, or the one among the packages.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
if (major > 22 || (major === 22 && minor >= 18)) {
  await import(main)
} else {
  const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
  if (!existsSync(node)) {
    console.error('The Stripe emulator needs Node 22.18 or later.')
    process.exit(1)
  }
  process.exit(spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1)
}
