/** A mailbox on loopback that speaks as much IMAP (RFC 3501) as a program needs that empties it. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { after } from 'node:test'

export interface FakeMailbox {
  readonly url: string
  readonly letters: { uid: number; raw: string; seen: boolean; deleted: boolean }[]
  add(raw: string): void
}

export async function fakeMailbox(): Promise<FakeMailbox> {
  const letters: FakeMailbox['letters'] = []
  const server = createServer((socket) => serve(socket, letters))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  let uid = 0
  return {
    url: `imap://robot:secret%40word@127.0.0.1:${(server.address() as AddressInfo).port}/INBOX`,
    letters,
    add: (raw) => void letters.push({ uid: ++uid, raw: raw.replace(/\r?\n/g, '\r\n'), seen: false, deleted: false }),
  }
}

function serve(socket: Socket, letters: FakeMailbox['letters']): void {
  let text = ''
  const say = (line: string) => socket.write(`${line}\r\n`)
  socket.on('error', () => {})
  say('* OK ready')
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 2)
      answer(line, letters, say)
      if (/ LOGOUT$/i.test(line)) socket.end()
    }
  })
}

function answer(line: string, letters: FakeMailbox['letters'], say: (line: string) => void): void {
  const [tag = '', ...rest] = line.split(' ')
  const command = rest.join(' ')
  const one = (uid: string | undefined) => letters.find((letter) => letter.uid === Number(uid))
  const place = (uid: string | undefined) => letters.findIndex((letter) => letter.uid === Number(uid)) + 1
  const [, stored, change, flag] = /^UID STORE (\d+) ([+-])FLAGS\S* \((\S+)\)/i.exec(command) ?? []
  const letter = one(stored)
  if (letter && change && /seen/i.test(flag ?? '')) letter.seen = true
  if (letter && change && /deleted/i.test(flag ?? '')) letter.deleted = true
  if (/^CAPABILITY/i.test(command)) say('* CAPABILITY IMAP4rev1 UIDPLUS')
  if (/^LIST/i.test(command)) say('* LIST () "/" "INBOX"')
  if (/^(SELECT|EXAMINE)/i.test(command)) for (const fact of facts(letters)) say(fact)
  if (/^UID SEARCH/i.test(command)) say(`* SEARCH ${letters.flatMap(({ uid, seen }) => (seen ? [] : [uid])).join(' ')}`.trimEnd())
  const [, uid, items = ''] = /^UID FETCH (\d+) (.*)/i.exec(command) ?? []
  const fetched = one(uid)
  if (fetched && /BODY\.?P?E?E?K?\[\]/i.test(items))
    say(`* ${place(uid)} FETCH (UID ${uid} BODY[] {${fetched.raw.length}}\r\n${fetched.raw})`)
  else if (fetched && /BODY\.?P?E?E?K?\[HEADER\]/i.test(items)) {
    const head = fetched.raw.slice(0, fetched.raw.indexOf('\r\n\r\n') + 4)
    say(`* ${place(uid)} FETCH (UID ${uid} BODY[HEADER] {${head.length}}\r\n${head})`)
  } else if (fetched) say(`* ${place(uid)} FETCH (UID ${uid} RFC822.SIZE ${fetched.raw.length})`)
  if (/EXPUNGE/i.test(command)) for (const gone of letters.filter(({ deleted }) => deleted)) letters.splice(letters.indexOf(gone), 1)
  if (/^LOGOUT/i.test(command)) say('* BYE')
  const wrong = /^LOGIN/i.test(command) && !command.includes('secret@word')
  say(`${tag} ${wrong ? 'NO [AUTHENTICATIONFAILED] no' : 'OK done'}`)
}

const facts = (letters: FakeMailbox['letters']): string[] => [
  '* FLAGS (\\Seen \\Deleted)',
  '* OK [PERMANENTFLAGS (\\Seen \\Deleted)] .',
  `* ${letters.length} EXISTS`,
  '* 0 RECENT',
  '* OK [UIDVALIDITY 1] .',
  `* OK [UIDNEXT ${letters.length + 100}] .`,
]
