/** The command line: `cloudrun`. What was typed is read here; each command is a file of `commands/`. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { billing } from './commands/billing.ts'
import { audit } from './commands/audit.ts'
import { demo } from './commands/demo.ts'
import { helpPage } from './commands/help.ts'
import { inWords } from './commands/faults.ts'
import { mail } from './commands/mail.ts'
import { people } from './commands/people.ts'
import { staff } from './commands/staff.ts'
import { migrate, start } from './commands/start.ts'
import { CommandError, exits, remark, say, wrongUsage } from './commands/terminal.ts'
import { version } from './main.ts'

const switches = {
  demo: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  key: { type: 'string' },
  name: { type: 'string' },
  new: { type: 'boolean' },
  out: { type: 'string', short: 'o' },
  people: { type: 'string' },
  role: { type: 'string' },
  version: { type: 'boolean', short: 'v' },
  yes: { type: 'boolean', short: 'y' },
} as const satisfies ParseArgsConfig['options']

type Options = ReturnType<typeof parseArgs<{ options: typeof switches }>>['values']

interface Command {
  /** The options that mean something to it. */
  readonly takes: readonly (keyof Options)[]
  /** The words that may follow. */
  readonly words: number
  run(words: readonly string[], options: Options): Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  start: { takes: ['demo'], words: 0, run: (_, options) => start(options) },
  migrate: { takes: ['json'], words: 0, run: (_, options) => migrate(options) },
  staff: { takes: ['role', 'name', 'json'], words: 2, run: staff },
  people: { takes: ['out', 'yes', 'json'], words: 2, run: people },
  mail: { takes: ['new', 'json'], words: 1, run: mail },
  billing: { takes: ['json'], words: 1, run: billing },
  backup: { takes: ['json'], words: 1, run: async (words, options) => (await import('./commands/backup.ts')).backup(words, options) },
  restore: {
    takes: ['key', 'yes', 'json'],
    words: 1,
    run: async (words, options) => (await import('./commands/backup.ts')).restore(words, options),
  },
  audit: { takes: ['json'], words: 1, run: audit },
  doctor: { takes: ['json'], words: 0, run: async (_, options) => (await import('./commands/doctor.ts')).doctor(options) },
  promises: {
    takes: ['json'],
    words: 40,
    run: async (words, options) => (await import('./commands/promises.ts')).promises(words, options),
  },
  places: {
    takes: ['json'],
    words: 2,
    run: async (words, options) => (await import('./commands/places.ts')).places(words, options),
  },
  demo: { takes: ['people', 'json'], words: 0, run: (_, options) => demo(options) },
  help: { takes: [], words: 1, run: ([topic]) => help(topic) },
}

async function help(topic: string | undefined): Promise<number> {
  say(helpPage(topic))
  return exits.done
}

async function main(typed: readonly string[]): Promise<number> {
  const { positionals, values } = understood(typed)
  const [name = values.help || values.version ? 'help' : 'start', ...words] = positionals
  if (values.version) say(version())
  if (values.version) return exits.done
  const command = commands[name]
  if (!command) throw wrongUsage(`There is no command "${name}": see cloudrun --help.`)
  if (values.help) return help(name === 'help' ? words[0] : name)
  requireSense(name, command, words, values)
  return command.run(words, values)
}

function understood(typed: readonly string[]) {
  try {
    return parseArgs({ args: [...typed], options: switches, allowPositionals: true })
  } catch (fault) {
    const sentence = fault instanceof Error ? (fault.message.split('. ')[0] ?? '') : ''
    throw wrongUsage(`${sentence.replace(/\.$/, '')}: see cloudrun --help.`)
  }
}

function requireSense(name: string, command: Command, words: readonly string[], options: Options): void {
  const stray = words[command.words]
  if (stray !== undefined) throw wrongUsage(`"${stray}" is one word too many: see cloudrun help ${name}.`)
  const odd = Object.keys(options).find((option) => !command.takes.includes(option as keyof Options))
  if (odd !== undefined) throw wrongUsage(`--${odd} means nothing to cloudrun ${name}: see cloudrun help ${name}.`)
}

// A reader who has seen enough, such as `head`, is no fault.
process.stdout.on('error', () => process.exit(exits.done))

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (fault: unknown) => {
    remark(inWords(fault))
    process.exit(fault instanceof CommandError ? fault.code : exits.failed)
  },
)
