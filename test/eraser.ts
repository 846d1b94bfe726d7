/**
 * A program that is killed while it erases somebody, again and again, for `src/rights/kill.test.ts`.
 * `DATA_DIR` in the environment; each line that it writes is JSON. With `furnish`, it fills the house and ends.
 */
import pg from 'pg'
import { readConfig } from '../src/config.ts'
import { connect } from '../src/database/connection.ts'
import { findDatabase } from '../src/database/open.ts'
import { openRoot } from '../src/database/root.ts'
import { closeQueue, openQueue } from '../src/jobs/queue.ts'
import { asId, logTo } from '../src/log.ts'
import { welcome } from '../src/people/person.ts'
import { erase } from '../src/rights/erasure.ts'
import { readAssets } from '../src/web/assets.ts'
import { readContent } from '../src/web/content.ts'
import { fill, rowsOf } from './canaries.ts'

/** What stands of one person: how many rows in all tables together, and in which. */
export interface Standing {
  readonly email: string
  readonly id: string
  readonly rows: number
  /** The tables in which they are. */
  readonly tables: readonly string[]
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const config = readConfig(process.env)
logTo(() => {})

async function furnish(people: number, rows: number): Promise<void> {
  // All pages come with it, which a killed program would read anew each time.
  const { openHouse } = await import('../src/main.ts')
  const open = await openHouse(config, { working: false, unwalled: true })
  const all = await connected(open.found.place)
  for (let i = 0; i < people; i++)
    await open.house.db.as('security', (tx) => welcome(tx, { name: `Victim ${i}`, email: `victim-${i}@example.org` }))
  await fill(all, { who: 'true', rows, marker: 'Victim' })
  await all.query('create table victims as select id, email from people')
  await all.end()
  await open.close()
}

async function connected(place: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...place, user: 'postgres' })
  await client.connect()
  return client
}

// The migrations and the check of the data map are left out: they would only make the rounds longer.
async function eraseNext(): Promise<void> {
  const found = await findDatabase(config)
  const all = await connected(found.place)
  say({ standing: await standing(all), receipts: await receipts(all) })
  const opened = (await openRoot(all, config)) ?? process.exit(1)
  const db = connect({ place: found.place, prefix: found.prefix, root: opened.root })
  await openQueue(db, false)
  const house = { config, db, content: readContent(config), assets: readAssets('dist/assets') }
  const { rows } = await all.query<{ id: string }>('select v.id from victims v join people p using (id) order by v.email limit 1')
  const started = performance.now()
  say({ erasing: true })
  await erase(house, asId(rows[0]?.id) ?? process.exit(1))
  say({ erased: performance.now() - started })
  await closeQueue(db, 1)
  await db.close()
  await all.end()
  await found.stop()
}

async function standing(all: pg.Client): Promise<Standing[]> {
  const victims = (await all.query<{ id: string; email: string }>('select id, email from victims order by email')).rows
  const found: Standing[] = []
  for (const { id, email } of victims) {
    const counts = [...(await rowsOf(all, id, email))].filter(([, rows]) => rows > 0)
    found.push({ id, email, rows: counts.reduce((sum, [, rows]) => sum + rows, 0), tables: counts.map(([table]) => table) })
  }
  return found
}

const receipts = async (all: pg.Client): Promise<number> =>
  (await all.query<{ n: number }>('select count(*)::int as n from receipts')).rows[0]?.n ?? 0

const [act, people, rows] = process.argv.slice(2)
await (act === 'furnish' ? furnish(Number(people), Number(rows)) : eraseNext())
process.exit(0)
