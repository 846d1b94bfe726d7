/** The console's side of the data map. */
import { Hono } from 'hono'
import { signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { csvFile } from '../web/csv.ts'
import type { Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { processingCsv, processingRecord } from './article-30.ts'
import { ProcessingPage } from './article-30-pages.tsx'

export const officeRoutes = new Hono<Web>()
  .get('/staff/article-30', signedIn, whoMay('processing'), (c) =>
    showPage(c, { title: 'Record of processing activities', area: 'staff' }, <ProcessingPage {...processingRecord(c.get('house'))} />),
  )
  .get('/staff/article-30/record.csv', signedIn, whoMay('processing'), (c) =>
    csvFile(c, 'article-30.csv', [processingCsv(processingRecord(c.get('house')))]),
  )
