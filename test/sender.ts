/** A process that sends one issue to its end, to be killed on the way: `sender.ts SOCKET DATABASE SMTP_URL ISSUE`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../src/config.ts'
import { connect } from '../src/database/connection.ts'
import { openQueue } from '../src/jobs/queue.ts'
import { asId, logTo } from '../src/log.ts'
import { issueOf } from '../src/updates/issue.ts'
import { sendSome } from '../src/updates/sending.ts'
import { wake } from '../src/updates/wake.ts'
import { readAssets } from '../src/web/assets.ts'
import { readContent } from '../src/web/content.ts'
import type { House } from '../src/web/house.ts'
import { fileURLToPath } from 'node:url'
import { rootAt } from './root.ts'

const checkout = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const [socket = '', database = '', url = '', text] = process.argv.slice(2)
const issueId = asId(text)
if (!issueId) throw new Error('which issue?')

logTo(() => {})
const SECRET = process.env['SECRET'] ?? ''
const config = readConfig({
  SECRET,
  DATABASE_URL: 'postgres://unused/',
  CONTENT_DIR: checkout('content'),
  DATA_DIR: '/nonexistent',
  SMTP_URL: url,
})
const place = { host: socket, port: 5432, database }
const db = connect({ place, prefix: 'cloudrun', root: await rootAt(place, SECRET) })
await openQueue(db, false)
const house: House = { config, db, content: readContent(config), assets: readAssets(checkout('dist/assets')) }

await wake(house)
for (;;) {
  const standing = (await db.as('updates', (tx) => issueOf(tx, issueId)))?.standing
  if (standing !== 'sending') break
  await sendSome(house, issueId)
  await sleep(100)
}
process.exit(0)
