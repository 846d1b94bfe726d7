/** What went wrong, in one sentence with the remedy; a fault of the program itself, in full. */
import { WrongSetting } from '../config.ts'
import { EmbeddedError } from '../database/embedded-error.ts'
import { WrongDatabase } from '../database/migrate.ts'
import { CommandError } from './terminal.ts'

/** The sentence for the person at the terminal, with the program's name before it. */
export const inWords = (fault: unknown): string => `cloudrun: ${sentenceOf(fault)}`

/** The sentence alone. */
export function sentenceOf(fault: unknown): string {
  const told = [CommandError, WrongSetting, WrongDatabase, EmbeddedError].some((kind) => fault instanceof kind)
  if (told && fault instanceof Error) return fault.message
  const known = sentenceFor(rootOf(fault))
  return known ?? `this is a fault of the program.\n${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`
}

interface Coded {
  readonly code?: string
  readonly syscall?: string
  readonly message?: string
  readonly address?: string
  readonly hostname?: string
  readonly port?: number
  readonly path?: string
  readonly errors?: readonly unknown[]
  readonly cause?: unknown
}

// A query's fault hides the database's own; so does a connection that was tried on several addresses.
function rootOf(fault: unknown): Coded {
  const coded = (fault ?? {}) as Coded
  if (coded.cause !== undefined) return rootOf(coded.cause)
  return coded.errors?.[0] === undefined ? coded : rootOf(coded.errors[0])
}

function sentenceFor(fault: Coded): string | undefined {
  if (fault.syscall === 'listen') return aboutPort(fault)
  if (fault.code === 'EPIPE') return 'The reader of this output went away.'
  return aboutConnection(fault) ?? aboutDatabase(fault)
}

function aboutPort({ code, port }: Coded): string {
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop what runs there, or choose another with PORT=${Number(port) + 1}.`
  if (code === 'EACCES') return `Port ${port} may not be opened by this user: choose one above 1023, such as PORT=3000.`
  return `Port ${port} cannot be opened (${code}): choose another with PORT.`
}

const silences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ETIMEDOUT: 'it does not answer',
}

function aboutConnection({ code, address, hostname, port, message }: Coded): string | undefined {
  const reason = silences[code ?? ''] ?? (/timeout/i.test(message ?? '') && code === undefined ? 'it does not answer' : undefined)
  if (reason === undefined) return undefined
  const where = [address ?? hostname, port].filter((part) => part !== undefined).join(':')
  return `The database${where ? ` at ${where}` : ''} cannot be reached (${reason}): start it, or correct DATABASE_URL.`
}

const refusals: Readonly<Record<string, string>> = {
  '28P01': 'The database refuses the password in DATABASE_URL: correct it.',
  '28000': 'The database refuses the user in DATABASE_URL: look at its pg_hba.conf.',
  '3D000': 'The database that DATABASE_URL names does not exist: create it first.',
  '42501': 'The user in DATABASE_URL may not do what a start needs: give it CREATEROLE, and CREATE on the database (see docs/operate.md).',
  '53300': 'The database has no connection left: raise its max_connections; the program needs about 40.',
  '57P03': 'The database is starting or stopping: try again in a moment.',
  '0A000': 'The database lacks something that is needed, such as the extension pg_trgm: install its contrib package.',
  '58P01': 'The database lacks the extension pg_trgm: install its contrib package.',
}

const aboutDatabase = ({ code }: Coded): string | undefined => refusals[code ?? '']
