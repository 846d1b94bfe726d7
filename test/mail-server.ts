/** A mail server on loopback for tests: it takes letters, or answers as it is told. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after } from 'node:test'
import { closeSmtp } from '../src/processors/smtp.ts'

/** What a server says to each command instead of yes; `hang up` ends the connection instead. */
export type Answers = Readonly<Record<string, string>>

export interface MailServer {
  readonly url: string
  /** The letters that it took, whole. */
  readonly taken: string[]
  /** To whom they went. */
  readonly reached: string[]
  readonly connections: Socket[]
  answers: Answers
  /** What it says to a recipient, where that is not yes. */
  refuses: (address: string) => string | undefined
}

/** Opens it; it is closed when the test file is done. */
export async function mailServer(answers: Answers = {}): Promise<MailServer> {
  const state: MailServer & { url: string } = { url: '', taken: [], reached: [], connections: [], answers, refuses: () => undefined }
  const server = createServer((socket) => {
    state.connections.push(socket.setNoDelay())
    socket.on('error', () => {})
    converse(state, socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    closeSmtp()
    server.close()
    for (const socket of state.connections) socket.destroy()
  })
  state.url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

function converse(state: MailServer, socket: Socket): void {
  const say = (command: string, usual: string) => {
    const answer = state.answers[command] ?? usual
    if (answer === 'hang up') socket.destroy()
    else socket.write(`${answer}\r\n`)
  }
  let [text, inLetter, refused, to] = ['', false, false, '']
  const end = () => text.indexOf(inLetter ? '\r\n.\r\n' : '\r\n')
  const hear = (said: string) => {
    const command = said.slice(0, 4).toUpperCase()
    const address = /<(.*)>/.exec(said)?.[1] ?? ''
    const no = command === 'RCPT' ? state.refuses(address) : undefined
    if (/^(MAIL|RSET)/.test(command)) refused = false
    if (command === 'RCPT') to = address
    if (no || (/^(MAIL|RCPT)/.test(command) && state.answers[command])) refused = true
    if (command === 'DATA') say('', refused ? '503 nobody to send it to' : '354 go on')
    else if (no) say('', no)
    else say(command, command === 'EHLO' ? '250-here\r\n250 PIPELINING' : '250 fine')
    inLetter = command === 'DATA' && !refused
    if (inLetter && state.answers['begun']) socket.destroy()
  }
  const take = (letter: string) => {
    inLetter = false
    if (!state.answers['letter']) {
      state.taken.push(letter)
      state.reached.push(to)
    }
    say('letter', '250 taken')
  }
  socket.on('data', (bytes) => {
    text += bytes.toString()
    for (let at = end(); at >= 0; at = end()) {
      const said = text.slice(0, at)
      text = text.slice(at + (inLetter ? 5 : 2))
      if (inLetter) take(said)
      else hear(said)
    }
  })
  socket.write('220 here\r\n')
}
