/** The script that other websites load, tried in a browser on a website of its own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BrowserContext, chromium } from 'playwright-core'
import { launching, openStage } from './stage.ts'

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36'

let script = ''
const site = createServer((request, response) => {
  if (request.url?.endsWith('.pdf')) return response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('x')
  const missing = request.url === '/gone' ? 'data-missing' : ''
  return response.writeHead(missing ? 404 : 200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Shop</title>
    <script defer src="${script}" ${missing}></script>
    <h1>Shop</h1>
    <button id="onward" onclick="history.pushState({}, '', '/basket?token=secret')">To the basket</button>
    <button id="act" data-action="Add to basket">Add</button>
    <a id="out" href="${shop.replace('localhost', 'elsewhere.localhost')}/x?y=z">Elsewhere</a>
    <a id="file" href="/prices.pdf" download>Prices</a>`)
})
site.listen(0, '127.0.0.1')
await once(site, 'listening')
const shop = `http://localhost:${(site.address() as AddressInfo).port}`
const stage = await openStage({ NAVIGATION_SITES: shop })
script = `${stage.origin}/n.js`
after(() => void site.close())

// Set for the whole browser: what is set for a page alone does not reach what it sends as it goes.
const chrome = await chromium.launch({
  ...launching,
  args: [...(launching.args ?? []), `--user-agent=${AGENT}`, '--disable-features=UserAgentClientHint'],
})
after(() => chrome.close())

/** A window that looks like a reader's: those that are driven are left out. */
async function reader(): Promise<BrowserContext> {
  const window = await chrome.newContext()
  await window.addInitScript(`Object.defineProperty(navigator, 'webdriver', { get: () => false })`)
  return window
}

interface Row {
  readonly kind: string
  readonly page: string
  readonly label: string
  readonly referrer: string
  readonly campaign: string
  readonly properties: string[] | null
  readonly amount: number | null
  readonly zone: number | null
}

const rows = () =>
  stage.house.query<Row & Record<string, unknown>>(
    "select kind, page, label, referrer, campaign, properties, amount, zone from recorded_actions() where host = 'localhost' order by at, written",
  )

/** The rows once there are those that are waited for. */
async function rowsWith(enough: (rows: readonly Row[]) => boolean): Promise<Row[]> {
  for (let tries = 0; tries < 400; tries++) {
    const found = await rows()
    if (enough(found)) return found
    await sleep(25)
  }
  return rows()
}

const of = (found: readonly Row[], kind: string): Row[] => found.filter((row) => row.kind === kind)

test('views, steps within a page, actions, links out, downloads, time and speed are counted', async () => {
  const window = await reader()
  const page = await window.newPage()
  await page.goto(`${shop}/?utm_campaign=november&email=canary@example.org`)
  await page.click('#onward')
  await page.click('#act')
  await page.evaluate("count('Search', { words: 3, who: 'ada@example.org' })")
  await page.click('#out')
  await page.waitForURL(/elsewhere/)
  await page.goto(`${shop}/`)
  await page.click('#file', { noWaitAfter: true })
  await page.waitForTimeout(1_100)
  await page.goto(`${shop}/gone`)
  await page.goto('about:blank')
  const found = await rowsWith((all) => of(all, 'missing').length > 0 && of(all, 'time').length > 0 && of(all, 'file').length > 0)
  assert.deepEqual(
    of(found, 'view').map(({ page, campaign }) => [page, campaign]),
    [
      ['/', 'november'],
      ['/basket', ''],
      ['/', ''],
    ],
  )
  assert.deepEqual(
    of(found, 'action').map(({ page, label, properties }) => [page, label, properties]),
    [
      ['/basket', 'Add to basket', null],
      ['/basket', 'Search', ['words = 3']],
    ],
  )
  assert.deepEqual(
    of(found, 'link').map(({ label }) => label),
    [new URL(shop).host.replace('localhost', 'elsewhere.localhost')],
  )
  assert.deepEqual(
    of(found, 'file').map(({ label }) => label),
    ['/prices.pdf'],
  )
  assert.deepEqual(
    of(found, 'missing').map(({ page }) => page),
    ['/gone'],
  )
  assert(of(found, 'time').some(({ page, amount }) => page === '/' && (amount ?? 0) >= 1))
  const measured = new Set(of(found, 'pace').map(({ label }) => label))
  assert(measured.has('TTFB') && measured.has('FCP'), [...measured].join())
  assert(found.every(({ zone }) => zone !== null))
  assert.doesNotMatch(JSON.stringify(found), /canary|secret|ada@/)
  assert.deepEqual(await window.cookies(), [])
  await window.close()
})

test('whoever asks not to be followed, and whoever is driven, sends nothing', async () => {
  const before = (await rows()).length
  const asking = await reader()
  await asking.addInitScript(`Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`)
  const driven = await chrome.newContext()
  for (const window of [asking, driven]) {
    const sent: string[] = []
    window.on('request', (request) => sent.push(new URL(request.url()).pathname))
    const page = await window.newPage()
    await page.goto(`${shop}/`)
    await page.click('#onward')
    await page.goto('about:blank')
    assert(sent.includes('/n.js') && !sent.includes('/n'), sent.join())
    await window.close()
  }
  assert.equal((await rows()).length, before)
})
