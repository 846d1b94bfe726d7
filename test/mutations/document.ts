/** `docs/promises.md`: what keeps each promise, what its check looks at, and what it has been shown to catch. */
import { keeperInWords } from '../../src/promises/pages.tsx'
import { promises } from '../../src/promises/all.ts'
import type { Keeper, Promised } from '../../src/promises/promise.ts'
import { mutations } from './list.ts'
import { type Caught, hashOf, type Mutation, readRecord } from './record.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** The whole document. */
export function promisesDocument(): string {
  const caught = readRecord()
  const days = caught.map(({ on }) => on).sort()
  const made = days.length === 0 ? 'never' : days[0] === days.at(-1) ? `on ${days[0]}` : `from ${days[0]} to ${days.at(-1)}`
  const known = new Map(caught.map((one) => [one.hash, one]))
  const many = Object.values(mutations).reduce((sum, { program, data, refused }) => sum + program.length + data.length + refused.length, 0)
  return [
    '# The promises, and what has been shown to catch a breach',
    'Generated from `src/promises/` and `test/mutations/`; do not edit. The same words with what the checks saw last are at `/privacy/promises` of a running house.',
    `${many} mutations break a promise each: by a change of the program, which is made while it is loaded, or of data and schema, by somebody who may do anything in the database. The column “caught by” quotes what caught it when \`bin/mutations\` made it alone (${made}), each change of the program in a process of its own. With every run of \`bin/test\`, all of them are made and caught again, the changes of the program many at a time; a mutation that was altered since, or is not caught, fails the gate. So does a check that is gutted to say that all is well, and one that is taken off the clock.`,
    ...promises.map((promised) => sectionOf(promised, known)),
  ].join('\n\n')
}

function sectionOf({ name, says, keptBy, looksAt }: Promised, known: ReadonlyMap<string, Caught>): string {
  const { program, data, refused } = mutations[name]
  const rows: [string, Mutation][] = [
    ...program.map((mutation): [string, Mutation] => [`the program: \`${mutation.file}\``, mutation]),
    ...data.map((mutation): [string, Mutation] => ['data or schema', mutation]),
    ...refused.map((mutation): [string, Mutation] => ['data', mutation]),
  ]
  return [
    `## ${name}`,
    `> ${says}`,
    `What keeps it:\n\n${keptBy.map(keeperLine).join('\n')}`,
    `Its check looks at: ${looksAt.charAt(0).toLowerCase()}${looksAt.slice(1)}`,
    [
      '| somebody … | in | caught by |',
      '| --- | --- | --- |',
      ...rows.map(
        ([where, mutation]) => `| ${cell(mutation.says)} | ${where} | ${cell(known.get(hashOf(mutation))?.by ?? 'not run yet')} |`,
      ),
    ].join('\n'),
  ].join('\n\n')
}

function keeperLine(keeper: Keeper): string {
  const [kind, name] = keeperInWords(keeper)
  return `- \`${name}\` (${kind}): ${keeper.says}`
}
