/**
 * Five tasks of the console, by the Tab key and Enter alone, as somebody does them who has never been there: from the first
 * page, by the words that stand on it, with the link that skips to the content. A step fails if its words are gone, or if it
 * takes more stops than one has the patience for.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page as Tab } from 'playwright-core'
import type { TestHouse } from '../harness.ts'
import { reach } from './keyboard.ts'
import type { Stage } from './stage.ts'

/** To what a page is for. */
const NEAR = 16
/** To one of all that the first page offers. */
const LISTED = 30

const step = async (tab: Tab, name: RegExp, most = NEAR): Promise<void> => {
  await reach(tab, name, most)
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')])
}

/** The first stop of every page. */
async function skip(tab: Tab): Promise<void> {
  await reach(tab, /^Skip to the content/, 1)
  await tab.keyboard.press('Enter')
}

/** To a new page by a link or a button, and past what frames it. */
async function go(tab: Tab, name: RegExp, most?: number): Promise<void> {
  await step(tab, name, most)
  await skip(tab)
}

async function type(tab: Tab, name: RegExp, words: string): Promise<void> {
  await reach(tab, name, NEAR)
  await tab.keyboard.type(words)
}

async function tick(tab: Tab, name: RegExp): Promise<void> {
  await reach(tab, name, NEAR)
  await tab.keyboard.press('Space')
}

const words = async (tab: Tab): Promise<string> => (await tab.textContent('main')) ?? ''

/** What there is to do, of somebody who waits. */
async function bringWork({ query, browser }: TestHouse): Promise<void> {
  await query('delete from throttles')
  await browser().post('/help/contact', { name: 'Wilma Walks', email: 'wilma@example.org', words: 'Is there a door for bicycles?' })
}

/** The five tasks; they come after everything that looks at the house as it was furnished. */
export function walkTheConsole(stage: Stage): void {
  void test('by keyboard alone a newcomer does five tasks of the console', async (t) => {
    await bringWork(stage.house)
    const window = await stage.window({ viewport: { width: 1280, height: 800 } }, await stage.house.member('owner'))
    const tab = await window.newPage()
    for (const [name, task] of Object.entries(tasks))
      await t.test(name, async () => {
        await tab.goto('/staff')
        await skip(tab)
        await task(tab, stage.house)
      })
  })
}

const tasks: Readonly<Record<string, (tab: Tab, house: TestHouse) => Promise<void>>> = {
  'answers a question': async (tab, { inbox }) => {
    await go(tab, /questions? waits? for an answer/)
    await go(tab, /^Wilma Walks/)
    await type(tab, /^The letter/, 'There is.')
    await tick(tab, /^This is the whole answer/)
    await step(tab, /^Send the answer$/)
    assert.match(await words(tab), /The answer is on its way/)
    assert.match((await inbox('wilma@example.org'))[0]?.text ?? '', /There is\./)
  },
  'sends an issue': async (tab) => {
    await go(tab, /^Write updates, send them/, LISTED)
    await go(tab, /^Write an issue$/)
    await type(tab, /^Subject/, 'A door for bicycles')
    await type(tab, /^First line/, 'It is at the back.')
    await type(tab, /^Words/, 'Come and see.')
    await go(tab, /^Save and show$/)
    await reach(tab, /^Send #send$/, NEAR)
    await tab.keyboard.press('Enter')
    await tick(tab, /^I have read it/)
    await step(tab, /^Send it on its way$/)
    assert.match(await words(tab), /It is on its way/)
  },
  'handles a request': async (tab, { inbox }) => {
    await go(tab, /requests? about data (is|are) open/)
    await go(tab, /\/staff\/requests\/[\w-]{36}$/)
    await type(tab, /^The letter/, 'Nora says that we do not.')
    await tick(tab, /^This is the whole answer/)
    await step(tab, /^Send it$/)
    assert.match(await words(tab), /Closed/)
    assert.match((await inbox('quentin@example.org'))[0]?.text ?? '', /Nora says that we do not\./)
  },
  'reads the visits of yesterday': async (tab) => {
    await go(tab, /^See how the websites are used/, LISTED)
    await step(tab, /^Yesterday/)
    assert.match(await words(tab), /Visitors[1-9]/)
  },
  'publishes a version of the policy': async (tab) => {
    await go(tab, /^Write the privacy policy/, LISTED)
    await go(tab, /^Write the next version/)
    await type(tab, /^Words/, 'Bicycles are welcome. ')
    await go(tab, /^Keep it, and see what changes$/)
    assert.match((await tab.textContent('ins')) ?? '', /Bicycles are welcome\./)
    await type(tab, /^What changes, and why/, 'There is a door for bicycles.')
    await tick(tab, /^I have read the difference/)
    await step(tab, /^Publish, and tell everybody concerned$/)
    assert.match(await words(tab), /It is published.*People concerned[1-9]/s)
  },
}
