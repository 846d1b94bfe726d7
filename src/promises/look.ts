/**
 * With what a check looks: rows under a purpose's login, read and never written; pages as a stranger gets them; what
 * the database says of itself. What it examined is counted, and what breaks the promise is noted.
 */
import type { QueryResultRow } from 'pg'
import type { Purpose } from '../database/purposes.ts'
import { answerInside, doorsInside, type InsideDoor } from '../web/inside.ts'
import type { House } from '../web/house.ts'

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What a look came to. */
export interface Seen {
  /** What was examined, and how much of it. */
  readonly examined: ReadonlyMap<string, number>
  /** What breaks the promise: sentences with numbers of rows at most, and nothing of anybody's. */
  readonly findings: readonly string[]
}

/** A check that could not look says why by throwing this. */
export class CannotLook extends Error {
  override name = 'CannotLook'
}

/** As many findings of one kind as anybody reads; the rest is counted. */
const MOST = 20

export class Look implements Seen {
  readonly house: House
  readonly examined = new Map<string, number>()
  readonly findings: string[] = []

  constructor(house: House) {
    this.house = house
  }

  /** Counts what was examined, such as 214 of `columns`. */
  count(what: string, many = 1): void {
    this.examined.set(what, (this.examined.get(what) ?? 0) + many)
  }

  /** Notes what breaks the promise. */
  find(...sentences: readonly string[]): void {
    this.findings.push(...sentences.slice(0, MOST))
    if (sentences.length > MOST) this.findings.push(`and ${sentences.length - MOST} more of the same`)
  }

  /** Counts a thing and notes a finding where it is not as it should be. */
  expect(what: string, isSo: boolean, otherwise: string): void {
    this.count(what)
    if (!isSo) this.find(otherwise)
  }

  /** Rows under a purpose's login, in a transaction that cannot write and does not last. */
  rows<R extends QueryResultRow>(purpose: Purpose, text: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.house.db.as(purpose, async ({ $client: client }) => {
      await client.query("set transaction read only; set local statement_timeout = '20s'")
      return (await client.query<R>(text, [...values])).rows
    })
  }

  /**
   * Rows that should not be there: `what` counts how many were looked through, each row of `text` has an `id` that is
   * told in a sentence.
   */
  async none(what: string, { purpose, text, values = [], says }: Forbidden): Promise<void> {
    const rows = await this.rows<{ id: string }>(purpose, `${text} limit ${MOST + 1}`, values)
    this.count(what)
    this.find(...rows.map(({ id }) => `${says}: ${id}`))
  }

  /** A page as a stranger without cookies gets it. */
  async get(path: string, request: RequestInit = {}): Promise<Answer> {
    const answer = await answerInside(this.house, path, request)
    if (!answer) throw new CannotLook('no pages are served by this process')
    this.count('answers')
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }

  /** Every door of the house. */
  doors(): readonly InsideDoor[] {
    const doors = doorsInside(this.house)
    if (!doors) throw new CannotLook('no pages are served by this process')
    return doors
  }
}

/** A question whose every answer is a breach. */
export interface Forbidden {
  readonly purpose: Purpose
  /** Selects an `id` that names no person; without a limit, which is put on. */
  readonly text: string
  readonly values?: readonly unknown[]
  readonly says: string
}
