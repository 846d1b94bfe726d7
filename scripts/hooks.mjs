// Lets Node run the sources as they are: .tsx through esbuild, .svg as text. For tests and bin/dev. What was made of
// a source is kept beside the packages, since each test file is a process that reads most of the house.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire, registerHooks, stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// Only where something is not kept yet.
const esbuild = () => createRequire(import.meta.url)('esbuild')
const kept = fileURLToPath(new URL('../node_modules/.cache/cloudrun/', import.meta.url))
mkdirSync(kept, { recursive: true })

const asModule = (source) => ({ format: 'module', shortCircuit: true, source })

const jsx = (source, file) =>
  esbuild().transformSync(source, {
    loader: 'tsx',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'inline',
    sourcefile: file,
    target: 'node24',
  }).code

// Types are stripped as Node itself does it: every line stays where it was. It warns that this may change.
function stripped(source) {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}

const script = (source, file) => (file.endsWith('x') ? jsx(source, file) : stripped(source))

function made(file) {
  const source = readFileSync(file, 'utf8')
  const place = join(kept, createHash('sha256').update(`${process.version} ${file}\n${source}`).digest('hex'))
  try {
    return readFileSync(place, 'utf8')
  } catch {
    const text = script(source, file)
    writeFileSync(`${place}.${process.pid}`, text)
    renameSync(`${place}.${process.pid}`, place)
    return text
  }
}

// drizzle-orm is many small files, and for each of them Node reads its large package.json anew, which took a second.
const drizzle = fileURLToPath(new URL('../node_modules/drizzle-orm/', import.meta.url))
const parts = { 'drizzle-orm': 'index', 'drizzle-orm/pg-core': 'pg-core/index', 'drizzle-orm/node-postgres': 'node-postgres/index' }
const bundle = join(kept, `drizzle-orm-${statSync(join(drizzle, 'package.json')).mtimeMs}`)

function bundleDrizzle() {
  if (existsSync(bundle)) return
  const made = `${bundle}.${process.pid}`
  esbuild().buildSync({
    entryPoints: Object.values(parts).map((part) => ({ in: join(drizzle, `${part}.js`), out: part })),
    outdir: made,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node24',
  })
  try {
    renameSync(made, bundle)
  } catch {
    rmSync(made, { recursive: true })
  }
}

bundleDrizzle()
registerHooks({
  resolve(specifier, context, next) {
    const part = Object.hasOwn(parts, specifier) && parts[specifier]
    return part ? { url: pathToFileURL(join(bundle, `${part}.mjs`)).href, shortCircuit: true } : next(specifier, context)
  },
  load(url, context, next) {
    if (/^file:(?!.*\/node_modules\/).*\.tsx?$/.test(url)) return asModule(made(fileURLToPath(url)))
    if (url.endsWith('.svg')) return asModule(`export default ${JSON.stringify(readFileSync(fileURLToPath(url), 'utf8'))}`)
    return next(url, context)
  },
})
