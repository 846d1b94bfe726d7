/**
 * Structured log, one JSON object a line on standard output. A field is an id, a number, a boolean
 * or a word from a closed list: a name or an e-mail address does not compile into it.
 */
import { now } from './clock.ts'

declare const idMark: unique symbol
/** A UUIDv7 that stands for a row; branded so that no other text can pass for one. */
export type Id = string & { readonly [idMark]: true }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Reads an id from outside, such as a path; undefined when it cannot be one. */
export const asId = (text: string | undefined): Id | undefined => (text !== undefined && UUID.test(text) ? (text as Id) : undefined)

declare const wordMark: unique symbol
/** A word that the program itself wrote: an event's name, a route's pattern, an error's class. */
export type Word = string & { readonly [wordMark]: true }

/** Marks text as the program's own. Only for text that no person can influence. */
export const word = (text: string): Word => text as Word

export type Field = Id | Word | number | boolean | undefined | readonly Word[]
export type Level = 'info' | 'warn' | 'error'

type Sink = (line: string) => void
let sink: Sink = (line) => process.stdout.write(`${line}\n`)

/** Sends the lines elsewhere, such as to a test's memory. */
export function logTo(other: Sink): void {
  sink = other
}

let traceHere: (() => Word | undefined) | undefined

/** From now on each line says to which trace it belongs, if to one; see `tracing.ts`. */
export function traceInLog(of: (() => Word | undefined) | undefined): void {
  traceHere = of
}

/** Writes one event. */
export function log(event: string, fields: Record<string, Field> = {}, level: Level = 'info'): void {
  sink(JSON.stringify({ at: now().toISOString(), level, event, ...fields, trace: traceHere?.() }))
}

/**
 * Writes a fault without its message, because messages quote values ("Key (email)=(…) already
 * exists"); class, code, constraint and our own stack frames suffice to find the line.
 */
export function logFault(event: string, fault: unknown, fields: Record<string, Field> = {}): void {
  log(event, { ...fields, ...describe(fault) }, 'error')
}

function describe(fault: unknown): Record<string, Field> {
  if (!(fault instanceof Error)) return { kind: word(typeof fault) }
  const about = fault as Error & { code?: unknown; constraint?: unknown; table?: unknown; column?: unknown }
  const cause = fault.cause instanceof Error ? describe(fault.cause) : {}
  return {
    kind: word(fault.name),
    code: named(about.code),
    constraint: named(about.constraint),
    table: named(about.table),
    column: named(about.column),
    stack: frames(fault),
    ...Object.fromEntries(Object.entries(cause).map(([key, value]) => [`cause_${key}`, value])),
  }
}

// Codes and names of constraints come from the program's schema and from libraries, not from people.
const named = (value: unknown): Word | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9_]{1,80}$/.test(value) ? word(value) : undefined

const frames = (fault: Error): Word[] =>
  (fault.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => word(line.trim()))
