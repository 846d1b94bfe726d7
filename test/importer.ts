/** A process that carries a list of subscribers out, to be killed on the way: `importer.ts SOCKET DATABASE LIST`. */
import { connect } from '../src/database/connection.ts'
import { asId, logTo } from '../src/log.ts'
import { workOnList } from '../src/updates/import-work.ts'
import { rootAt } from './root.ts'

const [socket = '', database = '', text] = process.argv.slice(2)
const id = asId(text)
if (!id) throw new Error('which list?')

logTo(() => {})
const place = { host: socket, port: 5432, database }
const db = connect({ place, prefix: 'cloudrun', root: await rootAt(place, process.env['SECRET'] ?? '') })
await workOnList({ db }, id)
process.exit(0)
