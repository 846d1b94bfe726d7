/**
 * A look at our own pages from inside, such as to see whether an address leads anywhere. It goes through the
 * front door as a stranger without cookies, and no wire is touched.
 */
import type { House } from './house.ts'

/** A door of the house: a method, and a path or the pattern of one. */
export interface InsideDoor {
  readonly method: string
  readonly path: string
}

interface Inside {
  /** Every door that there is. */
  readonly doors: readonly InsideDoor[]
  ask(path: string, request: RequestInit): Promise<Response>
}

const houses = new WeakMap<House, Inside>()

/** Called by the app once its routes stand. */
export const openInside = (house: House, inside: Inside): void => void houses.set(house, inside)

/** Every door of this house; undefined where no app is open. */
export const doorsInside = (house: House): readonly InsideDoor[] | undefined => houses.get(house)?.doors

/** The answer that a stranger gets at a path, at our own host unless `headers` say otherwise; undefined where no app is open. */
export async function answerInside(house: House, path: string, { headers, ...init }: RequestInit = {}): Promise<Response | undefined> {
  const { hosts, origin } = house.config
  return houses.get(house)?.ask(`${origin}${path}`, { ...init, headers: { host: hosts[0] ?? '', ...(headers as object) } })
}

/** The status with which a page of ours answers a stranger; undefined where no app is open. */
export const statusInside = async (house: House, path: string): Promise<number | undefined> => (await answerInside(house, path))?.status
