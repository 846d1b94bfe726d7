/**
 * Actions on their way to services of others: only those of public pages, only of somebody who agreed to
 * that service before, and only while they do. The database itself puts nothing in without their answer.
 */
import { randomUUID } from 'node:crypto'
import { DAY, HOUR } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { seal, unseal } from '../database/sealing.ts'
import { logFault } from '../log.ts'
import type { OutgoingAction } from '../processors/analytics.ts'
import { type Asked, askedOf } from '../processors/analytics-question.ts'
import { analyticsServices } from '../processors/analytics-services.ts'
import { ANSWER_DAYS, answersIn } from '../web/answers.ts'
import { hasCookie } from '../web/cookies.ts'
import type { House } from '../web/house.ts'
import type { Action } from './action.ts'
import type { Asker } from './sight.ts'
import { hmac, type Salt } from './salt.ts'
import { goOnWith } from './under-way.ts'

/** Pages that are somebody's own, and those that hold a token: they go nowhere. */
const OWN =
  /^\/(account|sign-in|sign-up|sign-out|password|invitations|visits|staff|dev|api|privacy\/requests|updates\/(confirm|preferences|unsubscribe))(\/|$)/

const kinds: ReadonlySet<string> = new Set(['view', 'action', 'link', 'file', 'missing'] satisfies OutgoingAction['kind'][])

/**
 * Lets actions wait for the services that who asks agreed to; nobody waits for it, and it never throws. Without such a
 * service it costs nothing.
 */
export function letGo(house: House, asker: Asker, made: Omit<Made, 'asked'>): void {
  const asked = askedOf(house.config)
  if (asked.length === 0) return
  const going = wait(house, asker, { ...made, asked })
  goOnWith(
    house.db,
    going.catch((fault: unknown) => logFault('navigation.not-let-go', fault)),
  )
}

interface Made {
  readonly asked: readonly Asked[]
  readonly actions: readonly Action[]
  readonly salt: Salt
}

async function wait({ config, db }: House, { header }: Asker, { asked, actions, salt }: Made): Promise<void> {
  const answers = answersIn(config, header('cookie'))
  const agreed = asked.filter(({ mark }) => answers?.agreed.has(mark))
  const told = actions.filter(({ kind, page }) => kinds.has(kind) && !OWN.test(page))
  if (!answers || agreed.length === 0 || told.length === 0) return
  const known = hasCookie(config, header('cookie'), 'session')
  await waitToGo(db, { agreed, told, salt, receipt: answers.receipt, known })
}

interface Going {
  readonly agreed: readonly Asked[]
  readonly told: readonly Action[]
  readonly salt: Salt
  readonly receipt: string
  /** Somebody is signed in. A person's answer counts for nobody else who uses their browser. */
  readonly known: boolean
}

const INSERT = `
  insert into outgoing_actions (id, service, consent_id, person_id, sealed, tries, due_at, until_at)
  select w.id, w.service, c.id, c.person_id, w.sealed, 0, w.due_at, w.until_at
    from unnest($1::uuid[], $2::text[], $3::bytea[], $4::timestamptz[], $5::timestamptz[]) as w (id, service, sealed, due_at, until_at)
    join (select id, person_id, agreed from consents
           where id = $6 and ended_at is null and decided_at <= $7 and decided_at > $8 and (person_id is null or $9) for share) as c
      on w.service = any (c.agreed)`

async function waitToGo(db: Database, { agreed, told, salt, receipt, known }: Going): Promise<void> {
  const rows = agreed.flatMap(({ service }) => told.map((action) => ({ service, action, id: randomUUID() })))
  const key = db.keyring.own('outgoing')
  const first = told[0]?.at.getTime() ?? 0
  const hour = Math.floor(first / HOUR) * HOUR
  const values = [
    rows.map(({ id }) => id),
    rows.map(({ service }) => service),
    rows.map(({ id, service, action }) =>
      seal(key, JSON.stringify(outgoing(action, { id, client: clientOf(salt, service, receipt, known) }))),
    ),
    rows.map(() => new Date(hour)),
    rows.map(({ service }) => new Date(hour + (analyticsServices[service].hours + 1) * HOUR)),
    receipt,
    new Date(first),
    new Date(first - ANSWER_DAYS * DAY),
    known,
  ]
  await db.write('personalisation', { name: 'let-go', text: INSERT, values })
}

/** The visitor's number of the day for one service: from the receipt, which is random, under the salt, which is destroyed. */
const clientOf = (salt: Salt, service: string, receipt: string, known: boolean): string =>
  hmac(salt, `${service}\n${receipt}\n${known}`).slice(0, 16)

const outgoing = (action: Action, { id, client }: Pick<OutgoingAction, 'id' | 'client'>): OutgoingAction => ({
  id,
  client,
  at: action.at.getTime(),
  kind: action.kind as OutgoingAction['kind'],
  host: action.host,
  page: action.page,
  label: action.label,
  referrer: action.referrer,
  source: action.source,
  medium: action.medium,
  campaign: action.campaign,
  term: action.term,
  content: action.content,
  browser: action.browser,
  version: action.version,
  language: action.language,
  device: action.device,
  country: action.country,
})

/** The action inside a row that waits. */
export const opened = (db: Database, sealed: Buffer): OutgoingAction =>
  JSON.parse(unseal(db.keyring.own('outgoing'), sealed).toString()) as OutgoingAction
