/**
 * Backing up, as a ratio to the bare COPY of the same tables in the same run, and looking the record over, in
 * entries a second. BENCH_PEOPLE (20,000) and BENCH_ENTRIES (100,000) say how much there is.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { verify } from '../src/audit/chain.ts'
import { columnList, columnsOf, kept, makeBackup } from '../src/backups/backup.ts'
import { readConfig } from '../src/config.ts'
import { logTo } from '../src/log.ts'
import { openHouse } from '../src/main.ts'
import { register } from '../src/register.ts'
import { fill } from '../test/canaries.ts'
import { row } from './report.ts'

const PEOPLE = Number(process.env['BENCH_PEOPLE'] ?? 20_000)
const ENTRIES = Number(process.env['BENCH_ENTRIES'] ?? 100_000)
const ROUNDS = 3

logTo(() => {})
const folder = mkdtempSync(join(tmpdir(), 'cloudrun-bench-backups-'))
const open = await openHouse(readConfig({ SECRET: 'a secret of the bench alone, long enough', DATA_DIR: folder }), {
  working: false,
  unwalled: true,
})
const all = new pg.Client({ ...open.found.place, user: 'postgres' })
const owner = new pg.Client(open.found.owner)
try {
  await all.connect()
  await owner.connect()
  await all.query(
    `insert into people (id, name, email, joined_at) select md5('person ' || i)::uuid, 'Somebody ' || md5(i::text), 'p' || i || '@example.org', now()
       from generate_series(1, $1) i`,
    [PEOPLE],
  )
  await fill(all, { who: 'true', rows: 1, marker: 'bench', only: ['corrections', 'sessions', 'letters', 'usage', 'subscriptions'] })
  await all.query(
    `insert into audit_details (id, act, thing_id, nonce, done_at)
     select gen_random_uuid(), 'issue.sent', gen_random_uuid(), decode(md5(i::text), 'hex'), now() from generate_series(1, $1) i`,
    [ENTRIES],
  )
  const recipient = await identityToRecipient(await generateIdentity())
  const best = { bare: 0, backup: 0, entries: 0 }
  let size = 0
  for (let turn = 0; turn < ROUNDS; turn++) {
    const bare = await timed(bareCopy)
    best.bare = Math.max(best.bare, bare.result / bare.seconds)
    const backup = await timed(() => makeBackup({ client: owner, register, dir: join(folder, 'backups'), recipient }))
    best.backup = Math.max(best.backup, bare.result / backup.seconds)
    size = statSync(backup.result).size / bare.result
    const looked = await timed(() => open.house.db.as('operations', (tx) => verify(tx, [])))
    best.entries = Math.max(best.entries, looked.result.entries / looked.seconds)
  }
  console.log(`bare COPY: ${megabytes(best.bare)} MB a second; a backup is ${(size * 100).toFixed(0)} % of it`)
  row('backup', `${megabytes(best.backup)} MB a second`, best.backup / best.bare, { atLeast: 0.25 })
  row('record looked over', 'entries a second', Math.round(best.entries), { atLeast: 20_000 })
} finally {
  await all.end()
  await owner.end()
  await open.close()
  rmSync(folder, { recursive: true, force: true })
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0)
}

async function timed<R>(work: () => Promise<R>): Promise<{ result: R; seconds: number }> {
  const started = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - started) / 1000 }
}

/** The bytes of all tables, read and thrown away. */
async function bareCopy(): Promise<number> {
  let bytes = 0
  for (const held of kept(register)) {
    const copied = owner.query(copyTo(`copy (select ${columnList(columnsOf(held))} from "${held.name}") to stdout`))
    for await (const piece of copied) bytes += (piece as Buffer).length
  }
  return bytes
}
