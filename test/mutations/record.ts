/** What caught which mutation, as the last whole run saw it: `bin/mutations` writes it, `docs/promises.md` is made of it. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PromiseName } from '../../src/promises/promise.ts'
import { all } from './list.ts'
import type { DataMutation, ProgramMutation, RefusedMutation } from './mutation.ts'

export type Mutation = ProgramMutation | DataMutation | RefusedMutation

/** A mutation of the list, and what caught it. */
export interface Caught {
  readonly promise: PromiseName
  readonly says: string
  /** A hash of the mutation: another text is another mutation, and was not run. */
  readonly hash: string
  readonly by: string
  /** The day on which it was made alone. */
  readonly on: string
}

const file = fileURLToPath(new URL('./record.json', import.meta.url))

/** Is this a run of `bin/mutations`, whose results are written down? */
export const isRecording = process.env['RECORD'] === 'yes'

const only = process.env['ONLY']?.split(' ').filter(Boolean) ?? []

/** Is this promise among those that the run is about? */
export const isWanted = (name: PromiseName): boolean => only.length === 0 || only.includes(name)

export const hashOf = (mutation: Mutation): string =>
  createHash('sha256')
    .update(JSON.stringify(mutation, (_, value: unknown) => (value instanceof RegExp ? String(value) : value)))
    .digest('hex')
    .slice(0, 16)

export const readRecord = (): readonly Caught[] => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Caught[]) : [])

/** Notes what caught a mutation, where that is written down. Test files run one after the other then. */
export function noteCaught(promise: PromiseName, mutation: Mutation, by: string): void {
  if (!isRecording) return
  const hash = hashOf(mutation)
  const known = readRecord().filter((one) => one.hash !== hash && mutationsNow().has(one.hash))
  const on = new Date().toISOString().slice(0, 10)
  const caught = [...known, { promise, says: mutation.says, hash, by, on }].sort((a, b) => a.hash.localeCompare(b.hash))
  writeFileSync(file, `${JSON.stringify(caught, null, 2)}\n`)
}

const mutationsNow = (): Set<string> =>
  new Set(all.flatMap(([, { program, data, refused }]) => [...program, ...data, ...refused].map((mutation) => hashOf(mutation))))

/** Mutations of the list that no whole run has caught as they are now. */
export function unrecorded(): string[] {
  const known = new Set(readRecord().map(({ hash }) => hash))
  return all.flatMap(([name, { program, data, refused }]) =>
    [...program, ...data, ...refused].filter((mutation) => !known.has(hashOf(mutation))).map(({ says }) => `${name}: somebody ${says}`),
  )
}
