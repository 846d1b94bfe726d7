/** The description of the API: for machines as OpenAPI, for people as a page made from it. */
import { Hono } from 'hono'
import type { House, Web } from '../web/house.ts'
import { publicPage } from '../web/page.tsx'
import { type Prepared, prepare, send } from '../web/prepared.ts'
import type { Operation } from './api.ts'
import { aboutHouse, openApiDocument } from './document.ts'
import { DocsPage } from './docs-pages.tsx'

/** The routes that describe these operations. */
export function documentRoutes(operations: readonly Operation[]): Hono<Web> {
  const prepared = new WeakMap<House, Prepared>()
  const ready = (house: House): Prepared => {
    const known = prepared.get(house) ?? asJson(openApiDocument(operations, aboutHouse(house)))
    prepared.set(house, known)
    return known
  }
  return new Hono<Web>()
    .get('/api/openapi.json', (c) => send(c, ready(c.get('house'))))
    .get(
      '/api/docs',
      publicPage((house) => ({
        shown: { title: 'The API', description: 'What the programs of our services can ask and report, operation by operation.' },
        body: <DocsPage document={openApiDocument(operations, aboutHouse(house))} />,
      })),
    )
}

const asJson = (document: object): Prepared =>
  prepare(Buffer.from(JSON.stringify(document)), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=300',
  })
