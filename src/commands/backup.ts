/** `cloudrun backup` and `cloudrun restore`: everything that is kept, in one encrypted file, and back. */
import { existsSync, readFileSync } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import pg from 'pg'
import { headsFile } from '../audit/head.ts'
import { record } from '../audit/record.ts'
import { deleteOld, KEYS_FILE, makeBackup, makeKeys } from '../backups/backup.ts'
import { WrongBackup } from '../backups/container.ts'
import { type Restored, restore as putBack } from '../backups/restore.ts'
import { now } from '../clock.ts'
import { type Config, readConfig } from '../config.ts'
import { findDatabase, type Found } from '../database/open.ts'
import { sweep } from '../database/sweep.ts'
import { logTo } from '../log.ts'
import { prepareDatabase } from '../main.ts'
import { peopleHeld, personKeysHeld } from '../people/tables.ts'
import { register } from '../register.ts'
import { repeatErasures } from '../rights/ledger.ts'
import { inHouse } from './house.ts'
import { CommandError, confirmed, counted, exits, isTerminal, progress, remark, say, sayJson, wrongUsage } from './terminal.ts'

interface Options {
  readonly json?: boolean | undefined
  readonly key?: string | undefined
  readonly yes?: boolean | undefined
}

/** @throws CommandError when the settings of backups are missing */
export async function backup([act]: readonly string[], { json }: Options): Promise<number> {
  if (act === 'key' && !json) return freshKey()
  if (act !== undefined) throw wrongUsage('cloudrun backup makes one; cloudrun backup key makes a pair of keys.')
  const config = readConfig(process.env)
  const { dir, recipient } = wherever(config)
  const file = await asOwner(config, async (client) => {
    const bar = progress('Copied', await sizeOf(client))
    let bytes = 0
    const made = await makeBackup({ client, register, dir, recipient, went: (more) => bar.at((bytes += more)) })
    await makeKeys(client, { dir, recipient, register })
    bar.end()
    return made
  })
  const deleted = await deleteOld(dir, config.backupDays)
  const { size } = await stat(file)
  if (json) sayJson({ file, bytes: size, deleted })
  else say(`${file}: ${counted(Math.ceil(size / 1024))} kB. ${counted(deleted.length, 'old backup')} deleted.`)
  return exits.done
}

function wherever({ backupDir: dir, backupKey: recipient }: Config): { dir: string; recipient: string } {
  if (dir && recipient) return { dir, recipient }
  throw new CommandError(
    'Set BACKUP_DIR, where backups go, and BACKUP_KEY, the public key that encrypts them: cloudrun backup key makes a pair.',
    exits.usage,
  )
}

async function freshKey(): Promise<number> {
  const identity = await generateIdentity()
  say(identity)
  remark(`This is the secret key: keep it away from this machine, or lose every backup. BACKUP_KEY=${await identityToRecipient(identity)}`)
  return exits.done
}

// Only the owner reads everything.
async function asOwner<R>(config: Config, work: (client: pg.Client, found: Found) => Promise<R>): Promise<R> {
  logTo(() => {})
  const found = await findDatabase(config, { attach: true })
  const client = new pg.Client(found.owner)
  try {
    if ((await prepareDatabase(config, found)).prepared === 'ahead')
      throw new CommandError(
        'The database belongs to a newer version, and this one does not know all of it: use that version.',
        exits.failed,
      )
    await client.connect()
    return await work(client, found)
  } finally {
    await client.end().catch(() => undefined)
    await found.stop()
  }
}

async function sizeOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(
    'select sum(pg_relation_size(c.oid)) as bytes from pg_class c where relname = any($1)',
    [register.map(({ name }) => name)],
  )
  return Number(rows[0]?.bytes ?? 0)
}

/** @throws CommandError when the file or the key cannot be read, or the house is not empty */
export async function restore([file]: readonly string[], { key, yes, json }: Options): Promise<number> {
  if (!file || !key) throw wrongUsage('Which backup, and the file with the secret key? cloudrun restore FILE --key FILE')
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`, exits.failed)
  const identity = identityIn(key)
  if (!yes && !(await sure(file))) return exits.failed
  const restored = await bringBack(readConfig(process.env), file, identity).catch((fault: unknown) => {
    if (fault instanceof WrongBackup) throw new CommandError(fault.message, exits.failed)
    throw fault
  })
  const erased = await inHouse(async (house) => {
    await house.db.as('operations', (tx) => record(tx, { act: 'house.restored' }))
    const again = await repeatErasures(house)
    await sweep(house.db, register)
    return again
  })
  if (json) sayJson({ ...restored, erased })
  else tell(restored, erased)
  return exits.done
}

function identityIn(file: string): string {
  const identity = existsSync(file) ? /^AGE-SECRET-KEY-\S+$/m.exec(readFileSync(file, 'utf8'))?.[0] : undefined
  if (!identity) throw new CommandError(`There is no secret key of age in ${file}.`, exits.failed)
  return identity
}

async function sure(file: string): Promise<boolean> {
  if (!isTerminal()) throw wrongUsage('To restore without being asked, add --yes.')
  return confirmed(`Restore ${file} into this empty house?`, 'restore')
}

async function bringBack(config: Config, file: string, identity: string): Promise<Restored> {
  const restored = await asOwner(config, async (client) => {
    const { size } = await stat(file)
    // A guess: compressed rows are about a quarter of what they were.
    const bar = progress('Restored', size * 4)
    let bytes = 0
    const done = await putBack({
      ...{ client, register, file, identity, people: peopleHeld, keys: personKeysHeld },
      ...{ secrets: config, keysFile: join(dirname(file), KEYS_FILE), went: (more) => bar.at((bytes += more)) },
    })
    bar.end()
    return done
  })
  // The record goes on from where the backup ends; what was signed since stays readable beside it.
  const heads = headsFile(config.dataDir)
  if (existsSync(heads))
    await rename(heads, heads.replace('.jsonl', `-until-${now().toISOString().slice(0, 19).replaceAll(':', '')}Z.jsonl`))
  return restored
}

function tell({ madeAt, rows, withoutKey }: Restored, erased: number): void {
  say(
    `Restored as of ${madeAt}: ${counted(rows, 'row')}. ${counted(erased, 'person')} erased since ${erased === 1 ? 'was' : 'were'} erased again.`,
  )
  if (withoutKey > erased)
    remark(`${counted(withoutKey - erased, 'person')} had no key in ${KEYS_FILE}: text that was sealed for them cannot be read any more.`)
}
