/** What the build left in `dist/assets`: stylesheet, fonts, scripts, in memory and compressed once. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Prepared, prepare } from './prepared.ts'

export interface Assets {
  readonly css: string
  readonly script: string
  readonly passkeys: string
  readonly live: string
  /** The console's keys. */
  readonly keys: string
  readonly fonts: readonly string[]
  /** The script that other websites of the operator's load, too: at an address that stays. */
  readonly counter: Prepared
  readonly files: ReadonlyMap<string, Prepared>
}

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  woff2: 'font/woff2',
  svg: 'image/svg+xml',
}

const typeOf = (name: string): string => types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'

// The name carries a hash of the content, so what it names never changes.
const forever = { 'cache-control': 'public, max-age=31536000, immutable', 'cross-origin-resource-policy': 'same-site' }

const anywhere = { 'cache-control': 'public, max-age=3600', 'cross-origin-resource-policy': 'cross-origin' }

/** Reads the built assets in `directory`. */
export function readAssets(directory: string): Assets {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Record<
    'css' | 'script' | 'passkeys' | 'live' | 'keys' | 'counter',
    string
  > & {
    fonts: string[]
  }
  const names = readdirSync(directory).filter((name) => name !== 'manifest.json')
  const at = (name: string) => `/assets/${name}`
  return {
    css: at(manifest.css),
    script: at(manifest.script),
    passkeys: at(manifest.passkeys),
    live: at(manifest.live),
    keys: at(manifest.keys),
    fonts: manifest.fonts.map(at),
    counter: prepare(readFileSync(join(directory, manifest.counter)), { 'content-type': typeOf('.js'), ...anywhere }),
    files: new Map(names.map((name) => [name, prepare(readFileSync(join(directory, name)), { 'content-type': typeOf(name), ...forever })])),
  }
}
