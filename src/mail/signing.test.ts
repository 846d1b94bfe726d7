import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authenticate } from 'mailauth'
import { openTestHouse, type TestHouse } from '../../test/harness.ts'
import { sink } from '../../test/sink.ts'
import { MINUTE, setAhead } from '../clock.ts'
import { resolveWith } from '../processors/dns.ts'
import { checkUp, findings } from './checkup.ts'
import { post } from './letter.ts'
import { sentBehind } from './return-path.ts'
import { type KeptKey, keysOf, makeKey } from './signing.ts'

const server = await sink()
const house = await openTestHouse({
  SMTP_URL: server.url,
  MAIL_FROM: 'Cloudrun <hello@cloudrun.example>',
  ORIGIN: 'https://cloudrun.example',
  BOUNCE_ADDRESS: 'bounce@mail.cloudrun.example',
})

// What the name servers say, as the tests would have it.
const zone: Record<string, string[][]> = {}
const asked: string[] = []
const missing = () => Object.assign(new Error('nothing there'), { code: 'ENOTFOUND' })
resolveWith(async (name, type) => {
  asked.push(name)
  const records = zone[`${type} ${name}`]
  if (!records) throw missing()
  return records
})

const keys = () => house.house.db.as('operations', (tx) => keysOf(tx, 'cloudrun.example'))
const make = () => house.house.db.as('operations', (tx) => makeKey(tx, house.house))
// A long record is published in pieces.
const publish = ({ record }: KeptKey) => (zone[`TXT ${record.name}`] = [[record.value.slice(0, 200), record.value.slice(200)]])

async function send(house: TestHouse): Promise<string> {
  await house.house.db.as('updates', (tx) =>
    post(tx, { to: 'ada@example.org', kind: 'test', subject: 'Grüße', parts: ['Hello Ada,', 'it works.'], from: 'Cloudrun Inc' }),
  )
  await house.settle()
  return server.taken.at(-1) ?? assert.fail()
}

const verdictOn = (raw: string) =>
  authenticate(raw, {
    ip: '192.0.2.1',
    helo: 'mx.cloudrun.example',
    sender: server.paths.at(-1) ?? '',
    mta: 'in.example.org',
    disableBimi: true,
    resolver: (async (name: string, type: string) => zone[`${type} ${name}`] ?? Promise.reject(missing())) as never,
  })

test('without a key letters go unsigned, and a key that is not published signs nothing', async () => {
  assert.doesNotMatch(await send(house), /^DKIM-Signature:/m)
  await make()
  assert.equal((await checkUp(house.house)).find(({ what }) => what === 'DKIM')?.state, 'fail')
  setAhead(2 * MINUTE)
  assert.doesNotMatch(await send(house), /^DKIM-Signature:/m)
})

test('once it is published it signs, and a saved letter passes DKIM, SPF and DMARC', async () => {
  const [key = assert.fail()] = await keys()
  publish(key)
  zone['TXT mail.cloudrun.example'] = [['v=spf1 ip4:192.0.2.1 -all']]
  zone['TXT _dmarc.cloudrun.example'] = [['v=DMARC1; p=reject']]
  assert.equal((await checkUp(house.house)).find(({ what }) => what === 'DKIM')?.state, 'pass')
  const letter = await send(house)
  const { dkim, spf, dmarc } = await verdictOn(letter)
  assert.deepEqual(
    dkim.results.map(({ status, signingDomain, selector }) => [status.result, signingDomain, selector]),
    [['pass', 'cloudrun.example', key.selector]],
  )
  assert.equal(spf && spf.status.result, 'pass')
  assert.equal(dmarc && dmarc.status.result, 'pass')
  const [signature = ''] = letter.replace(/\r\n\s+/g, ' ').split('\r\n')
  const signed = (/;\s*h=([^;]+)/.exec(signature)?.[1] ?? '').toLowerCase().replace(/\s/g, '').split(':')
  for (const header of ['from', 'to', 'subject', 'date', 'message-id', 'feedback-id', 'auto-submitted'])
    assert(signed.includes(header), `${header} in ${signature}`)
})

test('a letter that was changed on its way does not pass', async () => {
  const { dkim } = await verdictOn((await send(house)).replace('it works', 'it pays'))
  assert.notEqual(dkim.results[0]?.status.result, 'pass')
})

test('a new key takes over only when it is published, and the old one stays readable', async () => {
  const [old = assert.fail()] = await keys()
  const fresh = await make()
  assert.notEqual(fresh.selector, old.selector)
  const before = await send(house)
  assert.match(before, new RegExp(`s=${old.selector}`))
  publish(fresh)
  await checkUp(house.house)
  const after = await send(house)
  assert.match(after.replace(/\r\n\s+/g, ''), new RegExp(`s=${fresh.selector};`))
  assert.equal((await verdictOn(before)).dkim.results[0]?.status.result, 'pass')
  assert.deepEqual(
    (await keys()).map(({ state }) => state),
    ['signs', 'retired'],
  )
})

test('private keys lie sealed, and appear nowhere in the log', async () => {
  const rows = await house.query<{ sealed_key: Buffer }>('select sealed_key from signing_keys')
  assert(rows.length > 1 && rows.every((row) => !row.sealed_key.includes('PRIVATE KEY')))
  assert(!house.log.some((line) => line.includes('PRIVATE')))
})

test('every letter has a return path and a name that lead back to it alone', async () => {
  await send(house)
  const path = server.paths.at(-1) ?? ''
  const token = /^bounce\+([a-z2-7]{44})@mail\.cloudrun\.example$/.exec(path)?.[1] ?? assert.fail(path)
  const [row] = await house.query<{ id: string }>('select id from letters order by written_at desc, id desc limit 1')
  assert.deepEqual(sentBehind(house.house.db, token), { what: 'letter', id: row?.id })
  assert.match(server.taken.at(-1) ?? '', new RegExp(`^Message-ID: <${token}@cloudrun.example>`, 'm'))
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === 'a' ? 'b' : 'a'
    assert.equal(sentBehind(house.house.db, token.slice(0, at) + other + token.slice(at + 1)), undefined, `sign ${at} counts`)
  }
})

test('what is wrong in the name servers is named, with what to do', async () => {
  const told = async () => new Map((await findings(house.house)).map((finding) => [finding.what, finding]))
  assert.match((await told()).get('Return path')?.mend ?? '', /Publish it/)
  zone['MX mail.cloudrun.example'] = [['cloudrun.example']]
  assert.equal((await told()).get('Return path')?.state, 'pass')
  zone['TXT mail.cloudrun.example'] = [['v=spf1 +all']]
  assert.match((await told()).get('SPF')?.mend ?? '', /everybody/)
  zone['TXT mail.cloudrun.example'] = [['v=spf1 -all'], ['v=spf1 mx -all']]
  assert.match((await told()).get('SPF')?.mend ?? '', /several/)
  zone['TXT _dmarc.cloudrun.example'] = [['v=DMARC1; p=none']]
  assert.equal((await told()).get('DMARC')?.state, 'warn')
  delete zone['TXT _dmarc.cloudrun.example']
  assert.equal((await told()).get('DMARC')?.state, 'fail')
})

test('only names of the operator’s own domain are asked for', () => {
  assert(asked.length > 10)
  assert.deepEqual(
    asked.filter((name) => !/(^|\.)cloudrun\.example$/.test(name)),
    [],
  )
})
