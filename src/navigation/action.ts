/** One action on a website, as it is recorded: what was done, where from, and by what kind of browser. */

/** A page seen, a custom action, a link out, a download, a page that was missing, time spent, a speed measured. */
export const kinds = ['view', 'action', 'link', 'file', 'missing', 'time', 'pace'] as const
export type Kind = (typeof kinds)[number]

/** What is told of the reader; never more than many readers share. Unknown is the empty text. */
export interface Reader {
  readonly browser: string
  /** Name and major version, such as `Firefox 140`. */
  readonly version: string
  readonly language: string
  readonly device: string
  readonly country: string
  readonly region: string
  /** Quarter hours by which the reader's clock is ahead of UTC. */
  readonly zone: number | null
}

/** How the reader came here. */
export interface Arrival {
  readonly referrer: string
  readonly channel: string
  readonly source: string
  readonly medium: string
  readonly campaign: string
  readonly term: string
  readonly content: string
}

export interface Action extends Reader, Arrival {
  readonly at: Date
  /** Tells the visitors of this day apart, and means nothing when it is over; see `salt.ts`. */
  readonly visitor: bigint
  readonly kind: Kind
  readonly host: string
  readonly page: string
  /** The custom action's name, the host that was linked, the file, the speed's measure. */
  readonly label: string
  /** Of a custom action: `name = value`. */
  readonly properties: readonly string[]
  /** Seconds of looking at the page, or the measured speed. */
  readonly amount: number | null
}
