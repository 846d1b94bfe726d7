/** The stage of the browser tests: the test house on a port of its own, and one Chromium before it. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import {
  type Browser as Chromium,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
  type Page,
  type Response,
} from 'playwright-core'
import { openApp } from '../../src/app.ts'
import type { Browser } from '../browser.ts'
import { openTestHouse, type TestHouse } from '../harness.ts'

export const launching: LaunchOptions = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export interface Stage {
  readonly house: TestHouse
  readonly origin: string
  readonly chromium: Chromium
  /** A window with an empty cookie jar, or with the jar of somebody who came in by the harness. */
  window(options?: BrowserContextOptions, jar?: Browser): Promise<BrowserContext>
}

/** Opens the stage; it is closed when the test file is done. */
export async function openStage(settings: Record<string, string> = {}): Promise<Stage> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch(launching)
  // Before the house is: a page that is open may still ask it something.
  after(() => close(browser, server))
  const house = await openTestHouse({ ORIGIN: origin, ...settings })
  const listener = getRequestListener(openApp(house.house).fetch, { overrideGlobalObjects: false })
  server.on('request', (request, response) => void listener(request, response))
  return {
    house,
    origin,
    chromium: browser,
    window: async (options, jar) => {
      const window = await browser.newContext({ baseURL: origin, ...options })
      window.setDefaultTimeout(10_000)
      if (jar) await window.addCookies([...jar.cookies].map(([name, value]) => ({ name, value, url: origin })))
      return window
    },
  }
}

async function close(browser: Chromium, server: Server): Promise<void> {
  await browser.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** Sends a form from the page that is open, as a form of our own pages would; answers with the page that it leads to. */
export async function sendForm(page: Page, path: string, form: Readonly<Record<string, string>>): Promise<Response> {
  const fields = JSON.stringify(Object.entries(form))
  const arrival = page.waitForResponse((response) => response.request().isNavigationRequest() && response.status() !== 303)
  // Of the page that comes: the one that is left has loaded long since.
  const loaded = page.waitForEvent('load')
  await page.evaluate(`{
    const form = document.createElement('form')
    form.method = 'post'
    form.action = ${JSON.stringify(path)}
    for (const [name, value] of ${fields}) {
      const input = document.createElement('input')
      Object.assign(input, { type: 'hidden', name, value })
      form.append(input)
    }
    document.body.append(form)
    form.submit()
  }`)
  const response = await arrival
  await loaded
  return response
}
