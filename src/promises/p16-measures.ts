/** What else protects the data: retention, the record, sessions, sealing, the doors. */
import { hashOf } from '../audit/chain.ts'
import { escapeIdentifier as quoted } from 'pg'
import { DAY, HOUR, MINUTE, now } from '../clock.ts'
import { answersOf } from '../database/classify.ts'
import { due } from '../database/sweep.ts'
import { register } from '../register.ts'
import { IDLE_DAYS, STRICT_HOURS } from '../sessions/session.ts'
import { safeHeaders } from '../web/headers.ts'
import { columnsOf } from './catalog.ts'
import type { Look } from './look.ts'

/** The clock sweeps every five minutes: what was due an hour ago is gone. */
export async function lookAtRetention(look: Look): Promise<void> {
  const old = register.flatMap((held) => due(held, new Date(now().getTime() - HOUR)) ?? [])
  look.count('tables with an end date', old.length)
  const asked = old.map(
    ({ held, column }, at) =>
      `select '${held.name}' as name where exists (select from ${quoted(held.name)} where ${quoted(column.name)} <= $${at + 1})`,
  )
  const rows = await look.rows<{ name: string }>(
    'operations',
    asked.join(' union all '),
    old.map(({ until }) => until),
  )
  look.find(...rows.map(({ name }) => `rows outlived their time: ${name}`))
}

type Entry = Parameters<typeof hashOf>[0]
const NEWEST = 500

/** The end of the chain, entry by entry; every night the whole of it is looked over. */
export async function lookAtRecord(look: Look): Promise<void> {
  const newest = await look.rows<Entry & Record<string, unknown>>(
    'operations',
    `select number::int, act, about, actor, done_at as "doneAt", hash from audit_entries order by number desc limit ${NEWEST + 1}`,
  )
  const entries = newest.reverse()
  look.count('entries of the record', entries.length)
  for (const [at, entry] of entries.entries()) {
    const before = entries[at - 1]
    const isFirst = before === undefined && entry.number === 1
    if (before === undefined && !isFirst) continue
    const whole = (isFirst || before?.number === entry.number - 1) && hashOf(entry, before?.hash ?? Buffer.alloc(0)).equals(entry.hash)
    if (!whole) look.find(`the record is not whole at entry ${entry.number}`)
  }
}

export async function lookAtSessions(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number; long: number; staff: number; lax: number }>(
    'security',
    `select count(*)::int as all, count(*) filter (where s.expires_at > $1)::int as long,
            count(*) filter (where t.person_id is not null and t.since_at < s.started_at and s.expires_at > s.started_at + $2::interval)::int as staff,
            (select count(*) from staff f left join strict_sessions x on x.person_id = f.person_id where x.person_id is null)::int as lax
       from (select person_id, started_at, expires_at from sessions order by expires_at desc limit 5000) s left join strict_sessions t on t.person_id = s.person_id`,
    [new Date(now().getTime() + IDLE_DAYS * DAY + HOUR), `${STRICT_HOURS * 60 + (5 * MINUTE) / MINUTE} minutes`],
  )
  look.count('sessions', row?.all ?? 0)
  look.find(...(row?.long ? [`sessions that last longer than ${IDLE_DAYS} days: ${row.long}`] : []))
  look.find(...(row?.staff ? [`sessions of staff that last longer than ${STRICT_HOURS} hours: ${row.staff}`] : []))
  look.find(...(row?.lax ? [`members of staff without the stricter rules: ${row.lax}`] : []))
  const [hashes] = await look.rows<{ all: number; weak: number }>(
    'security',
    `select count(*)::int as all, count(*) filter (where hash !~ '^\\$argon2id\\$v=19\\$m=[0-9]{5,},')::int as weak from (select hash from passwords limit 5000) p`,
  )
  look.count('passwords', hashes?.all ?? 0)
  look.find(...(hashes?.weak ? [`passwords that are not kept by Argon2id: ${hashes.weak}`] : []))
}

/** What is sealed is bytes, and no login comes by it through a function that forgets who asks. */
export async function lookAtSealing(look: Look): Promise<void> {
  const types = new Map((await columnsOf(look)).map(({ table, name, type }) => [`${table}.${name}`, type]))
  const sealed = register.flatMap((held) =>
    answersOf(held)
      .filter(({ category }) => category === 'sealed' || category === 'key')
      .map(({ name }) => `${held.name}.${name}`),
  )
  look.count('sealed columns', sealed.length)
  look.find(...sealed.filter((name) => types.get(name) !== 'bytea').map((name) => `what should be sealed is no bytes: ${name}`))
  const lent = await look.rows<{ name: string }>(
    'operations',
    `select p.proname as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
        and not exists (select from unnest(p.proconfig) as c where c like 'search_path=%')`,
  )
  look.find(...lent.map(({ name }) => `a function lends its owner’s rights to whoever calls it: ${name}`))
}

export async function lookAtDoors(look: Look): Promise<void> {
  const page = await look.get('/')
  const wanted = Object.entries(safeHeaders(look.house.config))
  look.count('headers', wanted.length)
  look.find(...wanted.filter(([name, value]) => page.headers.get(name) !== value).map(([name]) => `the first page comes without ${name}`))
  look.find(
    ...MUST.filter((words) => !(page.headers.get('content-security-policy') ?? '').includes(words)).map(
      (words) => `browsers are not told: ${words}`,
    ),
  )
  const forged = {
    method: 'POST',
    body: new URLSearchParams(),
    headers: { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' },
  }
  for (const path of ['/sign-out', '/account', '/sign-in']) {
    const { status } = await look.get(path, forged)
    look.expect('forged forms', status === 403, `a form of another site is answered by ${status} at ${path}`)
  }
  const doors = look.doors().filter(({ method, path }) => method === 'GET' && /^\/(staff|account)(\/|$)/.test(path) && !path.includes(':'))
  for (const { path } of doors) {
    const { status, headers } = await look.get(path)
    look.expect(
      'closed doors',
      status === 303 && (headers.get('location') ?? '').startsWith('/sign-in'),
      `a stranger is let in: ${path} answers ${status}`,
    )
  }
}

const MUST = ["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
