/** Keeping everything in a file, so that a demo survives a restart. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { World } from './world.ts'

interface State {
  version: 1
  secretKey: string
  webhookSecret: string
  ahead: number
  origin: string
  tables: [string, [string, unknown][]][]
}

export function readState(file: string | undefined): State | undefined {
  if (!file || !existsSync(file)) return undefined
  const state = JSON.parse(readFileSync(file, 'utf8')) as State
  if (state.version !== 1) throw new Error(`${file} was written by another version of the emulator.`)
  return state
}

/** Takes over what was kept. Addresses of hosted pages follow the server to its new port. */
export function takeOver(world: World, { ahead, origin, tables }: State): void {
  world.ahead = ahead
  const moved = JSON.parse(JSON.stringify(tables).replaceAll(origin, world.origin)) as State['tables']
  for (const [kind, rows] of moved) world.tables.set(kind as never, new Map(rows))
}

/** Writes a new file and puts it in the place of the old one. */
export function saveState(
  file: string,
  { world, secretKey, webhookSecret }: { world: World; secretKey: string; webhookSecret: string },
): void {
  const tables = [...world.tables].map(([kind, table]) => [kind, [...table]] as State['tables'][number])
  const state: State = { version: 1, secretKey, webhookSecret, ahead: world.ahead, origin: world.origin, tables }
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function forgetFile(file: string | undefined): void {
  if (file) rmSync(file, { force: true })
}
