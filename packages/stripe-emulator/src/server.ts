/** The HTTP server: the API, the hosted pages, and the page that drives the emulator. Loopback only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, answer, type Desk } from './answer.ts'
import type { Faults } from './faults.ts'
import { nextFault } from './faults.ts'
import { type Page, showPage } from './pages/pages.ts'
import type { Panel } from './panel.ts'
import { answerPanel } from './panel.ts'

export interface Rooms {
  desk: Desk
  faults: Faults
  panel: Panel
  /** After every request: send what was told, keep what was changed. */
  afterwards: () => void
}

const limit = 2 * 1024 * 1024

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > limit) throw new Error('too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

const headersOf = (request: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]))

/** Other sites must neither read nor drive the emulator through a visitor's browser. */
function fromElsewhere({ method, headers }: IncomingMessage): boolean {
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(headers.host ?? '')) return true
  return method !== 'GET' && headers.origin !== undefined && headers.origin !== 'null' && headers.origin !== `http://${headers.host ?? ''}`
}

async function handle(rooms: Rooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? '/'
  const method = request.method ?? 'GET'
  const body = await bodyOf(request)
  if (/^\/v[12]\//.test(target)) return answerApi(rooms, request, response, { method, target, body })
  if (fromElsewhere(request)) return sendJson(response, { status: 403, body: { error: 'not from here' } })
  const question = { method, target, headers: headersOf(request), body }
  const isPanel = /^\/_emu(\/|\?|$)/.test(target)
  const page = isPanel ? await answerPanel(rooms.panel, question) : showPage(rooms.desk.world, question)
  rooms.afterwards()
  if ('json' in page) sendJson(response, { status: page.status, body: page.json })
  else sendPage(response, page)
}

async function answerApi(
  rooms: Rooms,
  request: IncomingMessage,
  response: ServerResponse,
  { method, target, body }: { method: string; target: string; body: string },
): Promise<void> {
  const fault = nextFault(rooms.faults, method, target)
  if (fault === 'down') return void request.socket.destroy()
  if (fault === 'timeout') return
  const run = () => answer(rooms.desk, { method, target, headers: headersOf(request), body })
  if (fault === 'lost answer') {
    run()
    rooms.afterwards()
    return void request.socket.destroy()
  }
  const result = fault ?? run()
  rooms.afterwards()
  sendJson(response, result)
}

function sendJson(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify(body, null, 2))
}

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

function sendPage(response: ServerResponse, page: Page): void {
  if (page.location === undefined) {
    response.writeHead(page.status, pageHeaders)
    response.end(page.html)
    return
  }
  response.writeHead(303, { location: page.location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  response.end()
}

/** Opens the server; it answers once it is told which rooms there are. */
export async function openServer(port: number): Promise<{ server: Server; port: number; admit: (rooms: Rooms) => void }> {
  let rooms: Rooms | undefined
  const server = createServer((request, response) => {
    if (!rooms) return void response.writeHead(503).end()
    handle(rooms, request, response).catch((error: unknown) => {
      console.error(error)
      if (!response.headersSent)
        sendJson(response, {
          status: 500,
          body: { error: { type: 'api_error', message: 'The emulator made a mistake; its output says which.' } },
        })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return { server, port: (server.address() as AddressInfo).port, admit: (given) => void (rooms = given) }
}
