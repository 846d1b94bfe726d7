/**
 * What a request shows of who asks, for as long as the request lasts: from it come a few words that
 * many readers share, and a number that means nothing tomorrow. Address and agent go no further.
 */
import { randomInt } from 'node:crypto'
import type { Config } from '../config.ts'
import { isAmong, networkOf } from '../web/client.ts'
import { hasCookie } from '../web/cookies.ts'
import type { Reader } from './action.ts'
import { browserOf, languageOf } from './browser.ts'
import { placeOf } from './place.ts'
import { markOf, type Salt } from './salt.ts'

/** Who asks: their address, as far as it can be believed, and the request's headers. */
export interface Asker {
  readonly config: Config
  readonly address: string
  header(name: string): string | undefined
}

/** Why somebody is not counted. */
export type Unseen = 'signal' | 'choice' | 'program' | 'ignored'

/** Does the browser ask not to be followed? Global Privacy Control is exactly `1`, and so is Do Not Track. */
export const asksNotTo = (asker: Pick<Asker, 'header'>): boolean => asker.header('sec-gpc') === '1' || asker.header('dnt') === '1'

/** Why the one who asks is not counted; undefined when they are. */
export function unseen(asker: Asker): Unseen | undefined {
  if (asksNotTo(asker)) return 'signal'
  if (hasCookie(asker.config, asker.header('cookie'), 'uncounted')) return 'choice'
  if (!browserOf(asker.header('user-agent')) || /headless/i.test(asker.header('sec-ch-ua') ?? '')) return 'program'
  // A page that is fetched ahead has not been read.
  if (/prefetch|prerender/.test(asker.header('sec-purpose') ?? asker.header('purpose') ?? '')) return 'program'
  return isAmong(asker.config.navigationIgnored, asker.address) ? 'ignored' : undefined
}

/** What is told of the reader, but for their clock, which only a script knows. */
export function readerOf(asker: Asker): Omit<Reader, 'zone'> {
  const { browser, version, device } = browserOf(asker.header('user-agent')) ?? UNTOLD
  const { country, region } = placeOf(asker.config, asker.address)
  return { browser, version, device, country, region, language: languageOf(asker.header('accept-language')) }
}

const UNTOLD = { browser: '', version: '', device: '' }

/** Changes with every start of the program. */
const seed = randomInt(2 ** 32)

/** The number under which this source's reports are counted, in the memory of this process alone. */
export function sourceOf({ address }: Asker): number {
  let number = seed
  for (const sign of networkOf(address)) number = Math.imul(number ^ sign.charCodeAt(0), 16_777_619)
  return number
}

/**
 * The number that tells this visitor apart today. Whoever is signed in, or about to be, has another
 * number than before: nothing connects what they did as nobody with what they do as themselves.
 */
export function visitorOf({ config, address, header }: Asker, salt: Salt): bigint {
  const cookies = header('cookie')
  const known = hasCookie(config, cookies, 'session') || hasCookie(config, cookies, 'attempt')
  return markOf(salt, known ? 'known' : '', networkOf(address), header('user-agent') ?? '')
}
