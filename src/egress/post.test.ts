import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen } from '../../test/endpoint.ts'
import { faultIn, post, wayTo } from './post.ts'

const production = { environment: 'production' } as const
const mayReach = (config: { environment: 'production' | 'development' }, address: string) =>
  wayTo(config, new URL('https://example.com')).may(address)
const development = { environment: 'development' } as const
const plate = { name: 'Somebody' }

const reserved = [
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.9.9.9', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8'],
  ...[
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '100::1', '2001:db8::1', '2001::1', '2002:7f00:1::', '3fff::1'],
  ...['fc00::1', 'fd12::1', 'fe80::1', 'fec0::1', 'ff02::1', '5f00::1', 'fe80::1%eth0', 'localhost', '', '127.1'],
]

test('no private, reserved or odd address is reached', () => {
  for (const address of reserved) assert.equal(mayReach(production, address), false, address)
  for (const address of ['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::1', '172.32.0.1', '11.0.0.1'])
    assert.equal(mayReach(production, address), true, address)
  for (const address of ['127.0.0.1', '::1']) assert.equal(mayReach(development, address), true, address)
  for (const address of ['10.0.0.1', '169.254.169.254']) assert.equal(mayReach(development, address), false, address)
})

test('however a private address is written, it is one', () => {
  const ways = ['127.1', '0x7f000001', '2130706433', '0177.0.0.1', '[::1]', '[::ffff:7f00:1]', '127.0.0.1.', '①②⑦.0.0.1', '10.0.0.1:443']
  for (const host of ways) assert(faultIn(production, `https://${host}/hooks`), host)
  for (const url of ['http://example.com/', 'https://u@example.com/', 'https://:p@example.com/', 'file:///etc/passwd', '//example.com', ''])
    assert(faultIn(production, url), url)
  assert.equal(faultIn(production, 'https://example.com/hooks'), undefined)
})

test('a name that leads to a private address is refused at the moment of connection', async () => {
  const message = { headers: {}, body: '{}' }
  assert.deepEqual(await post(production, plate, { ...message, url: 'https://localhost/hooks' }), { failed: 'private address' })
  assert.deepEqual(await post(production, plate, { ...message, url: 'https://127.0.0.1/hooks' }), { failed: 'private address' })
  assert.deepEqual(await post(production, plate, { ...message, url: 'http://example.com/' }), { failed: 'not https' })
})

test('in development the machine itself is reached, by number and by name', async () => {
  const here = await listen()
  const message = { headers: { 'content-type': 'application/json' }, body: '{"type":"x"}' }
  assert.deepEqual(await post(development, plate, { ...message, url: here.url }), { status: 204, text: '' })
  assert.deepEqual(await post(development, plate, { ...message, url: here.url.replace('127.0.0.1', 'localhost') }), {
    status: 204,
    text: '',
  })
  assert.equal(here.heard.length, 2)
})
