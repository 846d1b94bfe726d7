/** A service of somebody else's making that answers requests by OpenDSR 2.0: a real server on loopback, with a certificate of its own. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...head]), body])
}
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const time = (at: Date): Buffer => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

/** A key, and a certificate for a name that it has signed itself. */
export function certificateFor(domain: string, until = new Date(Date.now() + 86_400_000 * 365)): { key: KeyObject; pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const algorithm = der(0x30, oid('2a864886f70d01010b'), der(0x05))
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('a service')))))
  const names = der(0x30, der(0x30, oid('551d11'), der(0x04, der(0x30, der(0x82, Buffer.from(domain))))))
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    der(0x30, time(new Date(Date.now() - 86_400_000)), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, names),
  )
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.from([0]), sign('RSA-SHA256', body, privateKey)))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return { key: privateKey, pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n` }
}

/** A request as the service has it. */
export interface Had {
  readonly subject_request_id: string
  readonly subject_request_type: string
  readonly subject_identities: readonly { identity_value: string }[]
  readonly status_callback_urls: readonly string[]
}

export interface DsrEmulator {
  readonly url: string
  readonly domain: string
  readonly pem: string
  readonly had: Had[]
  /** How every request stands, when it is asked. */
  standing: string
  /** Breaks something of what it answers. */
  broken: 'down' | 'unsigned' | 'other request' | undefined
  /** Where its certificate is said to lie. */
  certificateAt: string
  signed(text: string): Record<string, string>
}

/** Opens a service; it is closed when the test file is done. */
export async function openDsrService(domain: string): Promise<DsrEmulator> {
  const { key, pem } = certificateFor(domain)
  const signed = (text: string) => ({
    'x-opendsr-processor-domain': domain,
    'x-opendsr-signature': sign('RSA-SHA256', Buffer.from(text), key).toString('base64'),
  })
  const service = {
    url: '',
    domain,
    pem,
    had: [] as Had[],
    standing: 'pending',
    broken: undefined,
    certificateAt: `https://${domain}/cert.pem`,
    signed,
  }
  const server = createServer((request, response) => void answer(service, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`
  return service
}

async function answer(service: DsrEmulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces).toString()
  const send = (status: number, said: object): void => {
    const text = JSON.stringify(said)
    response.writeHead(status, service.broken === 'unsigned' ? {} : service.signed(text)).end(text)
  }
  if (service.broken === 'down') return void response.destroy()
  if (request.url === '/v2/discovery')
    return send(200, {
      api_version: '2.0',
      supported_identities: [{ identity_type: 'controller_customer_id', identity_format: 'raw' }],
      supported_subject_request_types: ['erasure', 'access', 'portability', 'correction'],
      processor_certificate: service.certificateAt,
    })
  if (request.method === 'POST') {
    const had = JSON.parse(body) as Had
    service.had.push(had)
    const encoded = service.broken === 'other request' ? '{}' : body
    return send(201, {
      subject_request_id: had.subject_request_id,
      received_time: new Date().toISOString(),
      expected_completion_time: new Date(Date.now() + 86_400_000).toISOString(),
      encoded_request: Buffer.from(encoded).toString('base64'),
    })
  }
  send(200, { subject_request_id: request.url?.split('/').at(-1), request_status: service.standing })
}
