/** The plan of the house (architecture), as a test: who may know whom, and by which door. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** The storeys, lowest first. Rooms of one storey may know each other, unless they are neighbours (`apart`). */
const storeys = [
  ['clock', 'config', 'log', 'tracing'],
  ['database'],
  ['jobs', 'web', 'egress', 'processors', 'audit', 'versions'],
  ['mail'],
  ['people'],
  ['sessions'],
  ['staff'],
  // The company's own programs that speak to this one: their keys, the API, what is told to them.
  ['programs'],
  ['services', 'updates', 'billing', 'navigation', 'help', 'requests', 'settings'],
  ['register'],
  ['policy', 'rights', 'disclosures', 'breaches', 'agents'],
  ['backups'],
  ['promises'],
  ['app', 'console', 'worker', 'main', 'demo', 'commands', 'cli'],
]
const apart = ['updates', 'billing', 'navigation', 'help', 'requests']

/** Files that read across a border by their office, and what they read. */
const offices: Record<string, RegExp> = {
  'src/register.ts': /\/([a-z-]+-)?tables\.ts$/,
  'src/app.ts': /routes\.tsx$/,
  'src/worker.ts': /\/([a-z-]+-)?jobs\.ts$/,
  // They furnish every room at once, as nobody else may.
  ...Object.fromEntries(globSync('src/demo*.ts').map((file) => [file, /\/([a-z-]+-)?(tables|emails)\.ts$/])),
}

/** What only its own room imports. */
const indoors = /\/([a-z-]+-)?(tables|emails|jobs)\.ts$|\/([a-z-]+-)?(pages|routes)\.tsx$/

interface Import {
  from: string
  to: string
}

const sources = globSync('src/**/*.{ts,tsx}').filter((file) => !/\.test\.tsx?$|\.d\.ts$/.test(file))
const read = (file: string): string => readFileSync(file, 'utf8')

const imports: Import[] = sources.flatMap((from) =>
  [...read(from).matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)].map(([, path]) => ({
    from,
    to: normalize(join(dirname(from), path ?? '')),
  })),
)

const roomOf = (file: string): string => file.split('/')[1]?.replace(/(-[a-z-]+)?\.tsx?$/, '') ?? ''
const storeyOf = (file: string): number => storeys.findIndex((rooms) => rooms.includes(roomOf(file)))
const show = ({ from, to }: Import): string => `${from} imports ${to}`

test('every file lies in a room of the plan', () => {
  assert.deepEqual(
    sources.filter((file) => storeyOf(file) === -1),
    [],
  )
})

test('imports go down', () => {
  const upwards = imports.filter(({ from, to }) => storeyOf(from) < storeyOf(to) && !offices[from]?.test(to))
  assert.deepEqual(upwards.map(show), [])
})

test('neighbours on one floor do not know each other', () => {
  const nosy = imports.filter(({ from, to }) => roomOf(from) !== roomOf(to) && apart.includes(roomOf(from)) && apart.includes(roomOf(to)))
  assert.deepEqual(nosy.map(show), [])
})

test('one enters another room by its nouns, never by its tables, pages, letters, jobs or routes', () => {
  const byTheWindow = imports.filter(
    ({ from, to }) => roomOf(from) !== roomOf(to) && indoors.test(to) && !offices[from]?.test(to) && to !== 'src/people/tables.ts',
  )
  assert.deepEqual(byTheWindow.map(show), [])
})

test('only processors/ and egress/ reach the outside', () => {
  const ways =
    /\bfetch\(|from '(node:(net|tls|dgram|http|https|http2|dns|dns\/promises)|undici|nodemailer|stripe|imapflow|@clickhouse\/client)'|import\('@clickhouse/
  const allowed = new Set([
    // These run in the browser, whose policy lets them speak to this site alone.
    'src/web/passkeys.ts',
    'src/web/live.ts',
    'src/web/script.ts',
    'src/main.ts',
    'src/config.ts',
    'src/web/client.ts',
    'src/database/embedded-socket.ts',
    // The connections to the databases.
    'src/database/line.ts',
    'src/database/clickhouse.ts',
  ])
  const out = sources.filter((file) => !['processors', 'egress'].includes(roomOf(file)) && !allowed.has(file) && ways.test(read(file)))
  assert.deepEqual(out, [])
})

test('what reaches the outside from elsewhere only listens or reads addresses', () => {
  assert.match(read('src/main.ts'), /import \{ createServer, type RequestListener, type Server \} from 'node:http'/)
  assert.match(read('src/config.ts'), /import \{ BlockList, isIP \} from 'node:net'/)
  assert.match(read('src/web/client.ts'), /import \{ type BlockList, isIP \} from 'node:net'/)
})

test('every file of processors/ bears a nameplate', () => {
  const all = read('src/processors/all.ts')
  const files = sources.filter((file) => roomOf(file) === 'processors' && !/\/(all|nameplate|analytics(-[a-z]+)?)\.ts$/.test(file))
  // What is too much for one file stands beside it, as in stripe-prices.ts, and goes out by the same door.
  const beside = (file: string): boolean => files.some((door) => door !== file && file.startsWith(door.replace(/\.ts$/, '-')))
  for (const file of files.filter((file) => !beside(file))) {
    const name = /export const (\w+): Nameplate/.exec(read(file))?.[1]
    assert(name && all.includes(name), `${file} has no nameplate on the published list`)
  }
})

test('every room’s operations of the API are mounted, and described, by app.ts', () => {
  const [, list = ''] = /export const operations: readonly Operation\[\] = \[([^\]]*)\]/.exec(read('src/app.ts')) ?? []
  for (const file of sources.filter((file) => file.endsWith('/api-routes.tsx'))) {
    const name = /export const (\w+) = \[/.exec(read(file))?.[1]
    assert(name && list.includes(`...${name}`), `${file}: spread its list of operations into operations of src/app.ts`)
  }
})

test('process.env is read in one place', () => {
  const readers = sources.filter(
    (file) => /process\.env/.test(read(file)) && !/^src\/(config|cli|main|demo)(-[a-z]+)?\.ts$|^src\/commands\//.test(file),
  )
  assert.deepEqual(readers, [])
})

test('docs/operate.md knows every setting', () => {
  const settings = [
    ...globSync('src/config*.ts')
      .map(read)
      .join('\n')
      .matchAll(/^ {2}([A-Z_]+): (?:setting|optional)\(/gm),
  ].map(([, name]) => name ?? '')
  assert(settings.includes('SECRET'))
  const guide = read('docs/operate.md')
  assert.deepEqual(
    settings.filter((name) => !guide.includes(`\`${name}\``)),
    [],
  )
})

test('rooms have no drawers', () => {
  const drawers = sources.filter((file) => /\/(index|utils?|helpers?|types|common|misc)\.tsx?$/.test(file))
  assert.deepEqual(drawers, [])
})

test('files stay short enough to read in one sitting', () => {
  const long = sources.filter((file) => !/styles/.test(file) && read(file).split('\n').length > 400)
  assert.deepEqual(long, [])
})

test('a TODO names its day and its reason', () => {
  const loose = sources.filter((file) => [...read(file).matchAll(/TODO(?!\(\d{4}-\d{2}(-\d{2})?[^)]*\):)/g)].length > 0)
  assert.deepEqual(loose, [])
})
