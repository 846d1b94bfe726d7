/** What the doctor sees in a house whose database is as it should be: later work, letters, people who answer, the record, and the way to the site. */
import { readHeads, headsFile } from '../audit/head.ts'
import { DAY, HOUR, MINUTE, now } from '../clock.ts'
import { jobsGauge } from '../jobs/gauges.ts'
import { findings as mailFindings } from '../mail/checkup.ts'
import { lettersGauge } from '../mail/gauges.ts'
import { listens, lookAtSite } from '../egress/own-site.ts'
import { collector, reachCollector } from '../processors/collector.ts'
import { reachSmtp } from '../processors/smtp.ts'
import { evidenceOf } from '../promises/evidence.ts'
import { requestsGauge } from '../requests/gauges.ts'
import { mayUse } from '../versions/permission.ts'
import type { Gauge } from '../web/gauges.ts'
import type { House } from '../web/house.ts'
import { lookAtStripe } from './doctor-stripe.ts'
import { bad, doubtful, type Finding, well } from './finding.ts'

/** Looks at everything inside, and at the ways to it. */
export async function lookAtHouse(house: House): Promise<Finding[]> {
  const secret = await secretOf(house)
  if (secret.state === 'fail') return [secret]
  return [
    secret,
    ...(await laterWork(house)),
    await lettersOf(house),
    ...(await peopleOf(house)),
    await requestsOf(house),
    await recordOf(house),
    await promisesOf(house),
    ...(await waysOf(house)),
    ...(await lookAtStripe(house)),
  ]
}

/** The sum of a family's numbers, or the largest of them. */
async function numberOf(house: House, gauge: Gauge, name: string, how: 'sum' | 'most' = 'sum'): Promise<number> {
  const readings = (await gauge(house)).find((family) => family.name === name)?.readings.map(({ value }) => value) ?? []
  return how === 'sum' ? readings.reduce((sum, value) => sum + value, 0) : Math.max(0, ...readings)
}

async function secretOf({ db }: House): Promise<Finding> {
  const rows = await db
    .read<{ wrapped: Buffer }>('rights', {
      name: 'doctor-secret',
      text: 'select wrapped_key as wrapped from person_keys limit 1',
      values: [],
    })
    .catch((fault: { code?: string }) => fault.code ?? 'unknown')
  if (typeof rows === 'string')
    return bad('secret', `The logins of the purposes do not open (${rows}): start the program, which gives them their passwords.`)
  try {
    for (const { wrapped } of rows) db.keyring.unwrap(wrapped)
    return well('secret', rows.length > 0 ? 'What is sealed opens.' : 'Nothing is sealed yet.')
  } catch {
    return bad(
      'secret',
      'The root of the keys does not open what is sealed: one of them is from another database, so put back all of it from a backup.',
    )
  }
}

const STUCK = 15 * MINUTE

async function laterWork(house: House): Promise<Finding[]> {
  const given = await numberOf(house, jobsGauge, 'cloudrun_dead_letters')
  const oldest = await numberOf(house, jobsGauge, 'cloudrun_job_oldest_seconds', 'most')
  return [
    oldest * 1000 > STUCK
      ? bad(
          'jobs',
          `A job has been due for ${Math.round(oldest / 60)} minutes: start the program, which does later work, or look into its log for jobs.failed.`,
        )
      : well('jobs', 'Later work is done when it is due.'),
    ...(given > 0
      ? [
          doubtful(
            'jobs',
            `${given} ${given === 1 ? 'job was' : 'jobs were'} given up: look at /staff/jobs, mend the cause, and try them again there.`,
          ),
        ]
      : []),
  ]
}

async function lettersOf(house: House): Promise<Finding> {
  const [waiting, oldest] = [
    await numberOf(house, lettersGauge, 'cloudrun_letters_waiting'),
    await numberOf(house, lettersGauge, 'cloudrun_letter_oldest_seconds'),
  ]
  if (oldest * 1000 > HOUR)
    return bad(
      'letters',
      `${waiting} letters wait, the oldest for ${Math.round(oldest / 3600)} hours: see what the log says of mail.deliver, and whether SMTP_URL is right.`,
    )
  return well('letters', waiting > 0 ? `${waiting} letters are on their way.` : 'No letter waits.')
}

interface Team extends Record<string, unknown> {
  owners: number
  bare: number
}

async function peopleOf({ db }: House): Promise<Finding[]> {
  const [team] = await db.read<Team>('security', {
    name: 'doctor-team',
    text: `select count(*) filter (where role = 'owner')::int as owners,
                  count(*) filter (where not exists (select from passkeys k where k.person_id = s.person_id)
                    and not exists (select from second_factors f where f.person_id = s.person_id and f.confirmed_at is not null))::int as bare
             from staff s`,
    values: [],
  })
  const { owners = 0, bare = 0 } = team ?? {}
  return [
    owners === 0
      ? bad('team', 'Nobody is an owner: cloudrun staff add EMAIL --role owner.')
      : owners === 1
        ? doubtful('team', 'There is one owner: appoint another one, for the day on which that one cannot sign in.')
        : well('team', `${owners} owners.`),
    ...(bare > 0
      ? [
          doubtful(
            'team',
            `${bare} of the team have no second factor, and so no way into the console: have them add one at /account/security.`,
          ),
        ]
      : []),
  ]
}

async function requestsOf(house: House): Promise<Finding> {
  const overdue = await numberOf(house, requestsGauge, 'cloudrun_requests_overdue')
  if (overdue > 0)
    return bad(
      'requests',
      `${overdue} ${overdue === 1 ? 'request' : 'requests'} about data should have been answered: see /staff/requests.`,
    )
  return well('requests', 'No request about data is overdue.')
}

const UNSIGNED = 15 * MINUTE

async function recordOf({ db, config }: House): Promise<Finding> {
  const [last] = await db.read<{ number: number; at: Date }>('operations', {
    name: 'doctor-record',
    text: 'select number::int as number, done_at as at from audit_entries order by number desc limit 1',
    values: [],
  })
  if (!last) return well('record', 'The record is empty.')
  const heads = await readHeads(headsFile(config.dataDir), db.keyring.own('audit')).catch(() => undefined)
  if (!heads)
    return bad('record', 'A signed head of the record was not signed here: run cloudrun audit verify, and put the file back as it was.')
  const signed = heads.at(-1)?.number ?? 0
  if (signed < last.number && now().getTime() - last.at.getTime() > UNSIGNED)
    return bad(
      'record',
      `Entries after ${signed} of the record are signed nowhere here: start the program with DATA_DIR as it was, or look at the machine that does later work.`,
    )
  return well('record', `The record is signed up to entry ${signed}.`)
}

async function promisesOf({ db }: House): Promise<Finding> {
  const evidence = await db.as('operations', evidenceOf)
  const of = (...states: string[]): string =>
    evidence
      .filter(({ standing }) => states.includes(standing))
      .map(({ promise }) => promise)
      .join(', ')
  if (of('broken')) return bad('promises', `Broken: ${of('broken')}. See /staff/promises.`)
  if (of('stale', 'never', 'unexamined'))
    return doubtful('promises', `Not known to hold: ${of('stale', 'never', 'unexamined')}. Run cloudrun promises check.`)
  return well('promises', 'All promises hold.')
}

async function waysOf(house: House): Promise<Finding[]> {
  const found = await Promise.all([siteOf(house), smtpOf(house), doorOf(house), namesOf(house), tracesOf(house)])
  return found.flat()
}

const SOON_DAYS = 14

async function siteOf({ config }: House): Promise<Finding[]> {
  const sight = await lookAtSite(config)
  const { origin } = config
  if ('failed' in sight)
    return [
      bad('site', `${origin} cannot be reached (${sight.failed}): look at its name, its certificate, and whether proxy and program run.`),
    ]
  const days = sight.certificateEnds ? (sight.certificateEnds.getTime() - Date.now()) / DAY : undefined
  return [
    sight.status === 421
      ? bad('site', `${origin} answers 421: the proxy changes Host. Have it pass Host as it comes.`)
      : sight.status === 200
        ? well('site', `${origin} is ready.`)
        : bad('site', `${origin}/readyz answers ${sight.status}: start the program, and see which part of that page is not ok.`),
    ...(days === undefined
      ? []
      : [
          days < SOON_DAYS
            ? doubtful('certificate', `The certificate ends in ${Math.floor(days)} days: renew it.`)
            : well('certificate', `The certificate is good for ${Math.floor(days)} days (${sight.protocol}).`),
        ]),
  ]
}

async function smtpOf({ config }: House): Promise<Finding[]> {
  if (!config.smtpUrl) return []
  const { hostname } = new URL(config.smtpUrl)
  const why = await reachSmtp(config)
  return [
    why
      ? bad('mail', `The mail server ${hostname} does not take us (${why}): correct SMTP_URL.`)
      : well('mail', `The mail server ${hostname} takes us.`),
  ]
}

async function tracesOf({ config, db }: House): Promise<Finding[]> {
  if (!config.traces) return []
  const { host } = new URL(config.traces.url)
  const why = await reachCollector(config)
  if (why)
    return [
      doubtful('traces', `The collector of traces at ${host} takes nothing (${why}): start it, or correct OTEL_EXPORTER_OTLP_ENDPOINT.`),
    ]
  return [
    (await mayUse(db, { processor: collector.name }))
      ? well('traces', `The collector of traces at ${host} answers.`)
      : doubtful(
          'traces',
          'No version of the privacy policy in force names the collector of traces, so nothing is sent: publish one at /staff/policy.',
        ),
  ]
}

async function doorOf({ config: { smtpInPort } }: House): Promise<Finding[]> {
  if (!smtpInPort) return []
  return [
    (await listens(smtpInPort))
      ? well('mail door', `The mail door on port ${smtpInPort} is open.`)
      : bad('mail door', `Nobody listens on SMTP_IN_PORT ${smtpInPort}: start the program that does later work.`),
  ]
}

async function namesOf(house: House): Promise<Finding[]> {
  if (!house.config.smtpUrl) return []
  return (await mailFindings(house)).map(({ what, state, mend, name, type, wanted }) =>
    state === 'pass'
      ? well(what, `${name} is as it should be.`)
      : { what, state, says: `${mend} (${type} ${name}: ${wanted.length > 90 ? `${wanted.slice(0, 90)}…` : wanted})` },
  )
}
