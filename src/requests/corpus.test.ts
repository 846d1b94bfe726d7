/** A corpus of letters to the address for privacy: each ends as it should, and none does anything by itself. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { dkimSign } from 'mailauth'
import { generateKeyPairSync } from 'node:crypto'
import { openTestHouse } from '../../test/harness.ts'
import { takeIn } from '../mail/incoming.ts'
import { resolveWith } from '../processors/dns.ts'

const ADDRESS = 'privacy@cloudrun.example'
const house = await openTestHouse({ PRIVACY_ADDRESS: ADDRESS, ORIGIN: 'https://cloudrun.example', SMTP_URL: '' })
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const published = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

const names: Readonly<Record<string, string>> = {
  'example.org TXT': 'v=spf1 ip4:192.0.2.10 -all',
  '_dmarc.example.org TXT': 'v=DMARC1; p=reject',
  'mail._domainkey.example.org TXT': `v=DKIM1; k=rsa; p=${published}`,
  'spf-only.example TXT': 'v=spf1 ip4:192.0.2.10 -all',
  'lenient.example TXT': 'v=spf1 ip4:192.0.2.10 -all',
  '_dmarc.lenient.example TXT': 'v=DMARC1; p=none',
}
const asked = new Set<string>()
resolveWith((name, type) => {
  asked.add(name)
  const found = names[`${name} ${type}`]
  return found ? Promise.resolve([[found]]) : Promise.reject(Object.assign(new Error('nothing'), { code: 'ENOTFOUND' }))
})

interface Letter {
  readonly file: string
  /** Who brings it: the sender's own server, somebody else, a server of a domain that says nothing; or it is fetched by IMAP, signed or not. */
  readonly by: 'pass' | 'forged' | 'none' | 'signed' | 'imap'
  readonly envelope: string
  readonly ends: 'request' | 'doubt' | 'forged' | 'machine' | 'own'
  readonly kinds?: readonly string[]
  readonly why?: string
  /** What is done without a button, for whom the domain vouches. */
  readonly answered?: string
}

const folder = new URL('../../test/corpus/requests/', import.meta.url)
const letters = JSON.parse(readFileSync(new URL('letters.json', folder), 'utf8')) as Letter[]
const ips = { pass: '192.0.2.10', forged: '203.0.113.66', none: '203.0.113.7' } as const

await house.person('Ada Canary', 'ada@example.org')
await house.person('Bob', 'bob@example.org')
const people = async () => (await house.query<{ n: number }>('select count(*)::int as n from people'))[0]?.n

async function bring({ file, by, envelope }: Letter): Promise<void> {
  const plain = readFileSync(new URL(`${file}.eml`, folder))
  const bringer = by === 'pass' || by === 'forged' || by === 'none' ? { ip: ips[by], helo: 'mx.example' } : undefined
  await takeIn(house.house, { from: bringer ? envelope : '', to: [ADDRESS], raw: by === 'signed' ? await signed(plain) : plain, bringer })
  await house.settle()
}

async function signed(raw: Buffer): Promise<Buffer> {
  const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
  const { signatures } = await dkimSign(raw, { signingDomain: 'example.org', selector: 'mail', privateKey: String(privateKey) })
  return Buffer.concat([Buffer.from(signatures), raw])
}

/** The outcome, and what stands in the rows. */
async function ended(): Promise<{
  outcome: string
  rows: Record<string, unknown>[]
  whys: string[]
  letters: { to: string; subject: string }[]
}> {
  const [{ outcome } = { outcome: '' }] = await house.query<{ outcome: string }>('select outcome from incoming_letters')
  const rows = await house.query('select kind, email, proven_at, closed_at, person_id from requests order by id')
  const whys = await house.query<{ detail: string }>("select detail from request_steps where what = 'doubted'")
  const written = await house.query<{ to: string; subject: string }>('select "to", subject from letters')
  return { outcome, rows, whys: [...new Set(whys.map(({ detail }) => detail))], letters: written }
}

async function clear(): Promise<void> {
  for (const table of [
    'request_keys',
    'request_papers',
    'request_letters',
    'request_steps',
    'requests',
    'letters',
    'incoming_letters',
    'throttles',
  ])
    await house.query(`delete from ${table}`)
}

test('the corpus is as large as was promised', () => assert(letters.length >= 60, String(letters.length)))

for (const letter of letters)
  test(`${letter.file}: ${letter.ends}${letter.why ? `, ${letter.why}` : ''}`, async () => {
    await clear()
    await bring(letter)
    const { outcome, rows, whys, letters: written } = await ended()
    assert.equal(outcome, letter.ends)
    assert.equal(await people(), 2, 'nobody is erased by a letter')
    const silent = ['machine', 'own'].includes(letter.ends)
    assert.equal(rows.length, silent ? 0 : letter.ends === 'request' ? (letter.kinds ?? []).length : 1)
    if (letter.kinds && !silent) assert.deepEqual(rows.map(({ kind }) => kind).toSorted(), [...letter.kinds].toSorted())
    assert.deepEqual(whys, letter.why ? [letter.why] : [])
    const from = letter.envelope
    const bulk = letter.why === 'written by a machine'
    if (silent || bulk || letter.ends === 'forged') assert.deepEqual(written, [], 'nobody is written to')
    else assert(written.length > 0 && written.every(({ to }) => to === from), JSON.stringify(written))
    if (letter.ends === 'forged') assert(rows.every(({ email, person_id }) => email === null && person_id === null))
    assert.equal(rows.filter(({ proven_at }) => proven_at !== null).length, letter.answered ? 1 : 0)
    assert.equal(rows.filter(({ closed_at }) => closed_at !== null).length, 0, 'an objection in words is looked at once more by somebody')
  })

test('name servers were asked for domains alone, never for what stands before the @', () => {
  assert(asked.size > 3)
  assert(
    [...asked].every((name) => !/ada|bob|@/.test(name)),
    [...asked].join(),
  )
})

test('what came is sealed: no word of it is in the database in clear', async () => {
  await clear()
  await bring({ file: 'papers', by: 'pass', envelope: 'ada@example.org', ends: 'request' })
  assert.deepEqual(await house.traces('how it is spelt'), [])
  const [paper] = await house.query<{ type: string; n: number }>(
    'select type, (select count(*)::int from request_papers) as n from request_papers',
  )
  assert.deepEqual([paper?.type, paper?.n], ['image/png', 1], 'the program is not kept')
})
