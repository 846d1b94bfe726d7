/**
 * A look at our own pages from inside, such as to see whether an address leads anywhere. It goes through the
 * front door as a stranger without cookies, and no wire is touched.
 */
import type { House } from './house.ts'

type Ask = (path: string) => Promise<number>

const doors = new WeakMap<House, Ask>()

/** Called by the app once its routes stand. */
export const openInside = (house: House, ask: Ask): void => void doors.set(house, ask)

/** The status with which a page of ours answers a stranger; undefined where no app is open. */
export async function statusInside(house: House, path: string): Promise<number | undefined> {
  return doors.get(house)?.(path)
}
