/** Lines that a person reads and a script can: what, how much, the ratio, whether it is good enough. */

type Bound = { readonly atLeast: number } | { readonly atMost: number }

/** One measured line; a missed bound makes the process end with 1. */
export function row(name: string, measured: string, figure: number, bound: Bound): void {
  const kept = 'atLeast' in bound ? figure >= bound.atLeast : figure <= bound.atMost
  const asked = 'atLeast' in bound ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`
  if (!kept) process.exitCode = 1
  console.log(`${name.padEnd(34)}  ${measured.padEnd(30)}  ${figure.toFixed(2).padStart(7)}  ${asked}${kept ? '' : '  MISSED'}`)
}

/** One part of a whole. */
export const share = (name: string, part: number): void => console.log(`  ${name.padEnd(34)}${(part * 100).toFixed(1).padStart(6)} %`)

/** Ends the run with a sentence. */
export function fail(sentence: string): never {
  console.error(`bench: ${sentence}`)
  process.exit(1)
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
