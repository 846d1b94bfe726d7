/** Behind the wall, goes by a declared way in every form in which libraries do, and prints which of them arrived. */
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import nodemailer from 'nodemailer'
import { openWay, raiseWall } from '../src/egress/wall.ts'

const greeting = net.createServer((socket) => socket.end('220 hello\r\n')).listen(0, '127.0.0.1')
await once(greeting, 'listening')
const { port } = greeting.address() as AddressInfo
const relay = net.createServer((socket) => {
  socket.write('220 relay ESMTP\r\n')
  socket.on('data', (bytes) => {
    const said = bytes.toString()
    socket.write(/^DATA/i.test(said) ? '354 go on\r\n' : '250 ok\r\n')
    if (/^QUIT/i.test(said)) socket.end()
  })
})
relay.listen(0, '127.0.0.1')
await once(relay, 'listening')
const mail = (relay.address() as AddressInfo).port
for (const each of [port, mail]) openWay({ host: '127.0.0.1', port: each, may: () => true })
raiseWall()

const host = '127.0.0.1'
const called = (start: (done: () => void) => unknown): Promise<void> => new Promise((resolve) => void start(resolve))
const forms: Readonly<Record<string, () => Promise<unknown>>> = {
  'options and a listener': () => called((done) => net.connect({ host, port }, done)),
  'port, host and a listener': () => called((done) => net.connect(port, host, done)),
  'a socket’s own options and listener': () => called((done) => new net.Socket().connect({ host, port }, done)),
  'a socket’s own port and listener': () => called((done) => new net.Socket().connect(port, host, done)),
  'options, and an event': () => once(net.connect({ host, port }), 'connect'),
  'a letter': () =>
    nodemailer.createTransport({ host, port: mail, ignoreTLS: true }).sendMail({ from: 'a@b.example', to: 'c@d.example', text: 'x' }),
}
const arrived: Record<string, boolean> = {}
for (const [name, go] of Object.entries(forms)) {
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), 5_000).unref())
  arrived[name] = await Promise.race([go().then(() => true), late])
}
process.stdout.write(`${JSON.stringify(arrived)}\n`, () => process.exit(0))
