/** A look at the own site from outside, as its visitors reach it: through the proxy, by its name and its certificate. */
import { request as plainRequest } from 'node:http'
import { request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { connect } from 'node:net'
import type { Config } from '../config.ts'
import { hostIn, portIn } from './network.ts'
import { withPass } from './wall.ts'

const PATIENCE = 8_000

/** What the site answered, or how it failed: a code of Node's or of TLS, such as `ENOTFOUND` or `CERT_HAS_EXPIRED`. */
export type Sight =
  | { readonly status: number; readonly hsts: boolean; readonly protocol?: string; readonly certificateEnds?: Date }
  | { readonly failed: string }

/** Asks the site itself whether it is ready. Nothing but its own name goes out. */
export function lookAtSite({ origin }: Pick<Config, 'origin'>): Promise<Sight> {
  const url = new URL('/readyz', origin)
  return withPass({ way: { host: hostIn(url), port: portIn(url), may: () => true } }, () => ask(url))
}

function ask(url: URL): Promise<Sight> {
  const send = url.protocol === 'https:' ? request : plainRequest
  return new Promise((resolve) => {
    const sending = send(url, { agent: false, signal: AbortSignal.timeout(PATIENCE) }, (answer) => {
      const socket = answer.socket as Partial<TLSSocket>
      const ends = socket.getPeerCertificate?.().valid_to
      answer.resume()
      resolve({
        status: answer.statusCode ?? 0,
        hsts: answer.headers['strict-transport-security'] !== undefined,
        ...(socket.getProtocol?.() ? { protocol: socket.getProtocol() ?? '' } : {}),
        ...(ends ? { certificateEnds: new Date(ends) } : {}),
      })
    })
    sending.on('error', (fault: NodeJS.ErrnoException) =>
      resolve({ failed: fault.name === 'TimeoutError' ? 'it does not answer' : (fault.code ?? fault.name) }),
    )
    sending.end()
  })
}

/** Does somebody listen on this port of this machine? */
export function listens(port: number): Promise<boolean> {
  const host = '127.0.0.1'
  return withPass({ way: { host, port, may: () => true } }, () => {
    const socket = connect({ host, port })
    const outcome = new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)))
    return outcome.finally(() => socket.destroy())
  })
}
