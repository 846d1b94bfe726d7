/** A program of somebody else's making that is told things: a real server on loopback, which notes what it hears. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'

export interface Heard {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> }
}

export interface Listening {
  readonly url: string
  readonly heard: Heard[]
  /** How it answers from now on: a status, or whatever a function does with the response. */
  answer: number | ((response: ServerResponse) => void)
}

/** Opens a server; it is closed when the test file is done. */
export async function listen(): Promise<Listening> {
  const listening: Listening & { url: string } = { url: '', heard: [], answer: 204 }
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString()
      listening.heard.push({ path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) as Heard['body'] })
      if (typeof listening.answer === 'function') listening.answer(response)
      else response.writeHead(listening.answer).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  listening.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
  return listening
}
