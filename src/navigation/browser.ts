/** What a user agent says: a browser's name and major version and the kind of device, or that it is a program. */
import Bowser from 'bowser'
import { isbot } from 'isbot'

export interface Browser {
  readonly browser: string
  /** Name and major version. */
  readonly version: string
  readonly device: string
}

const devices: Readonly<Record<string, string>> = { desktop: 'computer', mobile: 'telephone', tablet: 'tablet', tv: 'television' }

/** Agents that were met, so that each is read once; the longest unmet goes first. They are in memory only. */
const met = new Map<string, Browser | undefined>()
const MOST_MET = 5_000
const LONGEST = 500

/** The browser behind an agent; undefined for programs, for what hides its screen, and for those who send none. */
export function browserOf(agent: string | undefined): Browser | undefined {
  if (!agent) return undefined
  const known = met.get(agent)
  if (known || met.has(agent)) return known
  const read =
    agent.length > LONGEST || isbot(agent) || /headless|phantom|puppeteer|playwright|selenium/i.test(agent) ? undefined : parsed(agent)
  if (met.size >= MOST_MET) for (const oldest of met.keys()) if (met.delete(oldest)) break
  met.set(agent, read)
  return read
}

// What no list of browsers knows is a program.
function parsed(agent: string): Browser | undefined {
  const { browser, platform } = Bowser.parse(agent)
  if (!browser.name) return undefined
  const major = /^\d+/.exec(browser.version ?? '')?.[0]
  return {
    browser: browser.name,
    version: major ? `${browser.name} ${major}` : browser.name,
    device: devices[platform.type ?? ''] ?? '',
  }
}

/** The first language that the browser asks for, without its country. */
export const languageOf = (languages: string | undefined): string => /^\s*([a-z]{2,3})\b/i.exec(languages ?? '')?.[1]?.toLowerCase() ?? ''
