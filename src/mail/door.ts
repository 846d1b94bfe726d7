/**
 * The door for letters: a small SMTP server of our own. It takes what is addressed to a mailbox of the house
 * and nothing else, says "taken" only once the letter is in the database, and passes nothing on to anybody.
 */
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { MINUTE, SECOND } from '../clock.ts'
import { WrongSetting } from '../config.ts'
import { log, logFault } from '../log.ts'
import type { House } from '../web/house.ts'
import { isFull, most, takeIn } from './incoming.ts'
import { mailboxFor } from './mailboxes.ts'

export interface Door {
  readonly port: number
  close(): Promise<void>
}

/** How many may stand in the door at once, how many of them from one address, and for how long at most. */
const crowd = { clients: 30, fromOne: 10, staying: 5 * MINUTE } as const

const refusal = (code: number, words: string): Error => Object.assign(new Error(words), { responseCode: code })
const LATER = refusal(451, 'Not now, please try again later')

/** Opens the door on `port`. */
export async function openDoor(house: House, port: number): Promise<Door> {
  const server = new SMTPServer({ ...rules(house), ...visitors(), ...letterTaking(house) })
  server.on('error', (fault) => logFault('mail.door', fault))
  // A visitor who sends a byte a minute is never idle, and must not stand there for ever.
  server.server.on('connection', (socket) => {
    const patience = setTimeout(() => socket.destroy(), crowd.staying)
    socket.once('close', () => clearTimeout(patience))
  })
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, undefined, resolve)
  })
  return {
    port: (server.server.address() as { port: number }).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

// Of TLS 1.2 only what keeps the past secret and is no block chain; TLS 1.3 has nothing else.
const CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!SHA1'

function rules({ config }: House): SMTPServerOptions {
  const name = new URL(config.origin).hostname
  return {
    name,
    banner: 'ready',
    authOptional: true,
    // Without a certificate of the operator's the library would offer one whose key everybody knows.
    disabledCommands: config.smtpInTls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    ...(config.smtpInTls ? { ...config.smtpInTls, minVersion: 'TLSv1.2', ciphers: CIPHERS, honorCipherOrder: true } : {}),
    disableReverseLookup: true,
    size: most.bytes,
    maxRecipients: most.recipients,
    maxClients: crowd.clients,
    socketTimeout: MINUTE,
    closeTimeout: 10 * SECOND,
    logger: false,
  }
}

/** One address alone cannot fill the door. */
function visitors(): Pick<SMTPServerOptions, 'onConnect' | 'onClose'> {
  const inside = new Map<string, number>()
  const count = (address: string, change: number): number => {
    const now = (inside.get(address) ?? 0) + change
    if (now > 0) inside.set(address, now)
    else inside.delete(address)
    return now
  }
  return {
    onConnect: ({ remoteAddress }, done) =>
      done(count(remoteAddress, 1) > crowd.fromOne ? refusal(421, 'Too many connections from you, please wait') : null),
    onClose: ({ remoteAddress }) => void count(remoteAddress, -1),
  }
}

function letterTaking(house: House): Pick<SMTPServerOptions, 'onRcptTo' | 'onData'> {
  return {
    onRcptTo: ({ address }, _session, done) => done(mailboxFor(house, address) ? null : refusal(550, 'There is no such mailbox here')),
    onData: (stream, session, done) => {
      const pieces: Buffer[] = []
      let bytes = 0
      stream.on('data', (piece: Buffer) => {
        bytes += piece.length
        if (bytes <= most.bytes) pieces.push(piece)
      })
      stream.once('error', () => done(LATER))
      stream.once('end', () => {
        if (stream.sizeExceeded || bytes > most.bytes) done(refusal(552, 'That letter is too large'))
        else void answer(house, session, Buffer.concat(pieces), done)
      })
    },
  }
}

/** Says "taken" once the letter is kept; else what makes its bringer keep it. */
async function answer(house: House, session: SMTPServerSession, raw: Buffer, done: (fault?: Error | null) => void): Promise<void> {
  let refused: Error | null = null
  try {
    const { envelope } = session
    const bringer = { ip: session.remoteAddress, helo: session.hostNameAppearsAs }
    const from = envelope.mailFrom ? envelope.mailFrom.address : ''
    if (await isFull(house)) refused = LATER
    else await takeIn(house, { from, to: envelope.rcptTo.map(({ address }) => address), raw, bringer })
  } catch (fault) {
    logFault('mail.not-taken', fault)
    refused = LATER
  }
  done(refused)
}

/**
 * Opens the door that the settings ask for, if they ask for one.
 * @throws WrongSetting when the port cannot be had
 */
export async function openDoorIfAsked(house: House): Promise<Door | undefined> {
  const { smtpInPort: port } = house.config
  if (port === undefined) return undefined
  try {
    const door = await openDoor(house, port)
    log('mail.door-open', { port: door.port })
    return door
  } catch (fault) {
    const why =
      (fault as { code?: string }).code === 'EACCES' ? 'this user may not open it: choose one above 1023' : 'something else runs there'
    throw new WrongSetting(`SMTP_IN_PORT ${port} cannot be opened (${why}).`)
  }
}
