/**
 * An authenticator in software (ES256, attestation "none"), for tests: it makes a passkey and signs
 * with it as a phone or a security key would. Its flags, its counter and its site can be set wrong.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** What the device says of itself and of the site; a test changes what it wants to see refused. */
export interface Behaviour {
  readonly origin: string
  /** The site whose name is in the signed data, if it is not the one that asked. */
  readonly rpId?: string
  /** Was a finger, a face or a PIN asked for? */
  readonly verified?: boolean
  readonly userHandle?: string
}

interface Creation {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
}

interface Request {
  readonly challenge: string
  readonly rpId: string
}

const PRESENT = 0x01
const VERIFIED = 0x04
const HAS_KEY = 0x40

export class SoftKey {
  readonly id = randomBytes(16).toString('base64url')
  /** How often it was used; zero for ever when it does not count. */
  counter = 0
  counts = true
  userHandle: string | undefined
  readonly #private: KeyObject
  readonly #x: Buffer
  readonly #y: Buffer

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    this.#private = privateKey
    this.#x = Buffer.from(x, 'base64url')
    this.#y = Buffer.from(y, 'base64url')
  }

  /** Makes the passkey: what `navigator.credentials.create()` would answer, as JSON text. */
  create(options: Creation, { origin, rpId = options.rp.id, verified = true }: Behaviour): string {
    this.userHandle = options.user.id
    const id = Buffer.from(this.id, 'base64url')
    const key = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, this.#x],
        [-3, this.#y],
      ]),
    )
    const authData = Buffer.concat([this.#data(rpId, verified, HAS_KEY), Buffer.alloc(16), uint(2, id.length), id, key])
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ])
    return this.#answer({
      clientDataJSON: clientData('webauthn.create', options.challenge, origin).toString('base64url'),
      attestationObject: cbor(attestation).toString('base64url'),
      transports: ['internal'],
    })
  }

  /** Signs: what `navigator.credentials.get()` would answer, as JSON text. */
  get(options: Request, { origin, rpId = options.rpId, verified = true, userHandle = this.userHandle }: Behaviour): string {
    const authData = this.#data(rpId, verified)
    const client = clientData('webauthn.get', options.challenge, origin)
    const signature = sign('sha256', Buffer.concat([authData, sha256(client)]), this.#private)
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle,
    })
  }

  #data(rpId: string, verified: boolean, more = 0): Buffer {
    if (this.counts) this.counter++
    return Buffer.concat([sha256(rpId), Buffer.from([PRESENT | (verified ? VERIFIED : 0) | more]), uint(4, this.counter)])
  }

  #answer(response: object): string {
    return JSON.stringify({ id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response })
  }
}

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest()

const clientData = (type: string, challenge: string, origin: string): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

function uint(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

// RFC 8949, as much of it as a passkey needs.
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)])
  throw new Error('not a value that a passkey needs')
}

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value])
  return value < 256 ? Buffer.from([(major << 5) | 24, value]) : Buffer.concat([Buffer.from([(major << 5) | 25]), uint(2, value)])
}
