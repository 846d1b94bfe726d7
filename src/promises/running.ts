/** Running the checks: each looks by itself, what it saw is kept, and a change of how a promise stands is told at once. */
import { sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { log, logFault, word } from '../log.ts'
import { post } from '../mail/letter.ts'
import { team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { forgetReady } from '../web/ready.ts'
import { promises } from './all.ts'
import { lookForKeepers } from './catalog.ts'
import { changeLetter } from './emails.ts'
import { CannotLook, Look } from './look.ts'
import type { Promised, PromiseName, Standing } from './promise.ts'
import { latestChange } from './evidence.ts'
import { promiseChanges, promiseRuns } from './tables.ts'

/** What came of one look. */
export interface Run {
  readonly promise: PromiseName
  readonly standing: Standing
  readonly examined: readonly string[]
  readonly findings: readonly string[]
  readonly ranAt: Date
}

/** Examines these promises, one after another, and keeps what was seen. */
export async function runChecks(house: House, names?: readonly PromiseName[]): Promise<Run[]> {
  const runs: Run[] = []
  for (const promised of promises.filter(({ name }) => !names || names.includes(name))) {
    const run = await examineSurely(house, promised)
    await house.db.as('operations', (tx) => keep(tx, house, run))
    runs.push(run)
  }
  // What this process shows is new at once; others follow within the page's seconds.
  forgetReady(house)
  return runs
}

/** Examines a promise so that it is sure: the house goes on meanwhile, and a second look tells what is broken from what was in motion. */
export async function examineSurely(house: House, promised: Promised): Promise<Run> {
  const run = await examine(house, promised)
  return run.standing === 'broken' ? examine(house, promised) : run
}

/** Looks whether one promise holds: whether what keeps it is there, and whether anything breaks it. Keeps nothing. */
export async function examine(house: House, { name, keptBy, check }: Promised): Promise<Run> {
  const look = new Look(house)
  const ranAt = now()
  const fault = await lookAt(look, { keptBy, check }).catch((fault: unknown) => fault)
  if (fault !== undefined && !(fault instanceof CannotLook)) logFault('promises.not-examined', fault, { promise: word(name) })
  const examined = [...look.examined].map(([what, many]) => counted(many, what))
  const { findings } = look
  // A breach that was found is one, whatever came after it.
  if (findings.length > 0) return { promise: name, standing: 'broken', examined, findings, ranAt }
  const why = fault === undefined ? undefined : whyNot(fault)
  return { promise: name, standing: why === undefined ? 'holds' : 'unexamined', examined, findings: why === undefined ? [] : [why], ranAt }
}

// A check that counts nothing of its own has looked at nothing, and must not pass for one that holds.
async function lookAt(look: Look, { keptBy, check }: Pick<Promised, 'keptBy' | 'check'>): Promise<void> {
  await lookForKeepers(look, keptBy)
  const before = totalOf(look)
  await check(look)
  if (totalOf(look) === before) throw new CannotLook('it examined nothing')
}

/** So many of something, such as "1 public page" or "1,204 rows". */
function counted(many: number, what: string): string {
  const one = what
    .replace('people', 'person')
    .replace(/\b(\w+?)(ies|(?<=x|ch|sh)es|s)\b/, (_, stem: string, end: string) => (end === 'ies' ? `${stem}y` : stem))
  return `${many.toLocaleString('en-GB')} ${many === 1 ? one : what}`
}

const totalOf = ({ examined }: Look): number => [...examined.values()].reduce((sum, many) => sum + many, 0)

// A fault's message may quote values, so its class is all that is told; the log has where it was.
const whyNot = (fault: unknown): string =>
  fault instanceof CannotLook
    ? `The check could not look: ${fault.message}.`
    : `The check failed: ${fault instanceof Error ? fault.name : 'unknown'}.`

const LOCK = 7_201_946

async function keep(tx: For<'operations'>, house: House, run: Run): Promise<void> {
  // Two processes that look at once tell of a change once.
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`)
  const { promise, standing, examined, findings, ranAt } = run
  await tx.insert(promiseRuns).values({ id: newId(), promise, standing, examined: [...examined], findings: [...findings], ranAt })
  const before = await latestChange(tx, promise)
  if (before?.standing === standing) return
  const id = newId()
  await tx.insert(promiseChanges).values({ id, promise, standing, sinceAt: ranAt })
  // The first look at a promise that holds is no news.
  if (before || standing !== 'holds') await tell(tx, house, { id, run })
}

const acts = { holds: 'promise.held', broken: 'promise.broken', unexamined: 'promise.unexamined' } as const

async function tell(tx: For<'operations'>, house: House, { id, run }: { id: Id; run: Run }): Promise<void> {
  await record(tx, { act: acts[run.standing], thing: id })
  const owners = (await house.db.as('security', team)).filter(({ role }) => role === 'owner')
  const to = owners.length > 0 ? owners.map(({ email }) => email) : [house.config.privacyAddress]
  for (const email of to) await post(tx, changeLetter(house, email, run))
  log(
    'promises.changed',
    { promise: word(run.promise), standing: word(run.standing), letters: to.length },
    run.standing === 'holds' ? 'info' : 'error',
  )
}
