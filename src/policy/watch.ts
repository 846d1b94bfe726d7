/** Seeing versions through: their notices, and the moment at which they take effect. */
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { log } from '../log.ts'
import { allVersions, comingOf, insertEffect } from '../versions/version.ts'
import type { House } from '../web/house.ts'
import { deliveryOf, followFates } from './notices.ts'
import { keepUp, waitsFor } from './publishing.ts'
import { lookForUnreached } from './second-channel.ts'

/** All of it; every minute. */
export async function watchVersions(house: House): Promise<void> {
  await house.db.as('rights', followFates)
  await house.db.as('legal', takeEffect)
  await keepUp(house)
  await lookForUnreached(house)
}

/** Lets take effect whose day has come and whose notice has run; in their order. */
async function takeEffect(tx: For<'legal'>): Promise<void> {
  for (const version of comingOf(await allVersions(tx))) {
    if (version.tookEffectAt || waitsFor(version, await deliveryOf(tx, version.number))) return
    await insertEffect(tx, version.number, now())
    await record(tx, { act: 'policy.took-effect' })
    log('policy.took-effect', { version: version.number })
  }
}
