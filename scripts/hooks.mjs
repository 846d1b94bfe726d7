// Lets Node run the sources as they are: .tsx through esbuild, .svg as text. For tests and bin/dev.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'

const asModule = (source) => ({ format: 'module', shortCircuit: true, source })

const jsx = (file) =>
  transformSync(readFileSync(file, 'utf8'), {
    loader: 'tsx',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    sourcemap: 'inline',
    sourcefile: file,
    target: 'node24',
  }).code

registerHooks({
  load(url, context, next) {
    if (url.endsWith('.tsx')) return asModule(jsx(fileURLToPath(url)))
    if (url.endsWith('.svg')) return asModule(`export default ${JSON.stringify(readFileSync(fileURLToPath(url), 'utf8'))}`)
    return next(url, context)
  },
})
