/** What an operation of the API is to us: a function by the SDK's name for it. */
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

export interface Call<P = unknown> {
  params: P
  /** What stands in the path's braces. */
  path: Record<string, string>
  /** The one that matters most: `{id}`. */
  id: string
  expand: string[]
}

/** The parameters of an operation, as they are once read. */
export type Asked<P> = Call<Wire<P>>

export type Operation = (world: World, call: Call<never>) => unknown
export type Operations = Record<string, Operation>
