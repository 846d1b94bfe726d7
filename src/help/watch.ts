/** Watching that questions get an answer: those who answer are reminded of what waits long, and what was answered and is quiet closes. */
import { asc, count, lte } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import { log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { may } from '../staff/roles.ts'
import { team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { setApart } from './apart.ts'
import { closeQuiet } from './conversation.ts'
import { waitingLetter } from './emails.ts'
import { conversations } from './tables.ts'

/** A question that waits so long is told of by letter. */
export const PATIENCE_DAYS = 2
const SHOWN = 20

/** All of it; every morning. */
export async function watch(house: House): Promise<void> {
  await house.db.as('rights', setApart)
  await house.db.as('support', async (tx) => {
    const closed = await closeQuiet(tx)
    const { id, waitingSince } = conversations
    const long = lte(waitingSince, fromNow(-PATIENCE_DAYS * DAY))
    const [all] = await tx.select({ waiting: count() }).from(conversations).where(long)
    const shown = await tx.select({ id, waitingSince }).from(conversations).where(long).orderBy(asc(waitingSince)).limit(SHOWN)
    const facts = shown.map((row): [string, string] => [row.id.slice(-8), days(row.waitingSince ?? now())])
    const more = (all?.waiting ?? 0) - shown.length
    const told = more > 0 ? [...facts, ['and more', String(more)] as const] : facts
    const to = (await team(tx)).filter(({ role }) => may(role, 'help'))
    if (facts.length > 0) for (const { email } of to) await post(tx, waitingLetter(house, email, told))
    log('help.watched', { closed, waiting: all?.waiting ?? 0 })
  })
}

const days = (since: Date): string => `${Math.floor((now().getTime() - since.getTime()) / DAY)} days`
