/** A collector of traces: a real server on loopback that takes OTLP in JSON, as OpenTelemetry's own does, and keeps what it took. */
import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { Browser } from './browser.ts'

/** A span as it arrived. */
export interface Arrived {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** 2 a request, 3 a call, 5 a job (OTLP's `SpanKind`). */
  readonly kind: number
  readonly status: { readonly code?: number; readonly message?: string }
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly events: readonly unknown[]
  readonly links: readonly unknown[]
  readonly said: Readonly<Record<string, string | number>>
}

export interface Collecting {
  /** What to set `OTEL_EXPORTER_OTLP_ENDPOINT` to. */
  readonly url: string
  /** Every request's body, as it came. */
  readonly texts: string[]
  readonly heads: IncomingHttpHeaders[]
  /** What its resource said. */
  readonly services: string[]
  /** Every span that arrived. */
  readonly spans: Arrived[]
  /** How it answers from now on. */
  answer: (response: ServerResponse) => void
  /** It is down, or up again at the same address. */
  down(): Promise<void>
  up(): Promise<void>
}

/** What a collector answers that took everything. */
export const taken = (response: ServerResponse, answer = '{}'): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(answer)

interface Value {
  readonly stringValue?: string
  readonly intValue?: number | string
  readonly doubleValue?: number
}
interface Pair {
  readonly key: string
  readonly value: Value
}
interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Pair[] }
    readonly scopeSpans: readonly { readonly spans: readonly (Omit<Arrived, 'said'> & { readonly attributes: readonly Pair[] })[] }[]
  }[]
}

const plain = (pairs: readonly Pair[]): Record<string, string | number> =>
  Object.fromEntries(
    pairs.map(({ key, value: { stringValue, intValue, doubleValue } }) => [key, stringValue ?? Number(intValue ?? doubleValue)]),
  )

/** Opens one; it is closed when the test file is done. */
export async function collect(): Promise<Collecting> {
  let server = await listening(0, take)
  const { port } = server.address() as AddressInfo
  const collecting: Collecting = {
    url: `http://127.0.0.1:${port}`,
    ...{ texts: [], heads: [], services: [], spans: [] },
    answer: taken,
    down: () => ended(server),
    up: async () => void (server = await listening(port, take)),
  }
  function take(path: string, headers: IncomingHttpHeaders, text: string, response: ServerResponse): void {
    assert.equal(path, '/v1/traces')
    assert.equal(headers['content-type'], 'application/json')
    collecting.texts.push(text)
    collecting.heads.push(headers)
    for (const { resource, scopeSpans } of (JSON.parse(text) as Exported).resourceSpans) {
      collecting.services.push(...Object.entries(plain(resource.attributes)).map(([key, value]) => `${key}=${value}`))
      for (const { spans } of scopeSpans)
        collecting.spans.push(...spans.map(({ attributes, ...span }) => ({ ...span, said: plain(attributes) })))
    }
    collecting.answer(response)
  }
  after(() => ended(server))
  return collecting
}

type Take = (path: string, headers: IncomingHttpHeaders, text: string, response: ServerResponse) => void

async function listening(port: number, take: Take): Promise<Server> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => take(request.url ?? '', request.headers, Buffer.concat(pieces).toString(), response))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

async function ended(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}

/** A browser that speaks to a server on this machine by the wire, under the name of the site. */
export function browserTo(port: number, origin: string): Browser {
  const over = (address: string, init: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(address)
      const headers = { ...(init.headers as Record<string, string>), connection: 'close' }
      const sending = request({ host: '127.0.0.1', port, path: pathname + search, method: init.method, headers }, (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('end', () => resolve(answerOf(answer.statusCode ?? 0, answer.rawHeaders, Buffer.concat(pieces))))
      })
      sending.on('error', reject)
      sending.end(init.body as string | undefined)
    })
  return new Browser({ request: over }, origin)
}

function answerOf(status: number, raw: readonly string[], body: Buffer): Response {
  const headers = new Headers()
  for (let at = 0; at < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '')
  return new Response([204, 303, 304].includes(status) ? null : new Uint8Array(body), { status, headers })
}
