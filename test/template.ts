/** The database that every test file copies: migrated, granted, empty. */
import pg from 'pg'
import { prepareDatabase } from '../src/main.ts'
import { logTo } from '../src/log.ts'
import { PREFIX, settings, TEMPLATE } from './harness.ts'

/** Makes the template on the test server at `host`. */
export async function makeTemplate(host: string): Promise<void> {
  logTo(() => {})
  const client = new pg.Client({ host, user: 'postgres', database: 'postgres' })
  await client.connect()
  await client.query('create role cloudrun_owner login createrole')
  await client.query(`create database ${TEMPLATE} owner cloudrun_owner`)
  await client.end()
  const place = { host, database: TEMPLATE }
  await prepareDatabase(settings(), {
    place,
    owner: { ...place, user: 'cloudrun_owner' },
    prefix: PREFIX,
    socket: host,
    stop: async () => {},
  })
}
