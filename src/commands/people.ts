/** `cloudrun people`: show, export or erase what is held about somebody. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { personWith } from '../people/person.ts'
import { type OpenCopy, takeCopy } from '../rights/copy.ts'
import { erase, ErasureWaits, whatStays } from '../rights/erasure.ts'
import { recordCopy } from '../rights/kept-copy.ts'
import { type Holding, holdings, subjectOf } from '../rights/subject.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { owners, roleOf } from '../staff/team.ts'
import { inHouse } from './house.ts'
import { typedAddress } from './staff.ts'
import { CommandError, confirmed, exits, isTerminal, nobody, progress, remark, say, sayJson, wrongUsage } from './terminal.ts'

interface Options {
  readonly out?: string | undefined
  readonly yes?: boolean | undefined
  readonly json?: boolean | undefined
}

// As --out, for a pipe.
const STDOUT = '-'

const acts = { show, export: take, erase: eraseAll }

/** @throws CommandError when the act or the address cannot be one */
export async function people([act, typed, ...rest]: readonly string[], options: Options): Promise<number> {
  const does = act === 'show' || act === 'export' || act === 'erase' ? acts[act] : undefined
  if (!does || rest.length > 0) throw wrongUsage('What about them? Such as: cloudrun people show ada@example.org')
  const email = typedAddress(typed)
  return inHouse(async (house) => {
    const person = await house.db.as('rights', (tx) => personWith(tx, email))
    if (!person) throw nobody(email)
    return does(house, { id: person.id, email }, options)
  })
}

interface Whom {
  readonly id: Id
  readonly email: string
}

async function show(house: House, { id }: Whom, options: Options): Promise<number> {
  const held = await house.db.as('rights', async (tx): Promise<Holding[]> => {
    const subject = await subjectOf(tx, id)
    return subject ? holdings(tx, subject, options.json ? Number.MAX_SAFE_INTEGER : 0) : []
  })
  if (options.json) sayJson(Object.fromEntries(held.map((one) => [one.held.name, one.shown])))
  else for (const one of held) say(`${one.held.name}: ${one.rows} (${one.held.says})`)
  return exits.done
}

async function take(house: House, { id, email }: Whom, options: Options): Promise<number> {
  const file = options.out ?? `${email.replace(/[^a-z0-9.@-]/g, '_')}.zip`
  const bytes = await takeCopy(house, id, (copy) => write(copy, file))
  if (bytes === undefined) return exits.nobody
  await recordCopy(house, id)
  if (file === STDOUT) return exits.done
  if (options.json) sayJson({ file, bytes })
  else say(`Everything about ${email} is in ${file}.`)
  return exits.done
}

// The file is never in memory, however large it is.
async function write(copy: OpenCopy, file: string): Promise<number> {
  const bar = progress('Copied', copy.rows)
  let bytes = 0
  const counted = async function* () {
    for await (const piece of copy.bytes) {
      bytes += piece.length
      bar.at(copy.gone())
      yield piece
    }
  }
  if (file === STDOUT) await pipeline(counted, process.stdout, { end: false })
  else await pipeline(counted, createWriteStream(file, { mode: 0o600 }))
  bar.end()
  return bytes
}

async function eraseAll(house: House, { id, email }: Whom, options: Options): Promise<number> {
  await refuseLastOwner(house, { id, email })
  if (!options.yes && !(await sure(house, { id, email }))) return exits.failed
  const token = await erase(house, id).catch((fault: unknown) => {
    if (fault instanceof ErasureWaits) return fault
    throw fault
  })
  if (token instanceof ErasureWaits) {
    remark(
      `Waiting: ${token.recipients.join(', ')}. Nothing is erased yet. It is tried again every ten minutes, and the receipt goes out by letter.`,
    )
    return exits.failed
  }
  if (!token) return exits.nobody
  const receipt = `${house.config.origin}/receipts/${token}`
  if (options.json) sayJson({ receipt })
  else say(`Everything about ${email} is erased. The receipt: ${receipt}`)
  return exits.done
}

/** Shows what goes and what stays, and asks; a script, which cannot be asked, says --yes. */
async function sure(house: House, { id, email }: Whom): Promise<boolean> {
  if (!isTerminal()) throw wrongUsage(`This cannot be undone. To erase everything about ${email}, add --yes.`)
  await show(house, { id, email }, {})
  for (const sentence of whatStays(house)) say(`Stays: ${sentence}`)
  return confirmed(`Erase everything about ${email}? It cannot be undone.`, 'erase')
}

async function refuseLastOwner({ db }: House, { id, email }: Whom): Promise<void> {
  const last = await db.as('security', async (tx) => (await roleOf(tx, id)) === 'owner' && (await owners(tx)) === 1)
  if (last) throw new CommandError(`${email} is the last owner: appoint another one first, with cloudrun staff add.`, exits.failed)
}
