import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { now } from '../clock.ts'
import type { Id } from '../log.ts'
import { forgetReady } from '../web/ready.ts'
import { begin, edit, pause, schedule } from './issue.ts'
import { cancel, wake } from './wake.ts'

const house = await openTestHouse()
const { db } = house.house
const visitor = house.browser()
await house.member('marketing')
const [author = assert.fail()] = await house.query<{ id: Id }>("select id from people where email like 'marketing%'")
await visitor.post('/updates', { name: 'Rita Reader', email: 'rita@example.org', topics: 'news' })
await visitor.post(linkIn((await house.inbox('rita@example.org'))[0]))

const words = {
  subject: 'News for {{name|friends}} & <others>',
  preheader: 'What is new',
  body: 'Hello {{name|there}}, look at [help](/help).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>',
}

/** An issue that is due now. */
const issue = (subject: string): Promise<{ id: Id; slug: string }> =>
  db.as('updates', async (tx) => {
    const id = await begin(tx, { topic: 'news', by: author.id })
    await edit(tx, { issueId: id, by: author.id, topic: 'news', narrowed: {}, ...words, subject })
    await schedule(tx, { issueId: id, by: author.id, sendAt: now(), zone: 'UTC' })
    const [row] = (await tx.$client.query<{ slug: string }>('select slug from issues where id = $1', [id])).rows
    return { id, slug: row?.slug ?? '' }
  })

const read = async (path: string): Promise<string> => {
  forgetReady(house.house)
  return visitor.read(path)
}

test('the archive begins empty, and so do its feeds', async () => {
  assert.match(await read('/updates/archive'), /Nothing was sent yet/)
  assert.deepEqual((JSON.parse(await read('/updates/archive/feed.json')) as { items: unknown[] }).items, [])
  assert.doesNotMatch(await read('/updates/archive/feed.xml'), /<item>/)
})

test('an issue is in the archive from the moment it goes, in the same words for everybody', async () => {
  const { slug } = await issue(words.subject)
  assert.equal((await visitor.get(`/updates/archive/${slug}`)).status, 404)
  assert.doesNotMatch(await read('/updates/archive'), /News for/)
  await wake(house.house)
  await house.settle()
  assert.match(await read('/updates/archive'), /News for friends &amp; &lt;others&gt;/)
  const page = await read(`/updates/archive/${slug}`)
  assert.match(page, /Hello there, look at <a href="http:\/\/localhost:3000\/help">help<\/a>/)
  assert.match(page, /&lt;script&gt;alert/)
  assert.doesNotMatch(page, /Rita|unsubscribe\/|style=/)
})

test('the feeds hold the same, in the form that readers of feeds expect', async () => {
  const answer = await visitor.get('/updates/archive/feed.xml')
  assert.equal(answer.headers.get('content-type'), 'application/rss+xml; charset=utf-8')
  const xml = await answer.text()
  assert.match(xml, /^<\?xml[\s\S]*<title>News for friends &amp; &lt;others&gt;<\/title>/)
  assert.match(xml, /<pubDate>\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000<\/pubDate>/)
  assert.match(xml, /&lt;p&gt;Hello there/)
  const feed = await (await visitor.get('/updates/archive/feed.json')).json()
  const [item] = (feed as { items: { url: string; title: string; content_html: string; date_published: string }[] }).items
  assert.equal(item?.title, 'News for friends & <others>')
  assert.match(item.url, /^http:\/\/localhost:3000\/updates\/archive\/news-for/)
  assert(!Number.isNaN(Date.parse(item.date_published)))
  const again = await visitor.get('/updates/archive/feed.xml', { 'if-none-match': answer.headers.get('etag') ?? '' })
  assert.equal(again.status, 304)
})

test('an issue that was cancelled is not in it; one that pauses is', async () => {
  const [gone, waits] = [await issue('Taken back'), await issue('Waits a little')]
  await db.as('updates', (tx) => cancel(tx, { issueId: gone.id, by: author.id }))
  await wake(house.house)
  await db.as('updates', (tx) => pause(tx, { issueId: waits.id, by: author.id }))
  const list = await read('/updates/archive')
  assert.doesNotMatch(list, /Taken back/)
  assert.match(list, /Waits a little/)
  assert.equal((await visitor.get(`/updates/archive/${gone.slug}`)).status, 404)
  assert.equal((await visitor.get('/updates/archive/nothing-000000')).status, 404)
})

test('a long archive has pages, and every issue is on one of them', async () => {
  await house.query(
    `with made as (insert into issues (id, slug, topic, subject, preheader, body, narrowed, begun_at, edited_at)
       select gen_random_uuid(), 'old-' || n, 'news', 'Old ' || n, '', '', '{}', now(), now() from generate_series(1, 250) n returning id, slug),
     acts as (insert into issue_acts (id, issue_id, act, done_at) select gen_random_uuid(), id, 'finished', now() from made)
     insert into sendings (issue_id, fixed_at, total) select id, '2020-01-01', 0 from made`,
  )
  const found = new Set<string>()
  for (let path: string | undefined = '/updates/archive'; path; ) {
    const page: string = await read(path)
    for (const [, slug = ''] of page.matchAll(/href="\/updates\/archive\/(old-\d+)"/g)) found.add(slug)
    path = /rel="next" href="([^"]+)"/.exec(page)?.[1]
  }
  assert.equal(found.size, 250)
  for (const page of ['4', '0', '-1', 'x', '1e3', '99999999'])
    assert.equal((await visitor.get(`/updates/archive/page/${page}`)).status, 404, page)
})
