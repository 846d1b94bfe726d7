/**
 * What breaks a promise: a change of the program, of its data or of the schema, and what has to catch it. The program
 * is changed as it is loaded (`hook.mjs`), in a process of its own; no file is touched.
 */
import type { PromiseName } from '../../src/promises/promise.ts'

interface Said {
  /** What it does, as a sentence that goes on after "somebody …". */
  readonly says: string
}

/** One place in one file is written otherwise; the check's finding must say this. */
export interface ProgramMutation extends Said {
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
  readonly finds: RegExp
}

/** Statements that anybody with every right could run; the check's finding must say this. */
export interface DataMutation extends Said {
  readonly sql: readonly string[]
  /** Puts it right again. */
  readonly mend: readonly string[]
  readonly finds: RegExp
}

/** A statement that the database itself refuses, whoever sends it. */
export interface RefusedMutation extends Said {
  readonly refused: string
  readonly by: RegExp
}

export interface Mutations {
  readonly program: readonly ProgramMutation[]
  readonly data: readonly DataMutation[]
  readonly refused: readonly RefusedMutation[]
}

export type MutationTable = Readonly<Record<PromiseName, Mutations>>
