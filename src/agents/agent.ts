/** Agents: listed by the operator, set up by themselves, known by the token that they were given then. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { record } from '../audit/record.ts'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { newToken, tokenHash } from '../sessions/secrets.ts'
import { agentMessages, agents } from './tables.ts'

export type Agent = typeof agents.$inferSelect
type Tx = For<'rights'>

/** Every agent, those that are listed first. */
export const allAgents = (tx: Tx): Promise<Agent[]> =>
  tx.select().from(agents).orderBy(sql`${agents.endedAt} desc nulls first`, agents.name).limit(500)

/** Lists an agent. Its name in the directory is taken once: a key that changes is an agent that is listed anew. */
export async function list(
  tx: Tx,
  { by, ...agent }: Pick<Agent, 'agentId' | 'name' | 'verifyKey'> & { by: Id },
): Promise<'listed' | 'taken'> {
  const id = newId()
  const made = await tx
    .insert(agents)
    .values({ id, ...agent, listedAt: now() })
    .onConflictDoNothing({ target: agents.agentId })
    .returning({ id: agents.id })
  if (made.length === 0) return 'taken'
  await record(tx, { act: 'agent.listed', actor: by, thing: id })
  return 'listed'
}

/** Lists an agent no more: what it shows opens nothing from now on. */
export async function end(tx: Tx, id: Id, by: Id): Promise<boolean> {
  const ended = await tx
    .update(agents)
    .set({ endedAt: now(), tokenHash: null })
    .where(and(eq(agents.id, id), isNull(agents.endedAt)))
    .returning({ id: agents.id })
  if (ended.length > 0) await record(tx, { act: 'agent.ended', actor: by, thing: id })
  return ended.length > 0
}

/** The agent of this name in the directory, while it is listed. */
export async function agentNamed(tx: Tx, agentId: string): Promise<Agent | undefined> {
  return (
    await tx
      .select()
      .from(agents)
      .where(and(eq(agents.agentId, agentId), isNull(agents.endedAt)))
  )[0]
}

/** The agent that shows this token. */
export async function agentWith(tx: Tx, token: string): Promise<Agent | undefined> {
  return (
    await tx
      .select()
      .from(agents)
      .where(and(eq(agents.tokenHash, tokenHash(token)), isNull(agents.endedAt)))
  )[0]
}

/** Gives an agent a token, in the place of an earlier one. */
export async function pair(tx: Tx, id: Id): Promise<string> {
  const token = newToken()
  await tx
    .update(agents)
    .set({ tokenHash: tokenHash(token), pairedAt: now() })
    .where(eq(agents.id, id))
  return token
}

/** Takes a message, once: false when it came before. The protocol has no nonce of its own. */
export async function takeOnce(tx: Tx, { signatureHash, expiresAt }: { signatureHash: string; expiresAt: Date }): Promise<boolean> {
  const { rowCount } = await tx.insert(agentMessages).values({ messageHash: signatureHash, expiresAt }).onConflictDoNothing()
  return (rowCount ?? 0) > 0
}
