/** By keyboard alone: somebody comes in, corrects their name, takes a copy and erases everything, and always sees where they are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page as Tab } from 'playwright-core'
import { codeIn } from '../harness.ts'
import type { Stage } from './stage.ts'

// No page of ours has more stops than this.
const MOST_STOPS = 80

interface Stop {
  readonly name: string
  readonly outlined: boolean
}

// What has the focus: its label or its words, where it leads, and whether it can be seen that it has the focus.
const STOP = `(() => {
  const at = document.activeElement
  // After the last stop the browser's own come, and then the first one again.
  if (at === document.body) return { name: '', outlined: true }
  const style = getComputedStyle(at)
  const words = at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent
  const name = [words.replace(/\\s+/g, ' ').trim(), at.getAttribute('href') ?? ''].join(' ').trim()
  // The button within a field for a day has the browser's own ring.
  const within = at.matches(':focus-within') && !at.matches(':focus')
  return { name, outlined: within || style.outlineStyle !== 'none' || style.boxShadow !== 'none' }
})()`

/** Goes on by the Tab key until what has the focus is called this; it may take so many stops. */
export async function reach(tab: Tab, name: RegExp, most = MOST_STOPS): Promise<void> {
  const met: string[] = []
  while (met.length < most) {
    await tab.keyboard.press('Tab')
    const stop = await tab.evaluate<Stop>(STOP)
    assert(stop.outlined, `nobody sees that "${stop.name}" has the focus`)
    if (name.test(stop.name)) return
    met.push(stop.name)
  }
  assert.fail(`${name} cannot be reached at ${tab.url()}: ${met.join(', ')}`)
}

async function press(tab: Tab, name: RegExp): Promise<void> {
  await reach(tab, name)
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')])
}

async function fill(tab: Tab, name: RegExp, words: string): Promise<void> {
  await reach(tab, name)
  await tab.keyboard.press('Control+A')
  await tab.keyboard.type(words)
}

/** The whole way of a person, without a mouse. */
export function goByKeyboard(stage: Stage): void {
  void test('by keyboard alone one comes in, corrects, takes a copy and erases everything', async () => {
    const tab = await (await stage.window()).newPage()
    await tab.goto('/')
    await press(tab, / \/sign-up$/)
    await fill(tab, /^Your name/, 'Kay Board')
    await fill(tab, /^E-mail address/, 'kay@example.org')
    await press(tab, /^Send me a code$/)
    await fill(tab, /^The code/, codeIn((await stage.house.inbox('kay@example.org'))[0]))
    await press(tab, /^Continue$/)

    await press(tab, / \/account$/)
    await fill(tab, /^Name/, 'Kay Lock')
    await press(tab, /^Save the name$/)
    assert.equal(await tab.textContent('h1'), 'Kay Lock')

    await press(tab, / \/account\/privacy$/)
    await reach(tab, /^Take a copy$/)
    const [copy] = await Promise.all([tab.waitForEvent('download'), tab.keyboard.press('Enter')])
    assert.match(copy.suggestedFilename(), /\.zip$/)

    await press(tab, / \/account\/privacy\/erasure$/)
    await reach(tab, /^Yes, erase everything/)
    await tab.keyboard.press('Space')
    await press(tab, /^Erase everything about me$/)
    assert.match((await tab.textContent('main')) ?? '', /receipt/i)
    assert.deepEqual(await stage.house.query('select from people where email = $1', ['kay@example.org']), [])
  })
}

/** A day in the console, without a mouse: a question is found and answered, by its keys and by the Tab key. */
export function answerByKeyboard(stage: Stage): void {
  void test('by keyboard alone a member of staff finds a question and answers it', async () => {
    const { house } = stage
    await house.browser().post('/help/contact', { name: 'Kim Asks', email: 'kim@example.org', words: 'Is it open on Sundays?' })
    const tab = await (await stage.window(undefined, await house.member('support'))).newPage()
    const go = (...keys: string[]) => Promise.all([tab.waitForNavigation(), ...keys.map((key) => tab.keyboard.press(key))])
    await tab.goto('/staff')
    await tab.keyboard.press('g')
    await go('q')
    assert.equal(await tab.textContent('h1'), 'Questions')
    await tab.keyboard.press('k')
    assert.match((await tab.evaluate<Stop>(STOP)).name, /^Kim Asks/)
    await go('Enter')
    await fill(tab, /^The letter/, 'Yes, g and / and ? too.')
    await press(tab, /^Send the answer$/)
    assert.match((await tab.textContent('main')) ?? '', /The answer is on its way/)
    assert.match((await house.inbox('kim@example.org'))[0]?.text ?? '', /Yes, g and \/ and \? too\./)

    await tab.keyboard.press('/')
    await tab.keyboard.type('kim')
    await go('Enter')
    assert.match((await tab.textContent('main')) ?? '', /Kim Asks/)
    await tab.keyboard.press('?')
    assert.equal((await tab.evaluate<Stop>(STOP)).name, 'Keys')
    await reach(tab, /^Switch the keys off$/)
    await tab.keyboard.press('Enter')
    await tab.keyboard.press('/')
    assert.equal((await tab.evaluate<Stop>(STOP)).name, 'Switch the keys on', 'a switched-off key does nothing')
  })
}
