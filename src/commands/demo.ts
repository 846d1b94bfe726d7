/** `cloudrun demo` and `cloudrun start --demo`: an invented company moves in. */
import { readConfig } from '../config.ts'
import { type Furnished, furnish, isEmpty } from '../demo.ts'
import { enqueue } from '../jobs/queue.ts'
import { team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { inHouse } from './house.ts'
import { CommandError, counted, exits, progress, remark, say, sayJson, wrongUsage } from './terminal.ts'

const MOST = 10_000_000

/** @throws CommandError in production, and when the house has people in it */
export async function demo(options: { people?: string | undefined; json?: boolean | undefined }): Promise<number> {
  const people = numberOf(options.people ?? '2000')
  refuseProduction()
  const made = await inHouse(async (house) => {
    if (!(await isEmpty(house)))
      throw new CommandError(
        `There are people in ${house.config.databaseUrl ? 'this database' : house.config.dataDir} already: give an empty place, such as DATA_DIR=./demo.`,
        exits.failed,
      )
    return fill(house, people)
  })
  if (options.json) sayJson(made)
  else say(`${counted(made.people)} people moved in. Sign in as ${made.owner}: the code will be at /dev/mail.`)
  return exits.done
}

/** An invented company and production do not go together. */
export function refuseProduction(): void {
  if (readConfig(process.env).environment === 'production')
    throw new CommandError(
      'A demo is not for production: its people are invented. Leave it out, or set ENVIRONMENT=development.',
      exits.failed,
    )
}

function numberOf(typed: string): number {
  const people = Number(typed)
  if (Number.isInteger(people) && people >= 1 && people <= MOST) return people
  throw wrongUsage(`--people ${typed}: give a whole number from 1 to ${counted(MOST)}.`)
}

/** Fills the house unless somebody lives there. Returns the owner's address, if there is an owner. */
export async function fillIfEmpty(house: House): Promise<string | undefined> {
  if (await isEmpty(house)) {
    const { owner } = await fill(house, 2_000)
    // Whoever tries it should not wait for the hour in which the promises are looked at.
    await house.db.as('operations', (tx) => enqueue(tx, 'promises.check', {}))
    return owner
  }
  remark('There are people in this house already, so nobody was added.')
  const members = await house.db.as('security', team)
  return members.find((member) => member.role === 'owner')?.email
}

async function fill(house: House, people: number): Promise<Furnished> {
  const bar = progress('People move in', people)
  const made = await furnish(house, { people, progress: (done) => bar.at(done) })
  bar.end()
  return made
}
