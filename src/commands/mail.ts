/** `cloudrun mail keys` and `cloudrun mail check`: signed letters, and whether the name servers know it. */
import { checkUp, type Finding } from '../mail/checkup.ts'
import { type KeptKey, keysOf, makeKey, senderDomain } from '../mail/signing.ts'
import type { House } from '../web/house.ts'
import { inHouse } from './house.ts'
import { columns, exits, remark, say, sayJson, wrongUsage } from './terminal.ts'

interface Options {
  readonly new?: boolean | undefined
  readonly json?: boolean | undefined
}

/** @throws CommandError when it is neither of the two */
export async function mail([act]: readonly string[], options: Options): Promise<number> {
  if (act === 'keys') return keys(options)
  if (act === 'check' && !options.new) return check(options)
  throw wrongUsage('What about mail? cloudrun mail keys, or cloudrun mail check.')
}

async function keys(options: Options): Promise<number> {
  const found = await inHouse((house) => keysMade(house, options.new ?? false))
  if (options.json) sayJson(found)
  else
    for (const key of found)
      say(
        `${inWords[key.state]}\n\n${columns([
          ['Name', key.record.name],
          ['Type', 'TXT'],
          ['Value', key.record.value],
        ])}\n`,
      )
  if (found.some((key) => key.state === 'waits')) remark('Publish what waits; once cloudrun mail check finds it, it signs.')
  return exits.done
}

const inWords = {
  waits: 'Waits until it is published:',
  signs: 'Signs letters now; keep it published:',
  retired: 'Signs no more; keep it published for a week, then take it away:',
}

/** All keys; a fresh one among them when there is none, or when a new one is asked for and none waits. */
const keysMade = (house: House, another: boolean): Promise<KeptKey[]> =>
  house.db.as('operations', async (tx) => {
    const known = await keysOf(tx, senderDomain(house))
    const waits = known.some((key) => key.state === 'waits')
    const signs = known.some((key) => key.state === 'signs')
    return waits || (signs && !another) ? known : [await makeKey(tx, house), ...known]
  })

async function check(options: Options): Promise<number> {
  const found = await inHouse(checkUp)
  if (options.json) sayJson(found)
  else say(found.map(shown).join('\n\n'))
  return found.some(({ state }) => state === 'fail') ? exits.failed : exits.done
}

const signs = { pass: '✓', warn: '!', fail: '✗' }

function shown({ what, state, type, name, wanted, found, mend }: Finding): string {
  const head = `${signs[state]} ${what}`
  if (state === 'pass') return `${head}\n${columns([[type, name]])}`
  return `${head}: ${mend}\n${columns([
    [type, name],
    ['Wanted', wanted],
    ['Found', found.length > 0 ? found.join(' | ') : 'nothing'],
  ])}`
}
