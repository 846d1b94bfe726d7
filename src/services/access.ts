/**
 * Access is one question: may this person use this service, until when, and with which limits? It is
 * asked with every request to a service, so it is one prepared statement.
 */
import { now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { Standing } from './tables.ts'

/** The answer. `until` is the moment from which on one must ask again; null: ask when told of a change. */
export interface Access {
  readonly allowed: boolean
  readonly standing: Standing | 'none'
  readonly plan: string | null
  readonly seats: number
  readonly until: Date | null
  readonly limits: Readonly<Record<string, number>>
}

interface Row extends Record<string, unknown> {
  readonly standing: Standing
  readonly plan: string
  readonly seats: number
  readonly until: Date | null
  readonly open: boolean
  readonly limits: Record<string, number>
}

const NONE: Access = { allowed: false, standing: 'none', plan: null, seats: 0, until: null, limits: {} }

// Grace ends by its moment, not by the job that notes it. A person, a service and a membership that do
// not exist answer alike.
const ASK = `
  select m.standing, p.slug as plan, m.seats, p.limits,
         case m.standing when 'grace' then m.grace_until_at else least(m.leaves_at, case when m.standing = 'trial' then m.paid_until_at end) end as until,
         m.standing in ('trial', 'active') or (m.standing = 'grace' and m.grace_until_at > $3) as open
    from services s
    join memberships m on m.service_id = s.id and m.person_id = $2 and m.ended_at is null
    join plans p on p.id = m.plan_id
   where s.slug = $1`

/** May this person use this service? */
export async function accessOf(db: Database, { service, person }: { service: string; person: Id }): Promise<Access> {
  const [row] = await db.read<Row>('service', { name: 'access', text: ASK, values: [service, person, now()] })
  if (!row) return NONE
  const { standing, plan, seats, until, open, limits } = row
  return { allowed: open, standing, plan, seats, until, limits: open ? limits : {} }
}
