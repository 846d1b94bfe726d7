/** Every page, looked at: by a validator, by axe, at three widths, light and dark, by the console and by the network. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import type axe from 'axe-core'
import { HtmlValidate } from 'html-validate'
import type { BrowserContext, CDPSession, Page as Tab, Response } from 'playwright-core'
import type { Furnished, Page, Who } from '../pages.ts'
import { type Stage, sendForm } from './stage.ts'

export const widths = [1280, 768, 360] as const
const HEIGHT = 900

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// Where to leave a picture of every page, for people who would rather look than read; and of which, as a pattern.
const pictures = process.env['PICTURES']
const wanted = new RegExp(process.env['PAGES'] ?? '')

/** A test for each page: valid HTML, nothing for axe to say, nothing sticks out, nothing to complain of, nobody else is asked. */
export function lookAtPages(stage: Stage, { browsers, pages }: Furnished): void {
  const looks = new Map<Who, Look>()
  for (const page of pages.filter(({ says }) => wanted.test(says))) {
    void test(`${page.says}: sound at every width, light and dark`, async () => {
      const look = looks.get(page.as) ?? (await openLook(stage, await stage.window({}, browsers[page.as])))
      looks.set(page.as, look)
      assert.deepEqual(await faults(stage, look, page), [])
    })
  }
}

interface Look {
  readonly window: BrowserContext
  readonly tab: Tab
  readonly devtools: CDPSession
  /** What the console and the network had to say since the page was opened. */
  readonly heard: string[]
}

async function openLook(stage: Stage, window: BrowserContext): Promise<Look> {
  const tab = await window.newPage()
  const heard: string[] = []
  const ofStatus = /^Failed to load resource: the server responded with a status of 4/
  tab.on('console', (message) => {
    // The page's own status is what the test expects; that of anything that it loads is not.
    if (ofStatus.test(message.text()) && message.location().url === tab.url()) return
    if (['error', 'warning'].includes(message.type())) heard.push(`console: ${message.text()}`)
  })
  tab.on('pageerror', (error) => heard.push(`script: ${error.message}`))
  tab.on('request', (request) => {
    if (!request.url().startsWith(`${stage.origin}/`) && !request.url().startsWith('data:')) heard.push(`asked ${request.url()}`)
  })
  // What the browser itself gave up, because the next page was asked for, did not fail.
  tab.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') heard.push(`failed: ${request.url()}`)
  })
  return { window, tab, heard, devtools: await window.newCDPSession(tab) }
}

async function faults(stage: Stage, look: Look, page: Page): Promise<string[]> {
  const { tab, heard } = look
  heard.length = 0
  await show(tab, 'light', widths[0])
  const answer = await arrive(stage, tab, page)
  const found = answer.status() === (page.status ?? 200) ? [] : [`status ${answer.status()}`]
  const html = await answer.text()
  found.push(...(await invalid(html)))
  // What the program says to itself is not for people.
  found.push(...(/Invalid (input|option)[^<]*|received undefined/.exec(html) ?? []).slice(0, 1))
  found.push(...(await violations(look, { rules: { 'color-contrast': { enabled: false } } })))
  for (const width of widths) found.push(...(await stickingOut(tab, width)))
  const fresh = await newKinds(tab)
  if (fresh.length > 0) {
    found.push(...(await violations(look, { runOnly: ['color-contrast'] }, elementsOf(fresh))))
    await show(tab, 'dark', widths[2])
    found.push(...(await violations(look, { runOnly: ['color-contrast'] }, elementsOf(fresh))))
  }
  if (pictures) await takePictures(tab, page, pictures)
  return [...found, ...heard]
}

async function arrive(stage: Stage, tab: Tab, { path, form }: Page): Promise<Response> {
  if (!form) return (await tab.goto(stage.origin + path)) ?? assert.fail(`${path} gives no answer`)
  await tab.goto(`${stage.origin}/cookies`)
  return sendForm(tab, path, form)
}

const show = async (tab: Tab, colorScheme: 'light' | 'dark', width: number): Promise<void> => {
  await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await tab.setViewportSize({ width, height: HEIGHT })
}

// Valid, and sound: how a serialiser writes what means the same is its own affair.
const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'void-style': 'off',
    'doctype-style': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'no-trailing-whitespace': 'off',
    // Boxes of one question share its name, as radio buttons do.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'reset', 'submit'] }],
  },
})

/** What the validator has to say of a page as it was sent. */
async function invalid(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html)
  return results.flatMap(({ messages }) => messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message} (${m.selector ?? ''})`))
}

// Through the developer tools, because the page's own policy lets no foreign script in. What stands in a frame is
// sealed off from the page, and from axe: it is a page of its own on the list. Nor does axe
// fetch the styles once more, for one rule about screens that are turned.
async function violations({ devtools }: Look, options: axe.RunOptions, within = 'document'): Promise<string[]> {
  const evaluate = (expression: string) => devtools.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
  await evaluate(`if (!window.axe) { ${AXE} } 0`)
  const { result, exceptionDetails } = await evaluate(
    `axe.run(${within}, ${JSON.stringify({ ...options, resultTypes: ['violations'], iframes: false, preload: false })}).then((told) => told.violations)`,
  )
  if (exceptionDetails) throw new Error(exceptionDetails.text)
  return (result.value as axe.Result[]).map(
    ({ id, help, nodes }) => `axe ${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ')}`,
  )
}

/** Kinds of elements whose contrast was looked at: each with the three that it stands in. */
const kindsSeen = new Set<string>()

// All that the styles tell elements by: their names, their classes, and these attributes.
const KIND = `(element) => {
  const marks = ['type', 'readonly', 'disabled', 'open', 'hidden', 'aria-busy', 'aria-current', 'aria-sort', 'aria-invalid']
  const kind = (element) => [element.tagName, element.getAttribute('class'), ...marks.map((mark) => element.getAttribute(mark))].join('|')
  const within = (element, depth) => (element && depth > 0 ? kind(element) + ' < ' + within(element.parentElement, depth - 1) : '')
  return within(element, 4)
}`
const ELEMENTS = `[...document.body.querySelectorAll('*')]`

/** The kinds of elements on the page whose contrast no page before it has shown. */
async function newKinds(tab: Tab): Promise<string[]> {
  const fresh = (await tab.evaluate<string[]>(`[...new Set(${ELEMENTS}.map(${KIND}))]`)).filter((kind) => !kindsSeen.has(kind))
  for (const kind of fresh) kindsSeen.add(kind)
  return fresh
}

/** The elements of these kinds, as axe takes them. */
const elementsOf = (kinds: readonly string[]): string =>
  `{ include: ((kinds, kindOf) => ${ELEMENTS}.filter((element) => kinds.has(kindOf(element))))(new Set(${JSON.stringify(kinds)}), ${KIND}) }`

async function stickingOut(tab: Tab, width: number): Promise<string[]> {
  await tab.setViewportSize({ width, height: HEIGHT })
  const over = await tab.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  return over > 0 ? [`sticks out by ${over} at ${width}`] : []
}

async function takePictures(tab: Tab, page: Page, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const name = `${page.as}-${page.says}`.replace(/[^\w-]+/g, '_')
  for (const scheme of ['light', 'dark'] as const)
    for (const width of widths) {
      await show(tab, scheme, width)
      await tab.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true })
    }
}
