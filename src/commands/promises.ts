/** `cloudrun promises check`: whether the promises of the privacy policy hold. */
import { openApp } from '../app.ts'
import { type PromiseName, promiseNames } from '../promises/promise.ts'
import { type Run, runChecks } from '../promises/running.ts'
import { inWords } from './faults.ts'
import { inHouse } from './house.ts'
import { counted, exits, remark, say, sayJson, wrongUsage } from './terminal.ts'

interface Options {
  readonly json?: boolean | undefined
}

/** @throws CommandError when it is not `check`, or a promise is named that there is not */
export async function promises([act, ...typed]: readonly string[], options: Options): Promise<number> {
  if (act !== 'check') throw wrongUsage('What about the promises? cloudrun promises check.')
  const names = typed.length > 0 ? typed.map(named) : undefined
  const runs = await look(names).catch((fault: unknown) => remark(inWords(fault)))
  if (!runs) return UNKNOWN
  if (options.json) sayJson(runs)
  else tell(runs)
  return exitOf(runs)
}

/** A house that does not open shows nothing, and must not pass for one in which a promise is broken. */
const UNKNOWN = exits.usage

const look = (names: readonly PromiseName[] | undefined): Promise<Run[]> =>
  inHouse((house) => {
    // Its pages are looked at, too: they are asked from inside, and nothing listens.
    openApp(house)
    return runChecks(house, names)
  })

function named(typed: string): PromiseName {
  const name = promiseNames.find((name) => name === typed.toUpperCase())
  if (!name) throw wrongUsage(`There is no promise "${typed}": they are called ${promiseNames[0]} to ${promiseNames.at(-1)}.`)
  return name
}

function exitOf(runs: readonly Run[]): number {
  if (runs.some(({ standing }) => standing === 'broken')) return exits.failed
  return runs.some(({ standing }) => standing === 'unexamined') ? UNKNOWN : exits.done
}

const signs = { holds: '✓', broken: '✗', unexamined: '?' } as const

function tell(runs: readonly Run[]): void {
  for (const { promise, standing, examined, findings } of runs) {
    say(`${signs[standing]} ${promise.padEnd(4)}${standing === 'holds' ? examined.join(', ') : standing}`)
    for (const finding of findings) say(`      ${finding}`)
  }
  const not = runs.filter(({ standing }) => standing !== 'holds').length
  remark(not === 0 ? `All ${counted(runs.length)} hold.` : `${counted(not)} of ${counted(runs.length)} do not hold.`)
}
