/** The command line: `cloudrun`. */
import { parseArgs } from 'node:util'
import { readConfig, WrongSetting } from './config.ts'
import { EmbeddedError } from './database/embedded.ts'
import { WrongDatabase } from './database/migrate.ts'
import { catchStrays, leave, openHouse, serve } from './main.ts'
import { inviteFirstOwner } from './sessions/invitation.ts'
import { owners } from './staff/team.ts'
import type { House } from './web/house.ts'

async function start(): Promise<void> {
  const config = readConfig(process.env)
  const readiness = { leaving: false }
  const open = await openHouse(config, { working: true, onDeath: () => process.exit(1) })
  const server = await serve(open.house, readiness)
  catchStrays()
  const goodbye = () => void leave(open, server, readiness).then(() => process.exit(0))
  process.once('SIGTERM', goodbye).once('SIGINT', goodbye)
  await greet(open.house)
}

async function greet(house: House): Promise<void> {
  const { origin, smtpUrl, environment } = house.config
  console.error(`\n  ${house.content.company.name} is open at ${origin}`)
  const link = await house.db.as('security', async (tx) => ((await owners(tx)) === 0 ? inviteFirstOwner(tx) : undefined))
  if (link) console.error(`  Become the first owner (once, within a day): ${origin}/invitations/${link}`)
  if (!smtpUrl && environment === 'development') console.error(`  Letters can be read at ${origin}/dev/mail`)
  console.error('')
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true, strict: false })
  if (positionals[0] === undefined || positionals[0] === 'start') return start()
}

main().catch((fault: unknown) => {
  if (fault instanceof WrongSetting || fault instanceof WrongDatabase || fault instanceof EmbeddedError)
    console.error(`cloudrun: ${fault.message}`)
  else console.error(fault)
  process.exit(1)
})
