/** The store on PostgreSQL. */
import { openTestHouse } from '../../test/harness.ts'
import { testStore } from '../../test/store-tests.ts'
import { postgresBackend } from './postgres.ts'
import { storeOf } from './store.ts'

const { house } = await openTestHouse()
await testStore({ store: storeOf(house), backend: postgresBackend(house.db) })
