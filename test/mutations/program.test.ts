/**
 * Every mutation of the program. In the gate many go into one process, one of each promise, and each is told apart by
 * what its check finds; `bin/mutations` runs each in a process of its own, and writes down what caught it.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promises } from '../../src/promises/all.ts'
import type { PromiseName } from '../../src/promises/promise.ts'
import type { Run } from '../../src/promises/running.ts'
import type { ProgramMutation } from './mutation.ts'
import { all } from './list.ts'
import { isRecording, isWanted, noteCaught, unrecorded } from './record.ts'
import { type Change, checkedWith } from './running.ts'

type Named = readonly [name: PromiseName, mutation: ProgramMutation]
const program: readonly Named[] = all.flatMap(([name, { program }]) => program.map((mutation) => [name, mutation] as const))
const rounds = Math.max(...all.map(([, { program }]) => program.length))
const round = (at: number): Named[] => all.flatMap(([name, { program }]) => (program[at] ? [[name, program[at]] as const] : []))

test('each promise has at least three mutations, and each text that is changed occurs once', () => {
  for (const [name, { program, data, refused }] of all) {
    assert.ok(program.length + data.length + refused.length >= 3, `${name} has too few`)
    assert.ok(program.length + data.length >= 3, `${name} has too few that its check must see`)
    for (const { file, find, says } of program)
      assert.equal(readFileSync(file, 'utf8').split(find).length, 2, `${name}, somebody ${says}: the text in ${file} is not there once`)
  }
})

function requireCaught(runs: readonly Run[], [name, mutation]: Named): void {
  const run = runs.find(({ promise }) => promise === name)
  const caught = run?.findings.find((finding) => mutation.finds.test(finding))
  assert(caught, `the check of ${name} does not see that somebody ${mutation.says}: ${run?.standing} ${run?.findings.join('; ')}`)
  assert.equal(run?.standing, 'broken')
  noteCaught(name, mutation, `the check: “${caught}”`)
}

if (isRecording)
  for (const named of program.filter(([name]) => isWanted(name)))
    test(`${named[0]}: somebody ${named[1].says}`, async () => requireCaught(await checkedWith([named[1]], [named[0]]), named))
else
  for (let at = 0; at < rounds; at++)
    test(`the checks see the ${round(at).length} mutations of round ${at + 1}`, async () => {
      const named = round(at)
      const runs = await checkedWith(
        named.map(([, mutation]) => mutation),
        named.map(([name]) => name),
      )
      for (const one of named) requireCaught(runs, one)
    })

/** A check that counts something, and then says that all is well. */
const gutted = (name: PromiseName): Change => {
  const file = promises.find((promised) => promised.name === name)
  assert(file)
  return {
    file: fileOf(name),
    find: '  async check(look) {\n',
    replace: "  async check(look) {\n    look.count('things')\n    if (look) return\n",
  }
}
const sources = readFileSync('src/promises/all.ts', 'utf8')
const fileOf = (name: PromiseName): string =>
  `src/promises/${new RegExp(`${name.toLowerCase()} \\} from '\\./([^']+)'`).exec(sources)?.[1]}`

test('a check that always says that all is well is caught, of every promise', async () => {
  // The first of each promise is one that only its check can see, and not the look for what keeps it.
  const names = promises.map(({ name }) => name)
  const seen = round(0)
  assert.equal(seen.length, names.length)
  const runs = await checkedWith([...seen.map(([, mutation]) => mutation), ...seen.map(([name]) => gutted(name))], names)
  for (const named of seen)
    assert.throws(() => requireCaught(runs, named), /does not see that/, `the check of ${named[0]} was gutted, and nobody noticed`)
})

// A run that writes the record down begins without one.
if (!isRecording)
  test('what is written in the document was caught as it is now', () => {
    assert.deepEqual(unrecorded(), [], 'run bin/mutations')
  })
