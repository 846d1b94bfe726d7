/** Who of the team has a conversation. */
import { eq } from 'drizzle-orm'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { conversationTasks } from './tables.ts'

/** Who it is assigned to, if it is. */
export async function taskOf(tx: For<'support'>, conversationId: Id): Promise<Id | undefined> {
  const [task] = await tx
    .select({ staffId: conversationTasks.staffId })
    .from(conversationTasks)
    .where(eq(conversationTasks.conversationId, conversationId))
  return task?.staffId ?? undefined
}
