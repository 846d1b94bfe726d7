/**
 * Doing a program's request once, however often it is sent: the program names it (`Idempotency-Key`),
 * and the answer is kept in the same transaction as the act. Either both are there or neither.
 */
import { createHash } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import { now } from '../clock.ts'
import { newId } from '../database/columns.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { Web } from '../web/house.ts'
import { Refusal } from '../web/refusal.ts'
import { programAnswers } from './tables.ts'

/** How a program named its request; undefined where it did not. */
type Asking = { readonly askedHash: string; readonly bodyHash: string } | undefined

/** Purposes under which something can be reported by programs; see the table's `serves`. */
type Reporting = 'service' | 'updates' | 'billing'

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')

// A string in the header's syntax, or the bare word.
function askingOf(c: Context<Web>, { id, repeatable }: Named, text: string): Asking {
  const header = repeatable ? c.req.header('idempotency-key') : undefined
  if (header === undefined) return undefined
  const name = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?$/.exec(header.trim())?.[1]
  if (name === undefined) throw new Refusal(400, 'An Idempotency-Key is a word of 1 to 255 signs, without spaces.')
  return { askedHash: hash(`${id}\n${name}`), bodyHash: hash(`${c.req.path}\n${text}`) }
}

interface Named {
  readonly id: string
  readonly repeatable?: boolean
}

/** An answer that may be kept for a day: ids and states, never a name or an address. */
interface Kept {
  readonly status: number
  readonly body: unknown
}

/**
 * Does an operation's work under a purpose, unless this request was answered before: then that answer
 * is given again. Two at once wait for each other. Work says whom its answer is about, so that it goes
 * with that person.
 */
export type Once<A> = <P extends Reporting>(purpose: P, work: (tx: For<P>, isAbout: (person: Id) => void) => Promise<A>) => Promise<A>

/** How this request of a program is done once. */
export function onceFor(c: Context<Web>, operation: Named, text: string): Once<Kept> {
  const asking = askingOf(c, operation, text)
  const { keyId } = c.get('program')
  return (purpose, work) =>
    c.get('house').db.as(purpose, async (tx) => {
      let personId: Id | null = null
      const act = () => work(tx, (person) => (personId = person))
      if (!asking) return act()
      await lock(tx, `once ${keyId} ${asking.askedHash}`)
      const before = await earlier(tx, keyId, asking)
      if (before) return before
      const { status, body } = await act()
      await tx.insert(programAnswers).values({ id: newId(), keyId, personId, ...asking, status, body, answeredAt: now() })
      return { status, body }
    })
}

// Who waits longer than the database's patience is told to come again.
async function lock(tx: For<Reporting>, name: string): Promise<void> {
  try {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
  } catch (fault) {
    if ((fault as { cause?: { code?: string } }).cause?.code !== '55P03') throw fault
    throw new Refusal(409, 'That request is still being worked on. Please send it again.', { retryAfter: 5 })
  }
}

async function earlier(tx: For<Reporting>, keyId: Id, { askedHash, bodyHash }: NonNullable<Asking>): Promise<Kept | undefined> {
  const { status, body, bodyHash: first } = programAnswers
  const [found] = await tx
    .select({ status, body, first })
    .from(programAnswers)
    .where(and(eq(programAnswers.keyId, keyId), eq(programAnswers.askedHash, askedHash)))
  if (found && found.first !== bodyHash) throw new Refusal(422, 'That Idempotency-Key was used for another request. Please take a new one.')
  return found && { status: found.status, body: found.body }
}
