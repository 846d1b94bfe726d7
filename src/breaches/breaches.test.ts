/** Breaches: clocks, whom they concern, notices by two people, and that nobody else hears. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { openTestHouse } from '../../test/harness.ts'
import { rowsIn, unzip } from '../../test/unzip.ts'
import { DAY, HOUR, now, setAhead } from '../clock.ts'
import { suppress } from '../mail/suppression.ts'
import { type Case, clocksOf, reminderDue } from './clock.ts'
import { headings, missingIn } from './notices.ts'
import { sendNotices } from './sending.ts'
import { watch } from './watch.ts'
import { asId } from '../log.ts'

const house = await openTestHouse({ PRIVACY_ZONE: 'UTC' })
const ada = await house.person('Ada Concerned', 'ada@example.org')
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const mallory = await house.person('Mallory Outside', 'mallory@example.net')
await ada.post('/services/status-pages/page')
await house.settle()
// Whoever came after a breach is not concerned, so it is discovered an hour later.
setAhead(HOUR)
const [legal, owner, marketing] = [await house.member('legal'), await house.member('owner'), await house.member('marketing')]

const personId = async (email: string): Promise<string> =>
  (await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id ?? assert.fail(email)
const serviceId = (await house.query<{ id: string }>("select id from services where slug = 'status-pages'"))[0]?.id ?? ''
const notices = async (email: string) => (await house.inbox(email)).filter(({ kind }) => kind === 'breach')
const acts = async (path: string): Promise<string[]> =>
  (await house.query<{ what: string }>('select what from breach_acts where breach_id = $1 order by id', [path.split('/').at(-1)])).map(
    ({ what }) => what,
  )

const FACTS = {
  title: 'A backup lay open',
  happened: 'A backup could be fetched by anybody who knew its name.',
  nature: 'confidentiality',
  beganOn: '2026-01-02',
  endedOn: '',
  columns: ['people.name', 'people.email'],
  who: 'all',
  serviceId: '',
  registeredFrom: '',
  registeredUntil: '',
  floridians: '',
  californians: '',
  consequences: 'Unwanted letters.',
  measures: 'We closed it.',
  advice: 'Look twice at letters that ask for something.',
}

/** Enters a breach that was noticed so long ago. */
async function enter(by: Browser, ago = HOUR / 2): Promise<string> {
  const [day = '', time = ''] = new Date(now().getTime() - ago).toISOString().split('T')
  const form = { day, time: time.slice(0, 5), source: 'house', processor: '', processorKnewOn: '' }
  const path = (await by.post('/staff/breaches/new', form)).headers.get('location') ?? ''
  assert.match(path, /^\/staff\/breaches\/[\w-]{36}\?done=opened$/)
  return path.replace(/\?.*/, '')
}

async function describe(path: string, more: Record<string, string | readonly string[]> = {}): Promise<void> {
  assert.equal((await legal.post(`${path}/facts`, { ...FACTS, ...more })).headers.get('location'), `${path}?done=described`)
}

/** Keeps the words that the program begins with. */
async function keepNotice(path: string, kind = 'people'): Promise<void> {
  const page = await legal.read(`${path}/notices/${kind}`)
  const text = (name: string) => /<textarea[^>]*>([\s\S]*?)<\/textarea>/.exec(page)?.[1] ?? assert.fail(name)
  const subject = /name="subject"[^>]*value="([^"]*)"/.exec(page)?.[1] ?? ''
  const plain = text('body')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
  assert.equal((await legal.post(`${path}/notices/${kind}`, { subject, body: plain })).headers.get('location'), `${path}?done=drafted`)
}

async function approve(by: Browser, path: string): Promise<string | null> {
  const notice = /name="notice" value="([^"]*)"/.exec(await by.read(path))?.[1] ?? ''
  return (await by.post(`${path}/approve`, { notice, sure: 'yes' })).headers.get('location')
}

const outcome = (path: string, word: string): string => `${path}?done=${word}`

test('the clocks are those of the laws, to the hour', () => {
  const awareAt = new Date('2026-03-01T10:00:00Z')
  const base: Case = {
    ...{ awareAt, risk: 'high', assessedAt: awareAt, encrypted: false, concerned: 600, floridians: undefined, californians: undefined },
    ...{ delayedUntil: undefined, peopleToldAt: undefined },
  }
  const days = (one: Case) => Object.fromEntries(clocksOf(one).map(({ duty, until }) => [duty, until.toISOString()]))
  assert.deepEqual(days(base), {
    'gdpr-authority': '2026-03-04T10:00:00.000Z',
    'gdpr-people': '2026-03-04T10:00:00.000Z',
    'florida-people': '2026-03-31T10:00:00.000Z',
    'florida-department': '2026-03-31T10:00:00.000Z',
    'california-people': '2026-03-31T10:00:00.000Z',
    'california-attorney': '2026-04-15T10:00:00.000Z',
  })
  assert.deepEqual(Object.keys(days({ ...base, concerned: 1_001 })).filter((duty) => duty === 'florida-agencies').length, 1)
  assert.deepEqual(Object.keys(days({ ...base, floridians: 499, californians: 500 })), [
    'gdpr-authority',
    'gdpr-people',
    'florida-people',
    'california-people',
  ])
  assert.equal(days({ ...base, peopleToldAt: new Date('2026-03-05T00:00:00Z') })['california-attorney'], '2026-03-20T00:00:00.000Z')
  assert.equal(days({ ...base, delayedUntil: new Date('2026-05-01') })['florida-people'], '2026-05-01T00:00:00.000Z')
  assert.equal(days({ ...base, delayedUntil: new Date('2026-05-01') })['gdpr-authority'], '2026-03-04T10:00:00.000Z')
  assert.deepEqual(days({ ...base, risk: 'none' })['florida-department'], '2026-03-31T10:00:00.000Z')
  assert.equal(days({ ...base, risk: 'none' })['gdpr-authority'], undefined)
  assert.deepEqual(days({ ...base, encrypted: true, risk: 'some' }), { 'gdpr-authority': '2026-03-04T10:00:00.000Z' })
})

test('a reminder comes before the end, and each day after it', () => {
  const clock = { duty: 'gdpr-authority', until: new Date('2026-03-04T10:00:00Z'), because: '' } as const
  const at = (time: string) => reminderDue(clock, new Date(time))
  assert.equal(at('2026-03-01T10:00:00Z'), undefined)
  assert.equal(at('2026-03-02T10:00:00Z'), '48 hours')
  assert.equal(at('2026-03-04T04:00:00Z'), '6 hours')
  assert.equal(at('2026-03-04T10:00:00Z'), '0 hours')
  assert.notEqual(at('2026-03-04T11:00:00Z'), at('2026-03-05T11:00:00Z'))
})

test('only those concerned hear of it, once, in the words that two people approved', async () => {
  const path = await enter(legal)
  await describe(path, { who: 'service', serviceId })
  assert.match(await legal.read(path), /1 person, counted from the data map now/)
  await legal.post(`${path}/risk`, { risk: 'high', reason: 'Names and addresses in the open.' })
  await keepNotice(path)
  assert.equal(await approve(legal, path), outcome(path, 'approved'))
  assert.equal(await approve(legal, path), outcome(path, 'again'))
  await house.settle()
  assert.equal((await notices('ada@example.org')).length, 0)
  assert.equal(await approve(owner, path), outcome(path, 'sent'))
  await house.settle()
  for (const email of ['bob@example.org', 'mallory@example.net', 'legal-1@staff.example'])
    assert.equal((await notices(email)).length, 0, email)
  const [letter, ...more] = await notices('ada@example.org')
  assert(letter && more.length === 0)
  assert.equal(letter.subject, 'Notice of Data Breach')
  for (const heading of headings.people) assert(letter.text.includes(heading), heading)
  for (const fact of [
    FACTS.consequences,
    FACTS.measures,
    FACTS.advice,
    'Your name',
    'since 2 January 2026',
    'supervis|complain'.split('|')[1] ?? '',
  ])
    assert(letter.text.replaceAll('\n', ' ').includes(fact), fact)
  await sendNotices(house.house, asId(path.split('/').at(-1)) ?? assert.fail())
  await house.settle()
  assert.equal((await notices('ada@example.org')).length, 1)
})

test('a person’s page and copy say which breaches concerned them, and a neighbour’s say nothing', async () => {
  assert((await ada.read('/account/privacy')).split('Breaches that concerned you')[1]?.includes('A backup lay open'))
  for (const neighbour of [bob, mallory]) assert.doesNotMatch(await neighbour.read('/account/privacy'), /A backup lay open/)
  // Back to when she had just signed in, because a copy asks for a fresh proof.
  setAhead(0)
  const answer = await ada.post('/account/privacy/copy')
  setAhead(HOUR)
  const files = unzip(Buffer.from(await answer.arrayBuffer()))
  const [row] = rowsIn(files, 'breach_people')
  assert.equal(row?.['told'], 'A backup lay open')
})

test('what is written down anew ends approvals, and what was sent cannot be changed', async () => {
  const path = await enter(legal)
  await describe(path, { who: 'registered', registeredFrom: '2999-01-01' })
  await keepNotice(path)
  assert.equal(await approve(legal, path), outcome(path, 'approved'))
  await describe(path, { who: 'registered', registeredFrom: '2999-01-02' })
  assert.equal(await approve(owner, path), outcome(path, 'approved'))
  assert.equal(await approve(legal, path), outcome(path, 'sent'))
  await house.settle()
  assert.equal((await legal.post(`${path}/facts`, FACTS)).headers.get('location'), outcome(path, 'unchanged'))
  assert.equal((await legal.post(`${path}/approve`, { notice: '0', sure: 'yes' })).headers.get('location'), outcome(path, 'unchanged'))
})

test('a list concerns those on it, tells where they live, and a letter that comes back is shown for another way', async () => {
  const path = await enter(owner)
  await describe(path, { who: 'list', title: 'A mix-up', columns: ['people.email'] })
  const lines = `number,state\r\n${await personId('bob@example.org')},US-FL\r\n${await personId('mallory@example.net')},US-CA\r\n00000000-0000-4000-8000-000000000000,\r\n`
  const body = (text: string) =>
    Buffer.from(
      `--cloudrun-boundary\r\ncontent-disposition: form-data; name="list"; filename="list.csv"\r\ncontent-type: text/csv\r\n\r\n${text}\r\n--cloudrun-boundary--\r\n`,
    )
  const type = 'multipart/form-data; boundary=cloudrun-boundary'
  assert.equal((await owner.send(`${path}/list`, { body: body('a\r\nnonsense\r\n'), type })).status, 422)
  assert.equal((await owner.send(`${path}/list`, { body: body(lines), type })).headers.get('location'), outcome(path, 'listed'))
  assert.match(await owner.read(path), /2 people, counted[\s\S]*Live in US-CA[\s\S]*Live in US-FL/)
  await keepNotice(path)
  // Bob's mailbox is gone; Mallory had complained about updates, which is no reason not to tell her.
  await house.house.db.as('operations', async (tx) => {
    const [bobs, hers] = [asId(await personId('bob@example.org')), asId(await personId('mallory@example.net'))]
    await suppress(tx, { email: 'bob@example.org', personId: bobs, why: 'gone', evidence: 'report' })
    await suppress(tx, { email: 'mallory@example.net', personId: hers, why: 'complaint', evidence: 'report' })
  })
  await approve(owner, path)
  assert.equal(await approve(legal, path), outcome(path, 'sent'))
  await house.settle()
  assert.equal((await notices('ada@example.org')).filter(({ text }) => text.includes('A mix-up')).length, 0)
  assert.equal(
    (await house.query(`select from letters where "to" = 'mallory@example.net' and kind = 'breach' and sent_at is not null`)).length,
    1,
  )
  assert.match(await legal.read(path), /Not sent: the mailbox does not exist/)
  const csv = await legal.read(`${path}/unreached.csv`)
  assert.match(csv, /Bob Neighbour,bob@example\.org,held/)
  assert.doesNotMatch(csv, /Mallory|Ada/)
  await watch(house.house)
  await house.query('delete from letters')
  assert.match(await legal.read(path), /Not sent: the mailbox does not exist/)
})

test('a notice without what the law wants is not kept', async () => {
  const path = await enter(legal)
  await describe(path)
  const answer = await legal.post(`${path}/notices/people`, { subject: 'x', body: 'What Happened\n\nSomething.' })
  assert.equal(answer.status, 422)
  assert.match(await answer.text(), /What Information Was Involved; What We Are Doing/)
  for (const kind of ['people', 'authority', 'department'] as const) {
    const page = await legal.read(`${path}/notices/${kind}`)
    assert.deepEqual(missingIn(kind, /<textarea[^>]*>([\s\S]*?)<\/textarea>/.exec(page)?.[1] ?? ''), [], kind)
  }
  assert.deepEqual(await acts(path), ['opened', 'described'])
})

test('the register can be added to and not changed, not even by the logins that write it', async () => {
  for (const table of ['breaches', 'breach_facts', 'breach_notices'])
    for (const verb of [`delete from ${table}`, `update ${table} set id = id`])
      await assert.rejects(
        house.house.db.as('legal', (tx) => tx.$client.query(verb)),
        /permission denied/,
      )
  const chain = await house.query<{ act: string }>("select distinct act from audit_entries where act like 'breach.%'")
  assert(chain.length >= 7, JSON.stringify(chain))
})

test('for everybody else there is nothing here', async () => {
  const path = await enter(legal)
  for (const browser of [ada, mallory, marketing]) {
    for (const page of ['/staff/breaches', path, `${path}/notices/people`, `${path}/unreached.csv`])
      assert.equal((await browser.get(page)).status, 404, page)
    assert.equal((await browser.post(`${path}/facts`, FACTS)).status, 404)
  }
  assert.equal((await house.browser().get(path)).status, 303)
})

test('somebody erased is named no more, and what became of their notice still counts', async () => {
  setAhead(0)
  await ada.post('/account/privacy/erasure', { sure: 'yes' })
  setAhead(HOUR)
  await house.settle()
  const rows = await house.query('select person_id, told from breach_people where person_id is null')
  assert.equal(rows.length, 1)
  const stays = (await house.traces('ada@example.org')).filter((place) => place !== 'letters.to')
  assert.deepEqual(stays, [], 'beside the letter that says goodbye')
})

test('those who answer are reminded before a term ends, once, and then every day until it is done', async () => {
  const path = await enter(legal, 30 * HOUR)
  const warned = async () =>
    (await house.inbox('owner-2@staff.example')).filter(({ kind, text }) => kind === 'breach clocks' && text.includes(path))
  await watch(house.house)
  await watch(house.house)
  const [letter, ...more] = await warned()
  assert(letter && more.length === 0)
  assert.match(letter.text, /41 hours left: tell the data protection authority/)
  assert.equal(new URL(/http\S+/.exec(letter.text)?.[0] ?? '').pathname, path)
  assert.equal((await legal.post(`${path}/close`)).headers.get('location'), outcome(path, 'duties'))
  const other = await enter(legal, 30 * HOUR)
  await describe(other, { encrypted: 'yes' })
  await legal.post(`${other}/risk`, { risk: 'some', reason: 'Small.' })
  await legal.post(`${other}/duty`, { duty: 'gdpr-authority', how: 'told', words: 'Number 4711' })
  assert.match(await legal.read(other), /Number 4711/)
  assert.equal((await legal.post(`${other}/close`)).headers.get('location'), outcome(other, 'closed'))
  assert.equal((await legal.post(`${other}/risk`, { risk: 'none', reason: 'x' })).headers.get('location'), outcome(other, 'unchanged'))
  setAhead(3 * DAY)
  await watch(house.house)
  await watch(house.house)
  assert.equal((await warned()).length, 2)
  setAhead(4 * DAY)
  await watch(house.house)
  assert.match((await warned())[0]?.text ?? '', /hours too late/)
  const others = (await house.inbox('owner-2@staff.example')).filter(({ kind, text }) => kind === 'breach clocks' && text.includes(other))
  assert.equal(others.length, 0)
  setAhead(0)
})
