/** The privacy policy: the version in force, every version, and the data map as a page. */
import { Hono } from 'hono'
import { ConsentSwitches, standing } from '../navigation/consent-switches.tsx'
import { CountingSwitch } from '../navigation/switch.tsx'
import type { House, Web } from '../web/house.ts'
import { publicPage } from '../web/page.tsx'
import { type Prepared, prepare, send } from '../web/prepared.ts'
import { type PageRequest, requestIn } from '../web/page-request.ts'
import { readerOf } from '../web/ready.ts'
import { dataMap, dataMapCsv } from './data-map.ts'
import { draftRoutes } from './draft-routes.tsx'
import { officeRoutes } from './office-routes.tsx'
import { DataMapPage, ProcessorsPage } from './pages.tsx'
import { mustSee } from './second-channel.ts'
import { inForcePage, versionRoutes } from './version-routes.tsx'

export const policyRoutes = new Hono<Web>()
  .use('/account', mustSee)
  .use('/account/*', mustSee)
  .get(
    '/privacy',
    publicPage(async (house, c) => inForcePage(house, <Switches request={requestIn(c)} />), { by: { header: 'Cookie', of: standing } }),
  )
  .get(
    '/privacy/data',
    publicPage(() => ({
      shown: { title: 'Data that we keep', description: 'Every kind of data that is kept, why, and for how long.' },
      body: <DataMapPage map={dataMap} />,
    })),
  )
  .get(
    '/privacy/processors',
    publicPage(({ config }) => ({
      shown: { title: 'Who receives data', description: 'Every company that receives data from us, what, and why.' },
      body: <ProcessorsPage config={config} />,
    })),
  )
  .get('/privacy/data.json', (c) => send(c, json))
  .get('/privacy/data.csv', (c) => send(c, csv))
  .get('/privacy/data.jsonld', async (c) => send(c, await exportOf(c.get('house'), 'jsonld')))
  .get('/privacy/data.fides.yml', async (c) => send(c, await exportOf(c.get('house'), 'fides')))
  .route('/', versionRoutes)
  .route('/', draftRoutes)
  .route('/', officeRoutes)

const Switches = ({ request }: { request: PageRequest }) => (
  <>
    <CountingSwitch {...readerOf(request)} />
    <ConsentSwitches config={request.house.config} letters={standing(request)} signal={readerOf(request).signal} />
  </>
)

const cached = { 'cache-control': 'public, max-age=300' }
const json = prepare(Buffer.from(JSON.stringify(dataMap, null, 2)), { 'content-type': 'application/json; charset=utf-8', ...cached })
const csv = prepare(Buffer.from(dataMapCsv()), {
  'content-type': 'text/csv; charset=utf-8',
  'content-disposition': 'attachment; filename="data-map.csv"',
  ...cached,
})

type Export = 'jsonld' | 'fides'
const exported = new WeakMap<House, Map<Export, Prepared>>()

// In the words of others: made when somebody first asks, because few do.
async function exportOf(house: House, which: Export): Promise<Prepared> {
  const known = exported.get(house) ?? new Map<Export, Prepared>()
  const ready = known.get(which) ?? (await makeExport(house, which))
  exported.set(house, known.set(which, ready))
  return ready
}

async function makeExport(house: House, which: Export): Promise<Prepared> {
  if (which === 'fides') {
    const { fidesManifest } = await import('./fides.ts')
    return prepare(Buffer.from(fidesManifest(house)), { 'content-type': 'application/yaml; charset=utf-8', ...cached })
  }
  const { linkedData } = await import('./linked-data.ts')
  return prepare(Buffer.from(JSON.stringify(linkedData(house), null, 2)), { 'content-type': 'application/ld+json', ...cached })
}
