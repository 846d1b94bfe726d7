/**
 * Consent to services of others, and its proof. Each answer is a row of its own, never changed but for the
 * moment at which another took its place; what waited under the old one is then deleted.
 */
import { createHash, randomUUID } from 'node:crypto'
import { and, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { DAY, fromNow, now } from '../clock.ts'
import type { Config } from '../config.ts'
import type { For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { unrestricted } from '../people/restriction.ts'
import { askedOf } from '../processors/analytics-question.ts'
import { ANSWER_DAYS, answersAs } from '../web/answers.ts'
import { consents, consentWords, outgoingActions } from './consent-tables.ts'

/** Who answers: somebody signed in, and the receipt that their browser had so far. */
interface Answering {
  readonly personId: Id | undefined
  readonly receipt: string | undefined
}

/** What everybody is shown, one service after another. */
export const wordsAsked = (config: Config): string =>
  askedOf(config)
    .map(({ words }) => words)
    .join('\n\n')

const versionOf = (words: string): string => createHash('sha256').update(words).digest('hex').slice(0, 16)

/**
 * Keeps an answer: the services that were agreed to; all others that are asked for were refused.
 * @returns what the browser is to remember
 */
export async function answer(
  tx: For<'personalisation'>,
  config: Config,
  { agreed, by }: { agreed: readonly string[]; by: Answering },
): Promise<string> {
  await endAnswers(tx, by)
  const words = wordsAsked(config)
  const version = versionOf(words)
  await tx.insert(consentWords).values({ version, words, firstAt: now() }).onConflictDoNothing()
  const all = askedOf(config).map((one) => ({ ...one, agreed: agreed.includes(one.service) }))
  const names = (yes: boolean): string[] => all.filter((one) => one.agreed === yes).map(({ service }) => service)
  const id = randomUUID()
  const said = { id, version, agreed: names(true), refused: names(false), decidedAt: now() }
  await tx.insert(consents).values({ ...said, personId: by.personId ?? null })
  log('navigation.answered', { agreed: said.agreed.length, refused: said.refused.length })
  return answersAs(id, all)
}

// First the answer ends, then what waits under it goes: an action that comes in meanwhile waits for the
// answer's row, and finds that it has ended.
async function endAnswers(tx: For<'personalisation'>, { personId, receipt }: Answering): Promise<void> {
  const theirs = [
    ...(personId ? [eq(consents.personId, personId)] : []),
    // The number in a cookie ends what nobody is known by; a person's answers, only themselves.
    ...(receipt ? [and(eq(consents.id, receipt), isNull(consents.personId))] : []),
  ]
  if (theirs.length === 0) return
  const ended = await tx
    .update(consents)
    .set({ endedAt: now() })
    .where(and(isNull(consents.endedAt), or(...theirs)))
    .returning({ id: consents.id })
  if (ended.length === 0) return
  const ids = ended.map(({ id }) => id)
  await tx.delete(outgoingActions).where(inArray(outgoingActions.consentId, ids))
}

/** What the browser of this person is to remember, if they answered for what is asked now, on whatever device. */
export async function answerOf(
  tx: For<'personalisation'>,
  config: Config,
  personId: Id,
): Promise<{ id: string; remembered: string } | undefined> {
  const [found] = await tx
    .select({ id: consents.id, agreed: consents.agreed })
    .from(consents)
    .where(
      and(
        eq(consents.personId, personId),
        isNull(consents.endedAt),
        eq(consents.version, versionOf(wordsAsked(config))),
        sql`${consents.decidedAt} > ${fromNow(-ANSWER_DAYS * DAY).toISOString()}`,
      ),
    )
    .orderBy(desc(consents.decidedAt))
    .limit(1)
  if (!found) return undefined
  return {
    id: found.id,
    remembered: answersAs(
      found.id,
      askedOf(config).map((one) => ({ ...one, agreed: found.agreed.includes(one.service) })),
    ),
  }
}

/** How often each service was agreed to and refused, by answers that still hold. */
export interface AnswerCount extends Record<string, unknown> {
  readonly service: string
  readonly agreed: number
  readonly refused: number
}

/** Counts the answers that still hold, those of restricted people left out; no row of anybody's is read out. */
export async function countAnswers(tx: For<'legal'>): Promise<AnswerCount[]> {
  const since = fromNow(-ANSWER_DAYS * DAY).toISOString()
  const { rows } = await tx.execute<AnswerCount>(sql`
    with standing as (
      select agreed, refused from ${consents}
       where ended_at is null and decided_at > ${since} and ${unrestricted(tx, consents.personId)})
    select service, count(*) filter (where yes)::int as agreed, count(*) filter (where not yes)::int as refused
      from (select unnest(agreed) as service, true as yes from standing union all select unnest(refused), false from standing) as answers
     group by service order by service`)
  return rows
}
