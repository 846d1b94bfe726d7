/** What is looked at before an issue goes. What must be right holds it back; the rest is told. */
import type { For } from '../database/connection.ts'
import { newId } from '../database/columns.ts'
import type { House } from '../web/house.ts'
import { statusInside } from '../web/inside.ts'
import { reachOf } from './audience.ts'
import { editionOf, parcelFor } from './edition.ts'
import { imagePath, imagesOf } from './image.ts'
import type { Issue } from './issue.ts'
import { addressesIn, unknownVariables } from './rendering.ts'
import { HIGH, spamScore } from './spam-score.ts'

export interface Check {
  readonly what: string
  /** `must`: it does not go like this. `look`: somebody should look at it. */
  readonly verdict: 'good' | 'look' | 'must'
  readonly says: string
}

// Large providers cut longer letters off, and with them the way to leave.
const MOST_BYTES = 100 * 1024
const LONGEST_SUBJECT = 78

const check = (what: string, [verdict, says]: readonly [Check['verdict'], string]): Check => ({ what, verdict, says })
const GOOD = ['good', 'Fine.'] as const

/** Looks at an issue; `score` asks SpamAssassin, too, which takes some seconds. */
export async function checklistFor(house: House, issue: Issue, score = false): Promise<Check[]> {
  const message = await sampleOf(house, issue)
  const { images, meant } = await house.db.as('updates', (tx) => facts(tx, issue))
  const addresses = addressesIn(issue.body)
  return [
    check('Subject', aboutSubject(issue.subject)),
    check('First line', issue.preheader ? GOOD : ['must', 'It is missing: it is what one reads beside the subject.']),
    check('Words', issue.body.trim() ? ['good', 'The plain text has the same words.'] : ['must', 'There are none.']),
    check('Open places', aboutVariables(issue)),
    check('Pictures', aboutImages(addresses.images, new Set(images.map(({ name }) => imagePath(name))))),
    check('Links', await aboutLinks(house, addresses.links)),
    check('Size', aboutSize(message.length)),
    check(
      'Company',
      house.content.company.postalAddress ? GOOD : ['look', 'There is no postal address in content/company.md; many laws ask for one.'],
    ),
    check('Readers', meant > 0 ? ['good', `${meant.toLocaleString('en')} at this moment.`] : ['look', 'Nobody is meant at this moment.']),
    check('Spam score', score ? await aboutScore(message) : ['look', 'Not asked for yet.']),
  ]
}

/** Does nothing hold it back? */
export const mayGo = (checks: readonly Check[]): boolean => checks.every(({ verdict }) => verdict !== 'must')

const facts = async (tx: For<'updates'>, issue: Issue) => ({
  images: await imagesOf(tx, issue.id),
  meant: (await reachOf(tx, issue)).meant,
})

/** A letter as somebody would get it. */
export async function sampleOf(house: House, issue: Issue): Promise<Buffer> {
  const edition = await editionOf(house, issue)
  return parcelFor(house, edition, { recipientId: newId(), subscriptionId: newId(), name: 'Ada Lovelace', email: 'ada@example.org' })
    .message
}

function aboutSubject(subject: string): readonly [Check['verdict'], string] {
  if (!subject) return ['must', 'It is missing.']
  return subject.length > LONGEST_SUBJECT
    ? ['look', `It has ${subject.length} signs; a phone shows about 40, a screen ${LONGEST_SUBJECT}.`]
    : GOOD
}

function aboutVariables(issue: Issue): readonly [Check['verdict'], string] {
  const unknown = unknownVariables(issue)
  if (unknown.length > 0) return ['must', `Nothing is known for ${unknown.join(', ')}. There is {{name|there}}.`]
  const bare = /\{\{\s*name\s*\}\}/.test(`${issue.subject}${issue.preheader}${issue.body}`)
  return bare ? ['look', '{{name}} says nothing for whoever has no name here: write {{name|there}}.'] : GOOD
}

function aboutImages(images: readonly { src: string; alt: string }[], ours: ReadonlySet<string>): readonly [Check['verdict'], string] {
  const foreign = images.filter(({ src }) => !ours.has(src))
  if (foreign.length > 0)
    return ['must', `${foreign[0]?.src ?? ''} is not a picture of this issue. Pictures from elsewhere would tell others who reads.`]
  const silent = images.filter(({ alt }) => !alt.trim())
  return silent.length > 0 ? ['must', `${silent.length} without words for those who do not see it.`] : GOOD
}

async function aboutLinks(house: House, links: readonly string[]): Promise<readonly [Check['verdict'], string]> {
  for (const link of new Set(links)) {
    const wrong = await faultOf(house, link)
    if (wrong) return ['must', `${link}: ${wrong}`]
  }
  return links.length === 0
    ? ['good', 'There are none.']
    : ['good', 'Our own lead somewhere; others are well formed, and were not visited.']
}

async function faultOf(house: House, link: string): Promise<string | undefined> {
  if (/%EE%80%80|\{\{/i.test(link)) return 'an address cannot hold an open place.'
  if (/^mailto:[^\s@]+@[^\s@]+$/.test(link)) return undefined
  if (!URL.canParse(link, house.config.origin)) return 'this is no address.'
  const { protocol, origin, hostname, pathname, search } = new URL(link, house.config.origin)
  if (protocol !== 'https:' && protocol !== 'http:') return 'only web and mail addresses are read everywhere.'
  if (origin !== house.config.origin) return hostname.includes('.') ? undefined : 'nobody else finds this host.'
  const status = await statusInside(house, `${pathname}${search}`)
  return status !== undefined && status >= 400 ? `nothing is there (${status}).` : undefined
}

function aboutSize(bytes: number): readonly [Check['verdict'], string] {
  const says = `${Math.ceil(bytes / 1024)} kB.`
  return bytes > MOST_BYTES
    ? ['look', `${says} Large providers cut letters off at 100 kB, and with them the way to leave.`]
    : ['good', says]
}

async function aboutScore(message: Buffer): Promise<readonly [Check['verdict'], string]> {
  const score = await spamScore(message)
  if (score === 'not installed') return ['look', 'SpamAssassin is not installed on this machine.']
  if (score === 'no answer') return ['look', 'SpamAssassin gave no answer.']
  return [score < HIGH ? 'good' : 'look', `${score.toFixed(1)} points by SpamAssassin's offline rules; below ${HIGH.toFixed(1)} is fine.`]
}
