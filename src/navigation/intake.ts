/**
 * The way in: actions wait a few milliseconds for others and are written together. Whoever reports an
 * action is answered once it is durable; for pages of our own nobody waits.
 */
import { SECOND } from '../clock.ts'
import { logFault } from '../log.ts'
import type { Action } from './action.ts'
import type { Store } from './store.ts'

/** Rows that one statement writes. */
const MOST_AT_ONCE = 2_000
/** What may wait; beyond it new actions are turned away. */
const MOST_WAITING = 50_000
/** How long actions wait that nobody waits for. */
const PATIENCE_MS = 50

/** Hears what became of actions: nothing once they are durable, or why they are not kept. */
type Settle = (fault?: unknown) => void

interface Waiting {
  readonly actions: readonly Action[]
  readonly settle?: Settle
}

/** There is no room for more: the database does not keep up. */
export class Overrun extends Error {
  override name = 'Overrun'
}

export class Intake {
  readonly #store: Store
  #waiting: Waiting[] = []
  #count = 0
  #coming = 0
  #writing = false
  #soon = false
  #timer: NodeJS.Timeout | undefined
  #batches = 0
  #actions = 0
  #lost = 0

  constructor(store: Store) {
    this.#store = store
  }

  /** What waits, and what was written since the start: in how many batches, and how many actions could not be. */
  get state(): { readonly waiting: number; readonly batches: number; readonly actions: number; readonly lost: number } {
    return { waiting: this.#count, batches: this.#batches, actions: this.#actions, lost: this.#lost }
  }

  /** Takes actions; whoever reports them hears what became of them. It is called for each request, and so makes no promise. */
  report(actions: readonly Action[], settle: Settle): void {
    if (this.#count + actions.length > MOST_WAITING) return settle(new Overrun())
    this.#push({ actions, settle })
    this.#writeSoon()
  }

  /** Takes actions that nobody waits for, once they are made. */
  async note(made: Promise<readonly Action[]>): Promise<void> {
    this.#coming++
    try {
      const actions = await made
      if (this.#count + actions.length > MOST_WAITING) return
      this.#push({ actions })
      this.#timer ??= setTimeout(() => this.#write(), PATIENCE_MS).unref()
    } catch (fault) {
      logFault('navigation.not-noted', fault)
    } finally {
      this.#coming--
    }
  }

  /** Resolves once everything that came in was written, or failed. */
  async settled(): Promise<void> {
    while (this.#coming > 0 || this.#count > 0 || this.#writing) {
      this.#write()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  #push(waiting: Waiting): void {
    this.#waiting.push(waiting)
    this.#count += waiting.actions.length
  }

  // What arrived by the same turn of the loop is written together.
  #writeSoon(): void {
    if (this.#soon) return
    this.#soon = true
    setImmediate(() => {
      this.#soon = false
      this.#write()
    })
  }

  // One batch at a time: a commit costs the same however few actions are in it, and while it is under way the next grows.
  #write(): void {
    if (this.#writing || this.#waiting.length === 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#batch()
    this.#writing = true
    void this.#record(batch).finally(() => {
      this.#writing = false
      this.#write()
    })
  }

  async #record(batch: readonly Waiting[]): Promise<void> {
    const fault = await this.#kept(batch)
    for (const { settle } of batch) settle?.(fault)
  }

  /** Writes a batch; returns why it could not. */
  async #kept(batch: readonly Waiting[]): Promise<unknown> {
    const actions = batch.flatMap(({ actions }) => actions)
    try {
      await this.#store.record(actions)
      this.#batches++
      this.#actions += actions.length
    } catch (fault) {
      this.#lost += actions.length
      logFault('navigation.not-written', fault, { batches: batch.length })
      return fault
    }
    return undefined
  }

  #batch(): Waiting[] {
    let rows = 0
    const end = this.#waiting.findIndex(({ actions }) => (rows += actions.length) >= MOST_AT_ONCE)
    const batch = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end + 1)
    this.#count -= batch.reduce((sum, { actions }) => sum + actions.length, 0)
    return batch
  }
}

/** How much one source may report in a minute; an office behind one address is many people. */
const MOST_A_MINUTE = 600
const MINUTE_MS = 60 * SECOND
const MOST_SOURCES = 200_000

/** Counts by source, in memory, under numbers that mean nothing elsewhere; begun anew every minute. */
export class Sources {
  #counts = new Map<number, number>()
  #since = 0

  /** May this source report so many more? */
  admits(source: number, actions: number): boolean {
    const at = performance.now()
    if (at - this.#since > MINUTE_MS || this.#counts.size > MOST_SOURCES) {
      this.#counts = new Map()
      this.#since = at
    }
    const count = (this.#counts.get(source) ?? 0) + actions
    this.#counts.set(source, count)
    return count <= MOST_A_MINUTE
  }
}
