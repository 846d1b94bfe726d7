/** A mail server on loopback, for tests of letters that go out. */
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { closeSmtp } from '../src/processors/smtp.ts'

export interface Sink {
  readonly url: string
  /** What it took, as it came. */
  readonly taken: string[]
  /** The return path of each. */
  readonly paths: string[]
  /** The reply to a recipient: a code, or a code with words. */
  answer: (address: string) => number | string
}

/** A mail server on loopback that takes what it is told to take. */
export async function sink(): Promise<Sink> {
  const sink: Sink & { url: string } = { url: '', taken: [], paths: [], answer: () => 250 }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) => {
      const answer = String(sink.answer(address))
      const code = Number(answer.slice(0, 3))
      done(code < 300 ? null : Object.assign(new Error(answer.slice(4) || 'no'), { responseCode: code }))
    },
    onData: (stream, session, done) => {
      let text = ''
      stream.on('data', (bytes: Buffer) => (text += bytes.toString()))
      stream.on('end', () => {
        sink.taken.push(text)
        sink.paths.push(session.envelope.mailFrom ? session.envelope.mailFrom.address : '')
        done()
      })
    },
  })
  // Whoever is killed while it delivers breaks its connection, and that is no fault of ours.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    closeSmtp()
    server.close()
  })
  sink.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  return sink
}
