/** `cloudrun people`: show, export or erase what is held about somebody. */
import { writeFileSync } from 'node:fs'
import { personWith } from '../people/person.ts'
import { copyOf } from '../rights/copy.ts'
import { erase } from '../rights/erasure.ts'
import { type Holding, holdings, subjectOf } from '../rights/subject.ts'
import type { Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { inHouse } from './house.ts'
import { typedAddress } from './staff.ts'
import { exits, nobody, say, sayJson, wrongUsage } from './terminal.ts'

interface Options {
  readonly out?: string | undefined
  readonly yes?: boolean | undefined
  readonly json?: boolean | undefined
}

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
  const zip = await copyOf(house, id)
  if (!zip) return exits.nobody
  const file = options.out ?? `${email.replace(/[^a-z0-9.@-]/g, '_')}.zip`
  writeFileSync(file, zip, { mode: 0o600 })
  if (options.json) sayJson({ file, bytes: zip.length })
  else say(`Everything about ${email} is in ${file}.`)
  return exits.done
}

async function eraseAll(house: House, { id, email }: Whom, options: Options): Promise<number> {
  if (!options.yes) throw wrongUsage(`This cannot be undone. To erase everything about ${email}, add --yes.`)
  const token = await erase(house, id)
  if (!token) return exits.nobody
  const receipt = `${house.config.origin}/receipts/${token}`
  if (options.json) sayJson({ receipt })
  else say(`Everything about ${email} is erased. The receipt: ${receipt}`)
  return exits.done
}
