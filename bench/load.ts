/**
 * The load: so many connections, each of which asks again as soon as it was answered. Plain sockets and next to no
 * parsing, so that what is measured is the server: one of these costs a small part of what an answer costs.
 */
import { connect, type Socket } from 'node:net'

export interface Load {
  readonly port: number
  readonly path: string
  readonly cookie?: string
  readonly seconds: number
}

export const CONNECTIONS = 32

/** Answers a second; anything but a 200 is an error. */
export async function load({ port, path, cookie, seconds }: Load): Promise<number> {
  const request = [`GET ${path} HTTP/1.1`, `host: localhost:${port}`, ...(cookie ? [`cookie: ${cookie}`] : []), '', ''].join('\r\n')
  const started = performance.now()
  const until = started + seconds * 1000
  const counts = await Promise.all(Array.from({ length: CONNECTIONS }, () => asking(port, request, until)))
  return (counts.reduce((sum, count) => sum + count, 0) / (performance.now() - started)) * 1000
}

function asking(port: number, request: string, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let answers = 0
    const socket = connect(port, 'localhost').setNoDelay()
    const ask = (): void => void socket.write(request)
    const answered = (): void => {
      answers++
      if (performance.now() < until) return ask()
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', ask)
    socket.once('error', reject)
    readAnswers(socket, answered, reject)
  })
}

function readAnswers(socket: Socket, answered: () => void, fail: (fault: Error) => void): void {
  let missing = 0
  let head = ''
  socket.on('data', (bytes) => {
    if (missing > 0) missing -= bytes.length
    else {
      head += bytes.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return
      missing = lengthIn(head, fail) - (head.length - end - 4)
      head = ''
    }
    if (missing === 0) answered()
  })
}

function lengthIn(head: string, fail: (fault: Error) => void): number {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (head.startsWith('HTTP/1.1 200 ') && length !== undefined) return Number(length)
  fail(new Error(`this is not an answer with a page and its length:\n${head.slice(0, 500)}`))
  return Number.NaN
}
