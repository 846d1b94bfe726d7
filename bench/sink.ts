/** A mail server that takes everything and remembers to whom it went; a process of its own, spoken to by messages. */
import { type AddressInfo, createServer, type Socket } from 'node:net'

const taken = new Map<string, number>()
let letters = 0

function serve(socket: Socket): void {
  let [text, inLetter, to] = ['', false, '']
  socket.setNoDelay().on('error', () => {})
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
    let said = ''
    for (let at = end(); at >= 0; at = end()) {
      const line = text.slice(0, at)
      text = text.slice(at + (inLetter ? 5 : 2))
      said += inLetter ? take() : answer(line)
    }
    if (said) socket.write(said)
  })
  socket.write('220 sink\r\n')
  const end = (): number => text.indexOf(inLetter ? '\r\n.\r\n' : '\r\n')
  const take = (): string => {
    inLetter = false
    letters++
    taken.set(to, (taken.get(to) ?? 0) + 1)
    return '250 taken\r\n'
  }
  const answer = (line: string): string => {
    const command = line.slice(0, 4).toUpperCase()
    if (command === 'EHLO') return '250-sink\r\n250 PIPELINING\r\n'
    if (command === 'RCPT') to = line.slice(line.indexOf('<') + 1, line.lastIndexOf('>'))
    inLetter = command === 'DATA'
    return inLetter ? '354 go on\r\n' : '250 fine\r\n'
  }
}

process.on('message', (asked: 'count' | 'all') => {
  const twice = asked === 'all' ? [...taken].filter(([, times]) => times > 1).map(([address]) => address) : []
  process.send?.({ letters, readers: taken.size, twice, all: asked === 'all' ? [...taken.keys()] : [] })
})

const server = createServer(serve).listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit())
