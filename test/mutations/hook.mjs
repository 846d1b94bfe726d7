// Loads files of the program with one place in each written otherwise: MUTATE is a list of { file, find, replace }.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'

const changes = JSON.parse(process.env.MUTATE ?? '[]')
const root = fileURLToPath(new URL('../../', import.meta.url))

function changed(file) {
  let text = readFileSync(`${root}${file}`, 'utf8')
  for (const { find, replace } of changes.filter((change) => change.file === file)) {
    if (text.split(find).length !== 2) throw new Error(`the text to change occurs not once in ${file}: ${find}`)
    text = text.replace(find, () => replace)
  }
  return text
}

// As scripts/hooks.mjs does it: esbuild takes the types out.
const asModule = (file) =>
  transformSync(changed(file), {
    loader: file.endsWith('.tsx') ? 'tsx' : 'ts',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    target: 'node24',
  }).code

registerHooks({
  load(url, context, next) {
    const file = url.startsWith('file://') ? fileURLToPath(url).slice(root.length) : ''
    if (!changes.some((change) => change.file === file)) return next(url, context)
    return { format: 'module', shortCircuit: true, source: asModule(file) }
  },
})
