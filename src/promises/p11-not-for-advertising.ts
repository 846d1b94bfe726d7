/** P11: nothing for advertising. */
import { DAY, now } from '../clock.ts'
import { loginName } from '../database/connection.ts'
import { purposeNames } from '../database/purposes.ts'
import { wallStands } from '../egress/wall.ts'
import { waysOf } from '../egress/ways.ts'
import { processors, processorsOf } from '../processors/all.ts'
import { grantees, prefixOf } from './catalog.ts'
import type { Look } from './look.ts'
import { isOurs, loadedBy, publicPages } from './pages-seen.ts'
import type { Promised } from './promise.ts'

export const p11: Promised = {
  name: 'P11',
  says: 'Nothing is shared with, sold, rented or traded to anyone for advertising or promotion.',
  keptBy: [
    { page: '/privacy/processors', says: 'the whole list of who receives anything, what and why' },
    { file: 'src/egress/wall.ts', says: 'the program opens no connection to anybody who is not on it' },
    { file: 'src/egress/ledger.ts', says: 'whatever goes out is entered first, with the kinds of data that were declared' },
    { file: 'src/web/headers.ts', says: 'a browser is told to load nothing from anybody else, and to tell no topics' },
  ],
  looksAt:
    'What each recipient is declared to do, for which purposes, and whether the public list says so; where connections may go; what went out of late, and to whom; which logins there are; and what public pages make a browser load.',
  async check(look) {
    await lookAtRecipients(look)
    lookAtWays(look)
    await lookAtLedger(look)
    await lookAtLogins(look)
    await lookAtPages(look)
  },
}

const ADVERTISING = /advert|\bads?\b|promot|market(ing|place)|retarget|broker|affiliat|profil|audience|sponsor|\bsell|\brent|\btrade/i

async function lookAtRecipients(look: Look): Promise<void> {
  const { text } = await look.get('/privacy/processors')
  for (const { name, does, purposes, receives, forget } of processorsOf(look.house.config)) {
    look.count('recipients')
    if (ADVERTISING.test(`${name} ${does}`)) look.find(`a recipient is there for advertising: ${name}`)
    if (!text.includes(name)) look.find(`a recipient is not on the public list: ${name}`)
    if (purposes.length === 0) look.find(`a recipient gets data for no purpose of ours: ${name}`)
    if (forget.trim() === '') look.find(`nobody knows how a recipient forgets: ${name}`)
    look.count('fields that are sent', Object.keys(receives).length)
  }
}

/** In production no way stands open that no recipient declares, and the wall that sees to it is built. */
function lookAtWays(look: Look): void {
  const { config } = look.house
  const declared = processors.flatMap(({ way }) => way?.(config)?.hostname ?? [])
  const hosts = waysOf(config).flatMap((way) => ('host' in way ? [way.host] : []))
  look.count('ways out', hosts.length)
  look.find(
    ...hosts.filter((host) => !declared.some((name) => name.replace(/^\[|\]$/g, '') === host)).map((host) => `a way is open to: ${host}`),
  )
  if (config.environment === 'production' && !wallStands()) look.find('the wall around the program does not stand')
}

/** What went out since the day before yesterday: to whom, and which kinds of data. */
async function lookAtLedger(look: Look): Promise<void> {
  const sent = await look.rows<{ processor: string; category: string; sendings: number }>(
    'legal',
    `select processor, category, count(*)::int as sendings
       from (select processor, categories from disclosures where sent_at > $1 order by sent_at desc limit 20000) d, unnest(categories) as category group by 1, 2`,
    [new Date(now().getTime() - 2 * DAY)],
  )
  look.count(
    'entries of the ledger',
    sent.reduce((sum, { sendings }) => sum + sendings, 0),
  )
  for (const { processor, category } of sent) {
    const plate = processors.find(({ name }) => name === processor)
    if (!plate) look.find(`something went to somebody who is on no list: ${processor}`)
    else if (!Object.values(plate.receives).includes(category as never))
      look.find(`${processor} was sent what it is not declared to get: ${category}`)
  }
}

// A purpose that nobody declared would begin with a login of its own that may do something here.
async function lookAtLogins(look: Look): Promise<void> {
  const logins = await grantees(look)
  const known = new Set(purposeNames.map((purpose) => loginName(prefixOf(look), purpose)))
  look.count('logins', logins.length)
  look.find(...logins.filter((name) => !known.has(name)).map((name) => `a login for a purpose that nobody declared: ${name}`))
}

async function lookAtPages(look: Look): Promise<void> {
  for (const { path, answer } of await publicPages(look)) {
    look.find(
      ...loadedBy(answer.text)
        .filter((address) => !isOurs(address, look))
        .map((address) => `${path} tells somebody else that it was read: ${address}`),
    )
    const policy = answer.headers.get('content-security-policy') ?? ''
    if (!policy.includes("default-src 'none'") || /(script|connect|img|font|style)-src[^;]*(https?:|\*)/.test(policy))
      look.find(`${path} lets a browser speak to others`)
    if (!answer.headers.get('permissions-policy')?.includes('browsing-topics=()'))
      look.find(`${path} lets a browser tell what its reader likes`)
  }
}
