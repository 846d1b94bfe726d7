/** `cloudrun start` and `cloudrun migrate`: the doors open, or the database is made ready for it. */
import { type Config, readConfig } from '../config.ts'
import { migrationsBrought } from '../database/brought.ts'
import { findDatabase } from '../database/open.ts'
import { logTo } from '../log.ts'
import { catchStrays, leave, openHouse, prepareDatabase, serve, version } from '../main.ts'
import { inviteFirstOwner } from '../sessions/invitation.ts'
import { owners } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { fillIfEmpty, refuseProduction } from './demo.ts'
import { startLocalStripe } from './local-stripe.ts'
import { bold, columns, exits, faint, remark, say, sayJson } from './terminal.ts'

/** Opens the house and serves until a signal comes. */
export async function start({ demo }: { demo?: boolean | undefined }): Promise<number> {
  const config = readConfig(process.env)
  if (demo) refuseProduction()
  const readiness = { leaving: false, migrations: migrationsBrought }
  const open = await openHouse(config, { working: true, onDeath: () => process.exit(exits.failed) })
  const demoOwner = demo ? await fillIfEmpty(open.house) : undefined
  const server = await serve(open.house, readiness)
  const stripe = startLocalStripe(open.house, { demo: demo === true })
  catchStrays()
  const goodbye = new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve))
  await greet(open.house, demoOwner)
  await goodbye
  await leave(open, server, readiness)
  await stripe?.close()
  return exits.done
}

async function greet(house: House, demoOwner: string | undefined): Promise<void> {
  const { origin } = house.config
  const link = await house.db.as('security', async (tx) => ((await owners(tx)) === 0 ? inviteFirstOwner(tx) : undefined))
  const facts: [string, string][] = [['Site', bold(origin)]]
  if (link) facts.push(['First owner', `${bold(`${origin}/invitations/${link}`)}  ${faint('(once, within a day)')}`])
  if (demoOwner) facts.push(['Sign in as', `${bold(demoOwner)}  ${faint('(the owner of this demo; read the code under Letters)')}`])
  if (house.config.localStripe)
    facts.push(['Stripe', `${house.config.stripeOrigin}/_emu  ${faint('(a local one: pay with 4242 4242 4242 4242)')}`])
  if (lettersStay(house.config)) facts.push(['Letters', `${origin}/dev/mail`])
  remark(`\n  ${bold(house.content.company.name)} is open.  ${faint(`cloudrun ${version()}`)}\n\n${columns(facts)}\n`)
  if (process.stderr.isTTY) remark(faint('  Ctrl-C closes it.\n'))
}

const lettersStay = ({ smtpUrl, environment }: Config): boolean => smtpUrl === undefined && environment === 'development'

/** Migrations, logins, grants and the check of the data map; serves nothing. */
export async function migrate({ json }: { json?: boolean | undefined }): Promise<number> {
  logTo(() => {})
  const config = readConfig(process.env)
  const found = await findDatabase(config, { attach: true })
  try {
    await prepareDatabase(config, found)
  } finally {
    await found.stop()
  }
  if (json) sayJson({ version: version(), upToDate: true })
  else say('The database is up to date, and agrees with the data map.')
  return exits.done
}
