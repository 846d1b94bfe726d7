/** A house for the length of one command, with or without a running program beside it. */
import { logTo } from '../log.ts'
import { readConfig } from '../config.ts'
import { openHouse } from '../main.ts'
import type { House } from '../web/house.ts'

/** Opens the house, lets the command work in it, and closes it again, whatever happens. */
export async function inHouse<R>(work: (house: House) => Promise<R>): Promise<R> {
  // Standard output belongs to the result.
  logTo(() => {})
  const open = await openHouse(readConfig(process.env), { working: false, attach: true })
  try {
    return await work(open.house)
  } finally {
    await open.close()
  }
}
