// The licences of every package that production runs on, from package-lock.json: docs/licences.md.
import { readFileSync } from 'node:fs'

/** Licences under which we may use a package without opening our own: permissive ones, and two for data and fonts. */
export const ALLOWED = [
  ...['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense', 'PSF-2.0', 'CC0-1.0', 'BlueOak-1.0.0'],
  // A typeface; and tables of places, whose maker reports name.
  ...['OFL-1.1', 'CC-BY-4.0'],
]

/** Every package from elsewhere that is installed for production: name, version, licence. */
export function productionPackages() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  return Object.entries(packages)
    .filter(([path, { dev, link }]) => path.startsWith('node_modules/') && !dev && !link)
    .map(([path, { version, license = 'none', integrity, resolved }]) => ({
      ...{ version, license, integrity, resolved },
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1))
}

/** May a package under this licence be used? Of several that one may choose from, one has to be allowed. */
export const isAllowed = (license) =>
  license
    .replace(/^SEE LICENSE IN \S+ \((.*)\)$/, '$1')
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => ALLOWED.includes(one.replace(/\+$/, '')))

/** docs/licences.md. */
export function licencesDocument() {
  const seen = new Map(productionPackages().map(({ name, version, license }) => [`${name} ${version}`, { name, version, license }]))
  const rows = [...seen.values()].map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`)
  return `# Licences

Generated from package-lock.json by \`npm run generate\`: every package that production runs on or is built with. \`bin/sbom\` says the same for machines. A licence that is not on the list of \`scripts/licences.mjs\` fails \`test/dependencies.test.ts\`.

| package | version | licence |
|---|---|---|
${rows.join('\n')}
`
}
