/** P17: people use the services that they registered for, and exactly those. */
import { HOUR, now } from '../clock.ts'
import { asId } from '../log.ts'
import { accessOf } from '../services/access.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p17: Promised = {
  name: 'P17',
  says: 'Cloudrun offers several services; people register for those that they want to use, and get exactly those.',
  keptBy: [
    { page: '/services', says: 'shows what there is' },
    { page: '/account/services', says: 'shows what one registered for, to leave it' },
    { constraint: 'memberships_living', says: 'somebody is registered for a service once' },
    { constraint: 'memberships_ended_is_ended', says: 'what has ended opens nothing' },
    { job: 'services.keep-time', says: 'ends what was asked to end or never paid for, and grace that is over' },
    { file: 'src/services/access.ts', says: 'the one question that every service asks before it opens' },
  ],
  looksAt:
    'Each service on its page; the newest memberships, by asking for each whether its service opens, and whether another one does; use that was reported where nobody was registered; and memberships whose time is over.',
  async check(look) {
    await lookAtCatalogue(look)
    await lookAtAccess(look)
    await lookAtUse(look)
    await lookAtTime(look)
  },
}

async function lookAtCatalogue(look: Look): Promise<void> {
  const services = await look.rows<{ slug: string; title: string }>(
    'service',
    'select slug, title from services where closed_at is null order by place limit 100',
  )
  look.count('services', services.length)
  if (services.length < 2) look.find('there are not several services')
  for (const { slug } of services.slice(0, 20)) {
    const { status } = await look.get(`/services/${slug}`)
    look.expect('pages of services', status === 200, `a service cannot be looked at: ${slug} answers ${status}`)
  }
}

interface Sample extends Record<string, unknown> {
  readonly id: string
  readonly person: string
  readonly slug: string
  readonly open: boolean
  readonly other: string | null
}

const NEWEST = 50

/** Asks what a service would ask: for what somebody is registered for, and for something that they are not. */
async function lookAtAccess(look: Look): Promise<void> {
  const sample = await look.rows<Sample>(
    'service',
    `select m.id, m.person_id as person, s.slug,
            m.ended_at is null and (m.standing in ('trial', 'active') or (m.standing = 'grace' and m.grace_until_at > $1)) as open,
            (select o.slug from services o where not exists (select from memberships x where x.person_id = m.person_id and x.service_id = o.id) order by o.place limit 1) as other
       from memberships m join services s on s.id = m.service_id
      where m.ended_at is null or not exists (select from memberships x where x.person_id = m.person_id and x.service_id = m.service_id and x.ended_at is null)
      order by m.id desc limit ${NEWEST}`,
    [now()],
  )
  look.count('memberships', sample.length)
  for (const { id, person, slug, open, other } of sample) {
    const personId = asId(person)
    if (!personId) continue
    const { allowed } = await accessOf(look.house.db, { service: slug, person: personId })
    if (allowed !== open)
      look.find(
        `${allowed ? 'a service opens that is not registered for' : 'a service does not open that is registered for'}: membership ${id}`,
      )
    if (other !== null && (await accessOf(look.house.db, { service: other, person: personId })).allowed)
      look.find(`a service opens to somebody who never registered for it: ${other}`)
  }
}

async function lookAtUse(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number }>(
    'service',
    'select count(*)::int as all from (select record from usage_records limit 2000) u',
  )
  look.count('records of use', row?.all ?? 0)
  await look.none('questions about use', {
    purpose: 'service',
    text: `select u.record as id from (select record, service_id, membership_id, person_id, happened_at from usage_records order by received_at desc limit 2000) u join memberships m on m.id = u.membership_id
            where m.service_id <> u.service_id or m.person_id <> u.person_id or u.happened_at < m.joined_at - interval '1 day' or u.happened_at > m.ended_at + interval '1 day'`,
    says: 'use was reported where nobody was registered',
  })
}

/** The clock keeps time every ten minutes. */
async function lookAtTime(look: Look): Promise<void> {
  const values = [new Date(now().getTime() - HOUR)]
  await look.none('questions about time', {
    purpose: 'service',
    text: `select id::text as id from memberships where ended_at is null and (leaves_at < $1 or (standing = 'grace' and grace_until_at < $1))`,
    values,
    says: 'the time of a membership is over, and it goes on',
  })
  await look.none('questions about plans', {
    purpose: 'service',
    text: 'select m.id::text as id from memberships m join plans p on p.id = m.plan_id where m.ended_at is null and p.service_id <> m.service_id',
    says: 'somebody has a plan of another service than they registered for',
  })
}
