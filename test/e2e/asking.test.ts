/** The question about services of others, in a browser: looked at, answered without script, by the keyboard alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '../pages.ts'
import { lookAtPages } from './pages.ts'
import { openStage } from './stage.ts'

const stage = await openStage({ POSTHOG: 'https://phc_Key@eu.i.posthog.com', PLAUSIBLE: 'https://example.com@plausible.io' })
const nobody = stage.house.browser()
const owner = await stage.house.member('owner')
const pages: Page[] = [
  ...['/', '/privacy', '/privacy/processors', '/help'].map((path): Page => ({ says: `${path} with the question`, as: 'visitor', path })),
  { says: 'the answers, counted', as: 'owner', path: '/staff/navigation/consents' },
]
const browsers = { visitor: nobody, owner } as unknown as Parameters<typeof lookAtPages>[1]['browsers']
lookAtPages(stage, { browsers, pages } as Parameters<typeof lookAtPages>[1])

test('at 360 pixels both buttons are of one size and side by side, and nothing is covered', async () => {
  const window = await stage.window({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false })
  const tab = await window.newPage()
  await tab.goto('/')
  const banner = tab.getByRole('region', { name: 'Your choice about analytics services' })
  const [no, yes] = [
    await banner.getByRole('button', { name: 'Refuse' }).boundingBox(),
    await banner.getByRole('button', { name: 'Accept' }).boundingBox(),
  ]
  assert(no && yes)
  assert.deepEqual([no.width, no.height, no.y], [yes.width, yes.height, yes.y])
  const [above, main] = [await banner.boundingBox(), await tab.locator('main').boundingBox()]
  assert(above && main && main.y >= above.y + above.height)
  await window.close()
})

test('by the keyboard alone and without script it is answered, and gone', async () => {
  const window = await stage.window({ javaScriptEnabled: false })
  const tab = await window.newPage()
  await tab.goto('/help')
  const refuse = tab.getByRole('button', { name: 'Refuse' })
  for (let pressed = 0; pressed < 30 && !(await refuse.evaluate((button) => button === button.ownerDocument.activeElement)); pressed++)
    await tab.keyboard.press('Tab')
  await tab.keyboard.press('Enter')
  await tab.waitForLoadState()
  assert.equal(new URL(tab.url()).pathname, '/help')
  assert.equal(await tab.getByRole('region', { name: 'Your choice about analytics services' }).count(), 0)
  await window.close()
})
