/**
 * How fast letters go to each domain: so many at a time, so many a second, and a pause for one that asks
 * to try later. A domain's rules hold for this process; one process sends an issue at a time.
 */
import { MINUTE, now, SECOND } from '../clock.ts'

/** What an operator may ask for. */
export interface Pace {
  readonly atOnce: number
  /** Letters a second; 0 for no limit. */
  readonly perSecond: number
}

const FIRST_PAUSE = 30 * SECOND
const LONGEST_PAUSE = 30 * MINUTE
// One full mailbox is no reason to keep a whole domain waiting.
const ROW_OF_TROUBLE = 3
// Whoever is this close to its turn waits for it; the others are put back.
const WORTH_WAITING = 2 * SECOND

interface Lane {
  underWay: number
  waiting: (() => void)[]
  /** When the next letter may go, by the rate. */
  nextAt: number
  troubles: number
  pause: number
  pausedUntil: number
}

export class Lanes {
  readonly #pace: Pace
  readonly #lanes = new Map<string, Lane>()

  constructor(pace: Pace) {
    this.#pace = pace
  }

  /**
   * A turn for a letter to this domain: undefined when it may go at once, else when it may. A letter that
   * was given a turn before (`hadTurn`) does not queue again.
   */
  turn(domain: string, hadTurn: boolean): Date | undefined {
    const lane = this.#lane(domain)
    const { perSecond } = this.#pace
    const at = now().getTime()
    if (lane.pausedUntil <= at && (perSecond === 0 || hadTurn)) return undefined
    const turn = Math.max(at, lane.pausedUntil, perSecond === 0 ? 0 : lane.nextAt)
    if (perSecond > 0) lane.nextAt = turn + SECOND / perSecond
    return turn > at ? new Date(turn) : undefined
  }

  /** Is the turn so near that one had better wait for it? */
  static isNear = (turn: Date): boolean => turn.getTime() - now().getTime() <= WORTH_WAITING

  /** Does `act` once there are few enough letters on their way to the domain. */
  async through<R>(domain: string, act: () => Promise<R>): Promise<R> {
    const lane = this.#lane(domain)
    if (lane.underWay >= this.#pace.atOnce) await new Promise<void>((resolve) => lane.waiting.push(resolve))
    else lane.underWay++
    try {
      return await act()
    } finally {
      const next = lane.waiting.shift()
      if (next) next()
      else lane.underWay--
      if (lane.underWay === 0 && this.#isPlain(lane)) this.#lanes.delete(domain)
    }
  }

  /** The domain took a letter. */
  well(domain: string): void {
    Object.assign(this.#lane(domain), { troubles: 0, pause: 0 })
  }

  /** The domain asked to try later: after some of that in a row it gets a pause, and a longer one each time. */
  trouble(domain: string): void {
    const lane = this.#lane(domain)
    if (++lane.troubles < ROW_OF_TROUBLE || lane.pausedUntil > now().getTime()) return
    lane.pause = Math.min(Math.max(lane.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
    lane.pausedUntil = now().getTime() + lane.pause
  }

  // Most domains have one subscriber: nothing is remembered of a lane that is empty and in order.
  #isPlain({ troubles, pausedUntil, nextAt }: Lane): boolean {
    const at = now().getTime()
    return troubles === 0 && pausedUntil <= at && nextAt <= at
  }

  #lane(domain: string): Lane {
    const lane = this.#lanes.get(domain) ?? { underWay: 0, waiting: [], nextAt: 0, troubles: 0, pause: 0, pausedUntil: 0 }
    this.#lanes.set(domain, lane)
    return lane
  }
}
