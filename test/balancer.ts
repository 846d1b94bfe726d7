/**
 * A proxy before several processes, as simple as one can be: it asks each whether it is ready, hands every request to one
 * that is, over a connection of its own, and tries another only if no connection came about: then nothing was begun.
 */
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const EVERY_MS = 50
const NO_CONNECTION = new Set(['ECONNREFUSED', 'EHOSTUNREACH'])

interface Backend {
  readonly port: number
  ready: boolean
  answers: number
}

/** A request that a process took and did not answer. */
export interface Broken {
  readonly port: number
  /** When it was handed over, by the clock of the process. */
  readonly at: number
  readonly path: string
}

interface Outgoing {
  readonly body?: string
  readonly type?: string
}

export class Balancer {
  readonly #server: Server
  #backends: Backend[] = []
  #turn = 0
  #networks = 0
  /** What was handed over and never answered. */
  readonly broken: Broken[] = []
  readonly #watching: NodeJS.Timeout

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => this.#pass(incoming, outgoing))
    this.#watching = setInterval(() => void this.#look(), EVERY_MS)
  }

  static async open(): Promise<Balancer> {
    const server = createServer({ keepAlive: false }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Balancer(server)
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on it hands requests to these. */
  use(...ports: readonly number[]): void {
    this.#backends = ports.map((port) => ({ port, ready: true, answers: 0 }))
  }

  /** How many it has answered. */
  answersOf = (port: number): number => this.#backends.find((backend) => backend.port === port)?.answers ?? 0

  /** Does `/readyz` of this process say yes? */
  async isReady(port: number): Promise<boolean> {
    return (await this.#send({ host: '127.0.0.1', port, path: '/readyz', headers: { host: new URL(this.origin).host } })) === 200
  }

  /** Asks as a client does, from another network each time: the status, or how the connection failed. */
  ask(path: string, { body, type }: Outgoing): Promise<number | string> {
    const n = ++this.#networks
    const { port, host } = new URL(this.origin)
    const headers = {
      host,
      'x-forwarded-for': `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`,
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      ...(type ? { 'content-type': type } : {}),
    }
    return this.#send({ host: '127.0.0.1', port: Number(port), path, method: body === undefined ? 'GET' : 'POST', headers }, body)
  }

  async close(): Promise<void> {
    clearInterval(this.#watching)
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #send(where: object, body?: string): Promise<number | string> {
    return new Promise((resolve) => {
      const asking = request({ ...where, agent: false }, (answer) => {
        answer.on('error', (fault) => resolve(fault.message))
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      asking.on('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.message))
      asking.end(body)
    })
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#backends.map(async (backend) => {
        backend.ready = await this.isReady(backend.port)
      }),
    )
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => this.#hand(incoming, outgoing, { body: Buffer.concat(pieces), tried: [] }))
  }

  #hand(incoming: IncomingMessage, outgoing: ServerResponse, { body, tried }: { body: Buffer; tried: readonly Backend[] }): void {
    const left = this.#backends.filter((backend) => !tried.includes(backend))
    const ready = left.filter((backend) => backend.ready)
    const candidates = ready.length > 0 ? ready : left
    const backend = candidates[this.#turn++ % candidates.length]
    if (!backend) return void outgoing.writeHead(502).end()
    const at = performance.now()
    const { method, url: path, headers } = incoming
    const { connection: _, 'transfer-encoding': __, ...passed } = headers
    const asking = request({ host: '127.0.0.1', port: backend.port, method, path, headers: passed, agent: false }, (answer) => {
      answer.on('error', () => {
        this.broken.push({ port: backend.port, at, path: path ?? '' })
        outgoing.destroy()
      })
      answer.on('end', () => backend.answers++)
      outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain' })
      answer.pipe(outgoing)
    })
    asking.on('error', (fault: NodeJS.ErrnoException) => {
      if (NO_CONNECTION.has(fault.code ?? '')) return this.#hand(incoming, outgoing, { body, tried: [...tried, backend] })
      this.broken.push({ port: backend.port, at, path: path ?? '' })
      if (!outgoing.headersSent) outgoing.writeHead(502).end()
    })
    asking.end(body)
  }
}
