/** `cloudrun audit verify` and `cloudrun audit key`: whether the record of what was done is whole. */
import { lookOver, type Verdict } from '../audit/chain.ts'
import { publicKeyOf } from '../audit/head.ts'
import { inHouse } from './house.ts'
import { counted, exits, say, sayJson, wrongUsage } from './terminal.ts'

interface Options {
  readonly json?: boolean | undefined
}

/** @throws CommandError when it is neither of the two */
export async function audit([act]: readonly string[], options: Options): Promise<number> {
  if (act === 'verify') return verifyAll(options)
  if (act === 'key' && !options.json) return inHouse(({ db }) => Promise.resolve(tellKey(publicKeyOf(db.keyring.own('audit')))))
  throw wrongUsage('What about the record? cloudrun audit verify, or cloudrun audit key.')
}

function tellKey(key: string): number {
  say(key)
  return exits.done
}

async function verifyAll(options: Options): Promise<number> {
  const verdict = await inHouse(lookOver)
  if (options.json) sayJson(verdict)
  else tell(verdict)
  return verdict.faults.length === 0 ? exits.done : exits.failed
}

function tell({ entries, details, heads, faults }: Verdict): void {
  for (const { at, says } of faults) say(`✗ ${at}: ${says}`)
  const whole = faults.length === 0 ? '✓ The record is whole' : `✗ ${counted(faults.length, 'fault')}`
  say(
    `${whole}: ${entries.toLocaleString('en-GB')} entries, the details of ${details.toLocaleString('en-GB')}, ${counted(heads, 'signed head')}.`,
  )
}
