/** Every shape of report in the corpus, brought to the door as a provider would, suppresses exactly whom it should. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openTestHouse } from '../../test/harness.ts'
import { asId, type Id } from '../log.ts'
import { takeIn } from './incoming.ts'
import { post } from './letter.ts'
import { messageId, returnPath, returnToken } from './return-path.ts'
import { reportIn } from './report.ts'
import { suppressionOf } from './suppression.ts'

const ADA = 'ada@example.org'
const BOB = 'bob@example.org'
const COMPLAINTS = 'complaints@cloudrun.example'
const folder = fileURLToPath(new URL('../../test/corpus/bounces/', import.meta.url))
const house = await openTestHouse({ BOUNCE_ADDRESS: 'bounce@cloudrun.example', ORIGIN: 'https://cloudrun.example' })
const { house: open } = house

const letterTo = (to: string): Promise<Id> =>
  open.db.as('updates', (tx) => post(tx, { to, kind: 'test', subject: 'News', parts: ['Hello'], from: 'Cloudrun Inc' }))

/** A letter of the corpus, about a letter of ours: its first line says what should become of it, and what it is. */
function written(name: string, letter: Id, other: Id): { raw: Buffer; outcome: string; to: string } {
  const [first = '', ...lines] = readFileSync(`${folder}${name}`, 'utf8').split('\n')
  const outcome = /^# ([^:]+): ./.exec(first)?.[1] ?? assert.fail(`${name} does not say what it should be`)
  const sent = { what: 'letter', id: letter } as const
  // The right letter, with another hash.
  const forged = returnToken(open.db, sent).replace(/(?<=^.{35})./, (sign) => (sign === 'a' ? 'b' : 'a'))
  const filled: Record<string, string> = {
    to: ADA,
    TO: ADA.toUpperCase(),
    path: returnPath(open, sent) ?? assert.fail(),
    mid: messageId(open, sent),
    mid64: Buffer.from(`Message-ID: ${messageId(open, sent)}\r\n\r\nHello`).toString('base64'),
    other: returnToken(open.db, { what: 'letter', id: other }),
    complaints: COMPLAINTS,
    forged,
  }
  const text = lines.join('\r\n').replace(/\{(\w+)\}/g, (whole, key: string) => filled[key] ?? whole)
  return { raw: Buffer.from(text), outcome, to: /^To: <?(\S+?)>?\r$/m.exec(text)?.[1] ?? assert.fail(`${name} is to nobody`) }
}

async function bring(raw: Buffer, to: string): Promise<string | null> {
  await takeIn(open, { from: '', to: [to], raw })
  await house.settle()
  const [row] = await house.query<{ outcome: string | null; sealed_letter: Buffer | null }>(
    'select outcome, sealed_letter from incoming_letters order by received_at desc, id desc limit 1',
  )
  assert.equal(row?.sealed_letter, null, 'it is emptied')
  return row?.outcome ?? null
}

const stops = () => house.query<{ why: string }>('select why from suppressions').then((rows) => rows.map(({ why }) => why))
const WHY: Record<string, string[]> = { gone: ['gone'], refused: ['refused'], complaint: ['complaint'] }

const corpus = readdirSync(folder).toSorted()

test('the corpus has at least 30 shapes', () => assert.ok(corpus.length >= 30))

for (const name of corpus)
  test(`corpus: ${name}`, async () => {
    await house.query('delete from suppressions')
    await house.query('delete from soft_bounces')
    const [letter, other] = [await letterTo(ADA), await letterTo(BOB)]
    const { raw, outcome, to } = written(name, letter, other)
    assert.equal(await bring(raw, to), outcome)
    assert.deepEqual(await stops(), WHY[outcome] ?? [])
    const soft = await house.query('select from soft_bounces')
    assert.equal(soft.length, outcome === 'soft' ? 1 : 0)
    const stop = await open.db.as('operations', (tx) => suppressionOf(tx, ADA))
    assert.equal(stop?.why, WHY[outcome]?.[0])
    assert.equal(await open.db.as('operations', (tx) => suppressionOf(tx, BOB)), undefined)
    const [kept] = await house.query<{ bounced: boolean }>('select bounced_at is not null as bounced from letters where id = $1', [letter])
    assert.equal(kept?.bounced, ['gone', 'refused', 'soft'].includes(outcome))
  })

test('a report that is brought twice counts once, and one about a letter long gone counts for nobody', async () => {
  await house.query('delete from soft_bounces')
  const letter = await letterTo(ADA)
  const { raw, to } = written('gmail-over-quota.eml', letter, letter)
  const before = (await house.query('select from incoming_letters')).length
  await bring(raw, to)
  await bring(raw, to)
  assert.equal((await house.query('select from incoming_letters')).length, before + 1)
  assert.equal((await house.query('select from soft_bounces')).length, 1)
  await house.query('delete from letters where id = $1', [letter])
  assert.equal(await bring(Buffer.concat([raw, Buffer.from('\r\n')]), to), 'forgotten')
})

test('a person’s stop is theirs to see, and is emptied of them when they are erased', async () => {
  const eve = await house.person('Eve Canary', 'eve-canary@example.org')
  const id = asId((await house.query<{ id: string }>("select id from people where name = 'Eve Canary'"))[0]?.id)
  const letter = await open.db.as('updates', (tx) =>
    post(tx, { to: 'eve-canary@example.org', personId: id, kind: 'test', subject: 'News', parts: ['Hello'], from: 'Cloudrun Inc' }),
  )
  const { raw, to } = written('sendmail-unknown.eml', letter, letter)
  await bring(Buffer.from(raw.toString().replaceAll(ADA, 'eve-canary@example.org')), to)
  assert.match(await eve.read('/account/privacy'), /Addresses that we do not write to/)
  await eve.post('/account/privacy/erasure', { sure: 'yes' })
  assert.deepEqual(await house.traces('eve-canary@example.org'), ['letters.to'])
  assert.deepEqual(
    (await house.traces(id ?? '')).filter((place) => /suppress|bounce|letter/.test(place)),
    [],
  )
})

// A generator of our own, so that a failure can be repeated.
function* numbers(seed: number): Generator<number, never, void> {
  for (let state = seed; ; ) {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    yield state / 2 ** 32
  }
}

test('whatever is broken, cut off or mixed up is read without a fault', async () => {
  const dice = numbers(7)
  const next = (below: number) => Math.floor(dice.next().value * below)
  const letter = await letterTo(ADA)
  const raws = corpus.map((name) => written(name, letter, letter).raw)
  for (let round = 0; round < 400; round++) {
    const one = Buffer.from(raws[next(raws.length)] ?? '')
    for (let hit = next(30); hit > 0; hit--) one[next(one.length)] = next(256)
    const two = raws[next(raws.length)] ?? one
    const mixed = Buffer.concat([one.subarray(0, next(one.length)), two.subarray(next(two.length))])
    const report = await reportIn(mixed, next(2) === 0 ? 'bounces' : 'complaints')
    assert.equal(typeof report.kind, 'string')
  }
  const nested = 'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'.concat(
    '--B\r\nContent-Type: multipart/mixed; boundary="B"\r\n\r\n'.repeat(20_000),
  )
  for (const odd of ['', '\0', '\r\n\r\n', nested, 'x'.repeat(300_000), `Final-Recipient: ${'@'.repeat(100_000)}`]) {
    const started = performance.now()
    await reportIn(Buffer.from(odd), 'bounces')
    assert(performance.now() - started < 2_000, 'it costs little')
  }
})
