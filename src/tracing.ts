/**
 * Spans of what the program does, for an OpenTelemetry collector of the operator's (`processors/collector.ts`). While no
 * collector is set there is no tracer, and everything here is one question. What a span may say is a closed list of
 * fields, each a number or a word that the program itself wrote: ids, paths, addresses and messages do not compile into it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { traceInLog, type Word, word } from './log.ts'

/** Every field that a span may have, by OpenTelemetry's names where it has one. No number that stands for somebody is one. */
export interface Said {
  readonly 'http.request.method'?: Word
  /** The pattern, such as `/help/:article`; never the path. */
  readonly 'http.route'?: Word
  readonly 'http.response.status_code'?: number
  /** The class of a fault, a status, or why a call failed; with it, the span counts as failed. */
  readonly 'error.type'?: Word
  readonly 'messaging.system'?: Word
  readonly 'messaging.operation.type'?: Word
  /** The job. */
  readonly 'messaging.destination.name'?: Word
  /** 1 for the first try. */
  readonly 'cloudrun.job.attempt'?: number
  readonly 'cloudrun.job.outcome'?: Word
  /** The name of a processor, which is no host. */
  readonly 'server.address'?: Word
  /** Statements that were sent to PostgreSQL, with those that begin and end transactions. */
  readonly 'cloudrun.database.statements'?: number
  /** For how many seconds they took, added up. */
  readonly 'cloudrun.database.seconds'?: number
}

/** How a span begins. */
export interface Beginning {
  readonly name: Word
  readonly kind: 'server' | 'client' | 'consumer'
  readonly says: Said
  /** The span in this process to which it belongs; without one it begins a trace of its own, or goes on with a caller's. */
  readonly parent?: Span | undefined
  /** The `traceparent` (W3C Trace Context) of a caller who is believed. */
  readonly caller?: string | undefined
}

/** A span that has begun. */
export interface Span {
  /** The number of its trace, as 32 hexadecimal digits; undefined for one that is not sampled. */
  readonly trace: Word | undefined
  say(said: Said): void
  rename(name: Word): void
  end(): void
}

/** Who makes the spans. */
export interface Tracer {
  begin(beginning: Beginning): Span
}

/** A request or a job that is under way, and what it asked of the database. */
export interface UnderWay {
  readonly span: Span
  statements: number
  milliseconds: number
  /** Somebody said already why it failed. */
  failed: boolean
}

let tracer: Tracer | undefined
const here = new AsyncLocalStorage<UnderWay | undefined>()

/** From now on this process makes spans by `by`, or none; log lines of what is sampled bear its trace. */
export function traceBy(by: Tracer | undefined): void {
  tracer = by
  traceInLog(by && (() => here.getStore()?.span.trace))
}

/** Does this process make spans? */
export const isTracing = (): boolean => tracer !== undefined

/** Begins a request or a job; undefined while nobody traces. Whoever begins one ends it, by `end`. */
export const begin = (beginning: Beginning): UnderWay | undefined =>
  tracer && { span: tracer.begin(beginning), statements: 0, milliseconds: 0, failed: false }

/** Does work as a part of what is under way; with undefined, as a part of nothing. */
export const during = <R>(what: UnderWay | undefined, work: () => R): R => here.run(what, work)

/** Ends what was under way. */
export function end({ span, statements, milliseconds }: UnderWay): void {
  if (statements > 0) span.say({ 'cloudrun.database.statements': statements, 'cloudrun.database.seconds': milliseconds / 1000 })
  span.end()
}

/** Says something more of the request or the job that is under way here. */
export function say(said: Said): void {
  const what = here.getStore()
  if (!what) return
  what.span.say(said)
  if (said['error.type']) what.failed = true
}

/** Calls the request or the job otherwise that is under way here. */
export const rename = (name: Word): void => here.getStore()?.span.rename(name)

/** What the status of an answer says of the call: from 400 on, that it failed. */
export const statusSaid = (status: number): Said => ({
  'http.response.status_code': status,
  ...(status >= 400 ? { 'error.type': word(String(status)) } : {}),
})

/** The class of a fault, for `error.type`. */
export const faultType = (fault: unknown): Word => word(fault instanceof Error ? fault.name : typeof fault)

/**
 * Does one piece of later work under a span of its own, which begins a trace.
 * @throws what the work throws; its class is said
 */
export async function tracedWork<R>(beginning: () => Omit<Beginning, 'parent' | 'caller'>, work: () => Promise<R>): Promise<R> {
  const piece = tracer && begin(beginning())
  if (!piece) return work()
  try {
    return await during(piece, work)
  } catch (fault) {
    piece.span.say({ 'error.type': faultType(fault) })
    throw fault
  } finally {
    end(piece)
  }
}

/**
 * Calls a processor under a span of its own, where a request or a job is under way; `outcome` says what came of it.
 * Nothing of the trace is told to whom is called.
 * @throws what the call throws; its class is said
 */
export async function tracedCall<R>(processor: string, call: () => Promise<R>, outcome: (result: R) => Said): Promise<R> {
  const parent = tracer && here.getStore()?.span
  if (!tracer || !parent) return call()
  const name = word(processor)
  const span = tracer.begin({ name, kind: 'client', says: { 'server.address': name }, parent })
  try {
    const result = await call()
    span.say(outcome(result))
    return result
  } catch (fault) {
    span.say({ 'error.type': faultType(fault) })
    throw fault
  } finally {
    span.end()
  }
}

/** Sends a statement to the database; of a request or a job that is under way it is counted, and its time. */
export function timed<R>(send: () => R): R {
  const piece = tracer && here.getStore()
  if (!piece) return send()
  const started = performance.now()
  const result = send()
  piece.statements++
  const note = (): void => void (piece.milliseconds += performance.now() - started)
  if (result instanceof Promise) result.then(note, note)
  return result
}

// ---- What became of spans -----------------------------------------------------------------------

/** Why a span did not reach the collector: too many waited, it was not taken, the notice has not run, it could not be entered in the ledger. */
export type Loss = 'too many' | 'not taken' | 'not announced' | 'not entered'

/** How many spans were taken, and how many lost, since the program began. */
export const spanCounts = { taken: 0, lost: new Map<Loss, number>() }
