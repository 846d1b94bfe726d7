/** The public archive: issues that went out, for everybody to read; as pages, and as feeds. */
import type { For } from '../database/connection.ts'
import type { House } from '../web/house.ts'
import { publishedIssue, type PublishedIssue, publishedIssues } from './issue.ts'
import { escaped, lineOnTheWeb, onTheWeb } from './rendering.ts'
import { allTopics } from './topic.ts'

/** An issue as everybody sees it in the list: without anybody's name. */
export interface Listed {
  readonly slug: string
  readonly topic: string
  readonly title: string
  readonly summary: string
  readonly sentAt: Date
}

/** With its words as HTML, in which addresses are whole. */
export interface Published extends Listed {
  readonly html: string
}

/** So many issues a page of the archive shows … */
export const LISTED = 100
/** … and so many a feed. */
const IN_FEED = 20

type Titles = ReadonlyMap<string, string>

const titlesOf = async (tx: For<'updates'>): Promise<Titles> => new Map((await allTopics(tx)).map(({ slug, title }) => [slug, title]))

/** A page of the archive. */
export interface ArchiveList {
  readonly issues: readonly Listed[]
  readonly page: number
  /** Are there older ones? */
  readonly more: boolean
}

/** The issues of the archive, newest first, a page at a time. */
export async function archive(tx: For<'updates'>, page: number): Promise<ArchiveList> {
  const titles = await titlesOf(tx)
  const found = await publishedIssues(tx, { most: LISTED + 1, after: (page - 1) * LISTED })
  return { issues: found.slice(0, LISTED).map((issue) => listed(titles, issue)), page, more: found.length > LISTED }
}

/** One issue of the archive; undefined for one that has not gone out. */
export async function archived(tx: For<'updates'>, house: House, slug: string): Promise<Published | undefined> {
  const issue = await publishedIssue(tx, slug)
  return issue && published(house, await titlesOf(tx), issue)
}

async function newest(tx: For<'updates'>, house: House): Promise<Published[]> {
  const titles = await titlesOf(tx)
  return (await publishedIssues(tx, { most: IN_FEED })).map((issue) => published(house, titles, issue))
}

const listed = (titles: Titles, { slug, topic, subject, preheader, startedAt }: PublishedIssue): Listed => ({
  slug,
  topic: titles.get(topic) ?? topic,
  title: lineOnTheWeb(subject),
  summary: lineOnTheWeb(preheader),
  sentAt: startedAt,
})

const published = ({ config }: House, titles: Titles, issue: PublishedIssue): Published => ({
  ...listed(titles, issue),
  html: onTheWeb(issue.body, config.origin),
})

/** What a feed needs to know of itself. */
interface Channel {
  readonly title: string
  readonly says: string
  readonly home: string
  readonly self: string
}

const channelOf = ({ config, content }: House, file: string): Channel => ({
  title: `Updates from ${content.company.name}`,
  says: content.company.tagline,
  home: `${config.origin}/updates/archive`,
  self: `${config.origin}/updates/archive/${file}`,
})

export const RSS = 'feed.xml'
export const JSON_FEED = 'feed.json'

// XML knows no way to write these, not even escaped.
const xml = (text: string): string => escaped(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''))

/** The newest issues as RSS 2.0. */
export async function rss(tx: For<'updates'>, house: House): Promise<string> {
  const { title, says, home, self } = channelOf(house, RSS)
  const items = (await newest(tx, house)).map((issue) => rssItem(home, issue))
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>${xml(title)}</title>
<link>${xml(home)}</link>
<description>${xml(says)}</description>
<language>en</language>
<atom:link href="${xml(self)}" rel="self" type="application/rss+xml"/>
${items.join('\n')}
</channel>
</rss>
`
}

const rssItem = (home: string, { slug, topic, title, summary, sentAt, html }: Published): string => `<item>
<title>${xml(title)}</title>
<link>${xml(`${home}/${slug}`)}</link>
<guid isPermaLink="true">${xml(`${home}/${slug}`)}</guid>
<pubDate>${sentAt.toUTCString().replace('GMT', '+0000')}</pubDate>
<category>${xml(topic)}</category>
<description>${xml(summary)}</description>
<content:encoded>${xml(html)}</content:encoded>
</item>`

/** The newest issues as JSON Feed 1.1. */
export async function jsonFeed(tx: For<'updates'>, house: House): Promise<string> {
  const { title, says, home, self } = channelOf(house, JSON_FEED)
  const items = (await newest(tx, house)).map(({ slug, topic, title, summary, sentAt, html }) => ({
    id: `${home}/${slug}`,
    url: `${home}/${slug}`,
    title,
    ...(summary ? { summary } : {}),
    content_html: html,
    date_published: sentAt.toISOString(),
    tags: [topic],
  }))
  const about = { title, description: says, home_page_url: home, feed_url: self, language: 'en' }
  return JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', ...about, items })
}
