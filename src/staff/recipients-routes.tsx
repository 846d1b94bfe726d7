/** Who receives data, for those who answer for it. */
import { type Context, Hono } from 'hono'
import { DAY, fromNow } from '../clock.ts'
import { usableFrom } from '../egress/announcement.ts'
import { totalsSince } from '../egress/ledger.ts'
import { hostIn } from '../egress/network.ts'
import { refusals } from '../egress/refusal.ts'
import { wallStands } from '../egress/wall.ts'
import { processors } from '../processors/all.ts'
import { signedIn } from '../sessions/guard.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { whoMay } from './guard.ts'
import { type Recipient, RecipientsPage } from './recipients-pages.tsx'

const DAYS = 30

export const recipientsRoutes = new Hono<Web>().get('/staff/recipients', signedIn, whoMay('recipients'), show)

async function show(c: Context<Web>): Promise<Response> {
  const house = c.get('house')
  const totals = await house.db.as('legal', (tx) => totalsSince(tx, fromNow(-DAYS * DAY)))
  const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0)
  const walled = wallStands() || house.config.environment === 'development'
  const page = <RecipientsPage recipients={recipientsOf(house)} totals={totals} days={DAYS} refused={refused} walled={walled} />
  return showPage(c, { title: 'Recipients', area: 'staff' }, page)
}

const recipientsOf = ({ config, db }: House): Recipient[] =>
  processors.map((plate) => {
    const place = plate.way?.(config)
    return {
      plate,
      host: place && hostIn(place),
      idle: plate.way !== undefined && place === undefined,
      usableFrom: usableFrom(db, plate),
    }
  })
