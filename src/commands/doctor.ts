/** `cloudrun doctor`: looks a deployment over, changes nothing, and says what to mend. */
import { type Config, readConfig, WrongSetting } from '../config.ts'
import { connect } from '../database/connection.ts'
import { findDatabase, type Found } from '../database/open.ts'
import { openLedger } from '../egress/ledger.ts'
import { closeHouse } from '../egress/ways.ts'
import { logTo } from '../log.ts'
import { checkout } from '../main.ts'
import { readAssets } from '../web/assets.ts'
import { readContent } from '../web/content.ts'
import type { House } from '../web/house.ts'
import { lookAtDatabase } from './doctor-database.ts'
import { lookAtHouse } from './doctor-house.ts'
import { lookAtRoot } from './doctor-secret.ts'
import { lookAtSettings } from './doctor-settings.ts'
import { sentenceOf } from './faults.ts'
import { bad, type Finding } from './finding.ts'
import { counted, exits, say, sayJson } from './terminal.ts'

/** Looks, tells, and ends with 0 when nothing is broken, with 1 when something is. */
export async function doctor({ json }: { json?: boolean | undefined }): Promise<number> {
  logTo(() => {})
  const findings = await examine(process.env)
  if (json) sayJson(findings)
  else tell(findings)
  return findings.some(({ state }) => state === 'fail') ? exits.failed : exits.done
}

/**
 * Looks a deployment over by its settings. It migrates nothing, grants nothing, and sends nothing but a look at the own site, the
 * mail server and the own domain's records. `unwalled` and `prefix` are for tests, whose logins are shared.
 */
export async function examine(
  environment: NodeJS.ProcessEnv,
  { unwalled = false, prefix }: { unwalled?: boolean; prefix?: string } = {},
): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfig(environment)
  } catch (fault) {
    if (fault instanceof WrongSetting) return [bad('settings', fault.message)]
    throw fault
  }
  const settings = await lookAtSettings(config, environment)
  const found = await findDatabase(config, { attach: true }).catch((fault: unknown) => sentenceOf(fault))
  if (typeof found === 'string') return [...settings, bad('database', found)]
  try {
    if (!unwalled) closeHouse(config, found.place)
    const { findings, level } = await lookAtDatabase(found)
    return [...settings, ...findings, ...(level ? await inside(config, { ...found, prefix: prefix ?? found.prefix }) : [])]
  } finally {
    await found.stop()
  }
}

async function inside(config: Config, found: Found): Promise<Finding[]> {
  const { findings, root } = await lookAtRoot(config, found)
  if (!root) return findings
  const db = connect({ place: found.place, prefix: found.prefix, root })
  try {
    const house: House = { config, db, content: readContent(config), assets: readAssets(checkout('dist/assets')) }
    openLedger(house)
    return [...findings, ...(await lookAtHouse(house))]
  } catch (fault) {
    return [...findings, bad('house', sentenceOf(fault))]
  } finally {
    await db.close()
  }
}

const signs = { pass: '✓', warn: '!', fail: '✗' }

function tell(findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { what, state, says } of findings) say(`${signs[state]} ${what.padEnd(width)}  ${says}`)
  const of = (state: Finding['state']): number => findings.filter((one) => one.state === state).length
  say(`\n${counted(of('fail'), 'thing')} to mend, ${counted(of('warn'), 'thing')} to better, ${of('pass')} well.`)
}
