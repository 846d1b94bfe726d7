/** Starts a process in which the program is written otherwise. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { PromiseName } from '../../src/promises/promise.ts'
import type { Run } from '../../src/promises/running.ts'
import type { ProgramMutation } from './mutation.ts'

const execute = promisify(execFile)

export type Change = Pick<ProgramMutation, 'file' | 'find' | 'replace'>

const env = (changes: readonly Change[]): NodeJS.ProcessEnv => ({
  ...process.env,
  LOG: 'off',
  MUTATE: JSON.stringify(changes),
  // A test runner inside of another one would report to that.
  NODE_TEST_CONTEXT: undefined,
})
const HOOKS = ['--import', './scripts/hooks.mjs', '--import', './test/mutations/hook.mjs']

/** What the checks of these promises come to in a program that is changed so. */
export async function checkedWith(changes: readonly Change[], promises: readonly PromiseName[]): Promise<Run[]> {
  const { stdout } = await execute(process.execPath, [...HOOKS, 'test/mutations/child.ts'], {
    env: { ...env(changes), PROMISES: promises.join() },
    maxBuffer: 2 ** 26,
  })
  const told = /@@(\S+)/.exec(stdout)?.[1]
  if (!told) throw new Error(`the changed program said nothing: ${stdout.slice(-500)}`)
  return JSON.parse(Buffer.from(told, 'base64').toString()) as Run[]
}
