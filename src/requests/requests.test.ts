/** Asking without an account, from the account, by telephone, with a mandate; and what staff do with it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '../../test/browser.ts'
import { linkIn, openTestHouse, type Written } from '../../test/harness.ts'
import { rowsIn, unzip } from '../../test/unzip.ts'
import { DAY, setAhead } from '../clock.ts'
import { enqueue } from '../jobs/queue.ts'
import { subscribe } from '../updates/subscription.ts'
import { sql } from 'drizzle-orm'
import { newId } from '../database/columns.ts'
import { personOf } from '../people/person.ts'
import { restrict } from '../people/restriction.ts'
import { processors } from '../processors/all.ts'
import { wake } from '../updates/wake.ts'
import { reachOf } from '../updates/audience.ts'
import { begin, edit, schedule } from '../updates/issue.ts'
import { asId } from '../log.ts'

const house = await openTestHouse()
const ada = await house.person('Ada Asker', 'ada@example.org')
const bob = await house.person('Bob Sharer', 'bob@example.org')
const mallory = await house.person('Mallory', 'mallory@example.net')
const legal = await house.member('legal')
const visitor = house.browser()

const ask = (kind: string, email: string, words = '') => visitor.post('/privacy/requests/new', { kind, email, words })
const newest = async (email: string): Promise<Written> => (await house.inbox(email))[0] ?? assert.fail(`no letter to ${email}`)
const idOf = async (email: string) =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const requestId = async (): Promise<string> =>
  (await house.query<{ id: string }>('select id from requests order by id desc limit 1'))[0]?.id ?? ''
const steps = async (id: string): Promise<string[]> =>
  (await house.query<{ what: string }>('select what from request_steps where request_id = $1 order by id', [id])).map(({ what }) => what)
const statusIn = ({ text }: Written): string => /https?:\/\/\S+(\/privacy\/requests\/[\w-]{40,})\s/.exec(text)?.[1] ?? assert.fail(text)

/** Presses the button behind the link of the newest letter. */
async function confirm(email: string, form: Record<string, string> = {}, browser: Browser = visitor): Promise<Response> {
  const answer = await browser.post(linkIn(await newest(email)), form)
  await house.settle()
  return answer
}

test('known and unknown addresses get the same page and the same letter', async () => {
  const letters: string[] = []
  for (const email of ['ada@example.org', 'nobody@example.org']) {
    const answer = await ask('access', email)
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/privacy/requests/asked'])
    const letter = await newest(email)
    letters.push(`${letter.subject} ${letter.text.replace(/requests\/\S+/g, '…')}`)
  }
  assert.equal(letters[0], letters[1])
})

test('opening the link changes nothing; the button works once, whoever presses at the same moment', async () => {
  await ask('access', 'bob@example.org')
  const link = linkIn(await newest('bob@example.org'))
  assert.match(await visitor.read(link), /Opening this page has changed nothing/)
  const answers = await Promise.all(Array.from({ length: 12 }, () => house.browser().post(link)))
  assert.deepEqual(answers.filter(({ status }) => status === 303).length, 1)
  assert.equal(answers.filter(({ status }) => status === 410).length, 11)
  assert.equal((await visitor.get(link)).status, 410)
})

test('a copy: confirmed by letter, fetched by a link that works once', async () => {
  await house.query('delete from throttles')
  await ask('access', 'ada@example.org', 'All of it, please.')
  assert.equal((await confirm('ada@example.org')).status, 303)
  const letter = await newest('ada@example.org')
  assert.match(letter.subject, /Your copy .* is ready/)
  const link = linkIn(letter)
  assert.match(await visitor.read(link), /gives you the copy, once/)
  const [first, second] = await Promise.all([visitor.post(link), visitor.post(link)])
  assert.deepEqual([first?.status, second?.status].toSorted(), [200, 410])
  const files = unzip(Buffer.from(await (first?.status === 200 ? first : second)!.arrayBuffer()))
  assert.match(JSON.stringify(rowsIn(files, 'people')), /Ada Asker/)
  assert.match(JSON.stringify(rowsIn(files, 'request_letters')), /All of it, please/)
  assert.doesNotMatch(JSON.stringify([...files.values()].map(String)), /Bob Sharer/)
  const page = await visitor.read(statusIn(letter))
  assert.match(page, /The copy was fetched/)
  assert.match(page, /Send me another link/)
  assert.equal((await visitor.post(`${statusIn(letter)}/copy`)).headers.get('location'), `${statusIn(letter)}?done=sent`)
  await house.settle()
  assert.equal((await visitor.post(linkIn(await newest('ada@example.org')))).status, 200)
})

test('whoever is unknown gets a copy, too: of what was written to them and what they asked', async () => {
  await ask('access', 'stranger@example.org', 'Do you know me?')
  await confirm('stranger@example.org')
  const answer = await visitor.post(linkIn(await newest('stranger@example.org')))
  const files = unzip(Buffer.from(await answer.arrayBuffer()))
  assert.equal(rowsIn(files, 'requests').length, 1)
  assert(rowsIn(files, 'letters').length > 0)
})

test('the page of a request is seen with its link alone, and shows nothing of the person', async () => {
  const path = statusIn(await newest('ada@example.org'))
  assert.doesNotMatch(await mallory.read(path), /Ada|ada@/)
  assert.equal((await visitor.get(`${path.slice(0, -4)}AAAA`)).status, 404)
  assert.equal((await visitor.get('/privacy/requests/nothing')).status, 404)
})

test('an erasure asks twice, and the others are untouched', async () => {
  await house.person('Eve Erased', 'eve-canary@example.org')
  const eve = await idOf('eve-canary@example.org')
  await ask('erasure', 'eve-canary@example.org', 'I am the eve-canary')
  const letter = await newest('eve-canary@example.org')
  const refused = await confirm('eve-canary@example.org')
  assert.equal(refused.status, 422)
  assert.match(await refused.text(), /tick the box/)
  assert.equal((await confirm('eve-canary@example.org', { sure: 'yes' })).status, 303)
  const goodbye = await newest('eve-canary@example.org')
  assert.match(goodbye.subject, /is erased/)
  assert.match(await visitor.read(linkIn(goodbye)), /What you asked of us about your data/)
  assert.match(await visitor.read(statusIn(letter)), /<dd>Done<\/dd>/)
  assert.deepEqual(await house.traces('eve-canary'), ['letters.to'])
  const left = await house.traces(eve)
  assert.deepEqual(
    left.filter((place) => !/^(log|program_events)/.test(place)),
    [],
  )
  assert.match(await ada.read('/account/privacy'), /Ada Asker/)
})

test('an erasure of what was only ever an address leaves a receipt, too', async () => {
  await ask('erasure', 'passing-canary@example.org')
  await confirm('passing-canary@example.org', { sure: 'yes' })
  assert.match((await newest('passing-canary@example.org')).subject, /is erased/)
  assert.deepEqual(await house.traces('passing-canary'), ['letters.to'])
})

test('an objection stops updates at once', async () => {
  const personId = await idOf('bob@example.org')
  const agreed = {
    personId,
    topics: ['news'],
    language: null,
    wording: 'yes',
    source: 'test',
    askedAt: new Date(),
    confirmedAt: new Date(),
  }
  await house.house.db.as('updates', (tx) => subscribe(tx, agreed))
  await ask('objection', 'bob@example.org')
  assert.equal((await house.query('select 1 from subscriptions')).length, 1, 'nothing before it is proven')
  await confirm('bob@example.org')
  assert.equal((await house.query('select 1 from subscriptions')).length, 0)
  assert.match((await newest('bob@example.org')).text, /no updates from us any more/)
})

test('who is signed in needs nothing more; an erasure goes to its own page', async () => {
  const wrong = await ada.post('/account/privacy/requests', { words: 'I forgot to choose' })
  assert.equal(wrong.status, 422)
  assert.match(await wrong.text(), /I forgot to choose/)
  const answer = await ada.post('/account/privacy/requests', { kind: 'question', words: 'What is a cookie?' })
  await house.settle()
  assert.match(await ada.read(answer.headers.get('location') ?? ''), /It waits for somebody of our staff/)
  assert.match(await ada.read('/account/privacy'), /an answer to a question about privacy/)
  assert.doesNotMatch(await bob.read('/account/privacy'), /an answer to a question about privacy<\/a>/)
  const erasure = await ada.post('/account/privacy/requests', { kind: 'erasure' })
  assert.equal(erasure.headers.get('location'), '/account/privacy/erasure')
})

test('staff see the queue without names, and who opens a request has looked', async () => {
  const queue = await legal.read('/staff/requests')
  assert.match(queue, /Question/)
  assert.doesNotMatch(queue, /Ada|ada@|a cookie/)
  const page = await legal.read(`/staff/requests/${await requestId()}`)
  assert.match(page, /What is a cookie\?/)
  assert.match(await ada.read('/account/privacy'), /in the role “legal”, to fulfil a request about their data: Question/)
  const csv = await legal.read('/staff/requests/list.csv')
  assert.match(csv, /question,account/)
  assert.doesNotMatch(csv, /ada@/)
})

test('an answer goes by letter, is kept sealed, and closes the request', async () => {
  const id = await requestId()
  const wrong = await legal.post(`/staff/requests/${id}/answer`, { answer: ' ' })
  assert.equal(wrong.status, 422)
  assert.equal((await legal.post(`/staff/requests/${id}/answer`, { answer: 'It is a small note.', ends: 'yes' })).status, 303)
  assert.match((await newest('ada@example.org')).text, /It is a small note/)
  assert.deepEqual((await steps(id)).slice(-2), ['answered', 'done'])
  assert.deepEqual((await house.traces('It is a small note')).toSorted(), ['letters.html', 'letters.text'])
  const again = await legal.post(`/staff/requests/${id}/answer`, { answer: 'Once more.' })
  assert.match(again.headers.get('location') ?? '', /unchanged/)
})

test('it takes longer only with reasons, once, and only while there is time', async () => {
  await ada.post('/account/privacy/requests', { kind: 'correction', words: 'My name is wrong' })
  const id = await requestId()
  const [before] = await house.query<{ answer_by: string; extendable_to: string }>(
    'select answer_by::text, extendable_to::text from requests where id = $1',
    [id],
  )
  assert.equal((await legal.post(`/staff/requests/${id}/extend`, { reasons: '' })).status, 422)
  setAhead(40 * DAY)
  const lena = await house.member('legal')
  assert.match((await lena.post(`/staff/requests/${id}/extend`, { reasons: 'Much to do' })).headers.get('location') ?? '', /too%20late/)
  setAhead(0)
  const extended = await legal.post(`/staff/requests/${id}/extend`, { reasons: 'Three systems have to be searched' })
  assert.match(extended.headers.get('location') ?? '', /done=done/)
  const [after] = await house.query<{ answer_by: string }>('select answer_by::text from requests where id = $1', [id])
  assert.equal(after?.answer_by, before?.extendable_to)
  const letter = await newest('ada@example.org')
  assert.match(letter.text.replace(/\s+/g, ' '), /Three systems have to be searched.*complain to a data protection authority/)
  assert.match((await legal.post(`/staff/requests/${id}/extend`, { reasons: 'Again' })).headers.get('location') ?? '', /not%20possible/)
})

test('a refusal needs a ground and reasons, and says what one can do about it', async () => {
  const id = await requestId()
  assert.equal((await legal.post(`/staff/requests/${id}/refuse`, { ground: 'law', why: '' })).status, 422)
  assert.equal((await legal.post(`/staff/requests/${id}/refuse`, { ground: 'because', why: 'So' })).status, 422)
  await legal.post(`/staff/requests/${id}/refuse`, { ground: 'true', why: 'The register of births says so.' })
  const text = (await newest('ada@example.org')).text.replace(/\s+/g, ' ')
  for (const words of [
    /what we hold is right/,
    /register of births/,
    /complain to a data protection authority/,
    /go to court/,
    /looks at it again/,
  ])
    assert.match(text, words)
  assert.equal((await steps(id)).at(-1), 'refused')
})

test('on behalf of somebody on the telephone: they confirm by letter', async () => {
  assert.match(await legal.read('/staff/requests/new'), /Take a request down/)
  assert.equal((await legal.post('/staff/requests/new', { kind: 'access', email: 'nonsense' })).status, 422)
  await legal.post('/staff/requests/new', { kind: 'access', email: 'Bob@example.org', words: 'called at noon' })
  assert.match((await newest('bob@example.org')).subject, /Please confirm/)
  assert.deepEqual(await steps(await requestId()), ['received', 'acknowledged', 'asked'])
})

const PDF = Buffer.from('%PDF-1.7 a mandate by the canary-principal')

async function mandate(fields: Record<string, string>, file: Buffer): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('mandate', new File([new Uint8Array(file)], 'mandate "1".pdf'))
  const whole = new Response(form)
  return visitor.send('/privacy/requests/agent', {
    body: Buffer.from(await whole.arrayBuffer()),
    type: whole.headers.get('content-type') ?? '',
  })
}

test('an agent’s mandate is kept sealed; the person is asked, and the agent is told nothing', async () => {
  const fields = { kind: 'access', email: 'bob@example.org', agent: 'Agnes Agent, agnes@agent.example', words: '' }
  assert.equal((await mandate(fields, Buffer.from('MZ not a document'))).status, 422)
  assert.equal((await mandate({ ...fields, agent: '' }, PDF)).status, 422)
  const answer = await mandate(fields, PDF)
  assert.equal(answer.headers.get('location'), '/privacy/requests/asked')
  assert.match((await newest('bob@example.org')).subject, /Please confirm/)
  assert.deepEqual(await house.inbox('agnes@agent.example'), [])
  assert.deepEqual(await house.traces('canary-principal'), [])
  const id = await requestId()
  const desk = await legal.read(`/staff/requests/${id}`)
  const paper = new RegExp(`/staff/requests/${id}/papers/[\\w-]+`).exec(desk)?.[0] ?? assert.fail(desk)
  const shown = await legal.get(paper)
  assert.equal(Buffer.from(await shown.arrayBuffer()).toString(), PDF.toString())
  assert.match(shown.headers.get('content-disposition') ?? '', /^attachment/)
  await legal.post(`/staff/requests/${id}/mandate`)
  await house.settle()
  assert.deepEqual((await steps(id)).slice(-4), ['accepted', 'proven', 'ready', 'done'])
  assert.match((await newest('bob@example.org')).subject, /copy .* ready/)
})

test('a request can be taken back until it is done', async () => {
  await ask('restriction', 'bob@example.org')
  const path = statusIn(await newest('bob@example.org'))
  await visitor.post(`${path}/withdraw`)
  assert.match(await visitor.read(path), /Taken back/)
  assert.equal((await visitor.get(linkIn(await newest('bob@example.org')))).status, 410)
})

test('who may: the legal role and the owner', async () => {
  for (const role of ['support', 'marketing', 'billing', 'analyst'] as const) {
    const member = await house.member(role)
    assert.equal((await member.get('/staff/requests')).status, 404, role)
  }
  assert.equal((await (await house.member('owner')).get('/staff/requests')).status, 200)
})

test('another law’s clock never moves a day that was told to a later one', async () => {
  await house.query('delete from throttles')
  await ada.post('/account/privacy/requests', { kind: 'question', words: 'Which law?' })
  const id = await requestId()
  const day = async () =>
    (await house.query<{ answer_by: string }>('select answer_by::text from requests where id = $1', [id]))[0]?.answer_by
  const told = await day()
  await legal.post(`/staff/requests/${id}/regime`, { regime: 'florida' })
  assert.equal(await day(), told)
  assert.match(await legal.read(`/staff/requests/${id}`), /Florida/)
})

test('no day passes in silence: staff are reminded ten, three and no days before, and every day after', async () => {
  const clerk = 'legal-1@staff.example'
  const letters = async () => (await house.inbox(clerk)).filter(({ kind }) => kind === 'privacy clocks').length
  const watch = async () => {
    await house.house.db.as('operations', (tx) => enqueue(tx, 'requests.watch', {}))
    await house.settle()
  }
  const id = await requestId()
  const [{ left } = { left: 0 }] = await house.query<{ left: number }>(
    "select answer_by - (now() at time zone 'America/New_York')::date as left from requests where id = $1",
    [id],
  )
  const told: number[] = []
  for (const before of [11, 10, 9, 3, 2, 0, -1, -2]) {
    setAhead((left - before) * DAY)
    const had = await letters()
    await watch()
    await watch()
    told.push((await letters()) - had)
  }
  assert.deepEqual(told.slice(1), [1, 0, 1, 0, 1, 1, 1])
  assert.doesNotMatch((await newest(clerk)).text, /Ada|ada@/)
  setAhead(0)
})

test('what nobody confirms is closed as its letter said, and a link that is too old does nothing', async () => {
  await house.query('delete from throttles')
  await ask('erasure', 'bob@example.org')
  const letter = await newest('bob@example.org')
  setAhead(15 * DAY)
  assert.equal((await visitor.post(linkIn(letter), { sure: 'yes' })).status, 410)
  await house.house.db.as('operations', (tx) => enqueue(tx, 'requests.watch', {}))
  await house.settle()
  assert.match(await visitor.read(statusIn(letter)), /Never confirmed/)
  setAhead(0)
  assert.match(await bob.read('/account/privacy'), /Bob Sharer/)
})

test('a restricted person is in no mailing, no count and no list of staff, and the database says so', async () => {
  await house.query('delete from throttles')
  const rita = await house.person('Rita Restricted', 'rita@example.org')
  const personId = await idOf('rita@example.org')
  const agreed = {
    personId,
    topics: ['news'],
    language: null,
    wording: 'yes',
    source: 'test',
    askedAt: new Date(),
    confirmedAt: new Date(),
  }
  await house.house.db.as('updates', (tx) => subscribe(tx, agreed))
  const support = await house.member('support')
  assert.match(await support.read('/staff/people?q=rita'), /Rita Restricted/)
  const reached = async () => (await house.house.db.as('updates', (tx) => reachOf(tx, { topic: 'news', narrowed: {} }))).meant
  const before = await reached()
  await rita.post('/account/privacy/requests', { kind: 'restriction' })
  await house.settle()
  assert.match((await newest('rita@example.org')).text.replace(/\s+/g, ' '), /only store what we hold about you/)
  assert.equal(await reached(), before - 1)
  assert.doesNotMatch(await support.read('/staff/people?q=rita'), /Rita Restricted/)
  assert.equal((await support.get(`/staff/people/${personId}`)).status, 404)
  for (const purpose of ['updates', 'support', 'billing'] as const) {
    const found = await house.house.db.as(purpose, (tx) => personOf(tx, personId))
    assert.equal(found, undefined, purpose)
    await assert.rejects(
      house.house.db.as(purpose, (tx) => tx.execute(sql`insert into restrictions values (${newId()}, now())`)),
      purpose,
    )
    const ended = await house.house.db.as(purpose, (tx) => tx.execute(sql`delete from restrictions where person_id = ${personId}`))
    assert.equal(ended.rowCount, 0, `${purpose} cannot end it`)
  }
  assert.match(await rita.read('/account/privacy'), /only stored, and used for nothing/)
  const id = await requestId()
  assert.match(await legal.read(`/staff/requests/${id}`), /rita@example.org/)
  assert.equal((await legal.post(`/staff/requests/${id}/lift`, { lift: '' })).status, 422)
  await legal.post(`/staff/requests/${id}/lift`, { lift: 'You wrote that it is settled.' })
  assert.match((await newest('rita@example.org')).text, /it is settled/)
  assert.equal(await reached(), before)
  assert.match(await support.read('/staff/people?q=rita'), /Rita Restricted/)
})

test('an issue under way passes over whoever is restricted meanwhile, and comes to its end', async () => {
  await house.person('Sam Sending', 'sam@example.org')
  const agreed = {
    personId: await idOf('sam@example.org'),
    topics: ['news'],
    language: null,
    wording: 'yes',
    source: 'test',
    askedAt: new Date(),
    confirmedAt: new Date(),
  }
  await house.house.db.as('updates', (tx) => subscribe(tx, agreed))
  const by = await idOf('legal-1@staff.example')
  const issueId = await house.house.db.as('updates', async (tx) => {
    const id = await begin(tx, { topic: 'news', by })
    await edit(tx, { issueId: id, by, topic: 'news', narrowed: {}, subject: 'News', preheader: 'New', body: 'Hello' })
    await schedule(tx, { issueId: id, by, sendAt: new Date(), zone: 'UTC' })
    return id
  })
  await wake(house.house)
  const waiting = () => house.query("select from recipients where state = 'waiting'")
  assert((await waiting()).length > 0)
  const personId = await idOf('sam@example.org')
  await house.house.db.as('rights', (tx) => restrict(tx, personId))
  await house.settle()
  assert.deepEqual(
    (await house.inbox('sam@example.org')).filter(({ kind }) => kind === 'update'),
    [],
  )
  assert.deepEqual(await waiting(), [])
  assert.equal((await house.query('select from recipients where person_id = $1 and state = $2', [personId, 'left'])).length, 1, issueId)
})

test('a correction holds everywhere at once, and says of each recipient what becomes of it there', async () => {
  await house.query('delete from throttles')
  const adda = await house.person('Adda Misspelt', 'adda@example.org')
  await ask('correction', 'adda@example.org', 'My name is Ada')
  const id = await requestId()
  assert.match(
    (await legal.post(`/staff/requests/${id}/name`, { name: 'Ada Spelt' })).headers.get('location') ?? '',
    /unchanged/,
    'not before it is proven',
  )
  await confirm('adda@example.org')
  assert.equal((await legal.post(`/staff/requests/${id}/name`, { name: '' })).status, 422)
  await legal.post(`/staff/requests/${id}/name`, { name: 'Ada Spelt' })
  assert.match(await adda.read('/account'), /Ada Spelt/)
  await house.settle()
  const text = (await newest('adda@example.org')).text.replace(/\s+/g, ' ')
  assert.match(text, /It is Ada Spelt now/)
  for (const { name } of processors) assert(text.includes(name), name)
  assert.deepEqual((await steps(id)).slice(-2), ['corrected', 'done'])
  // In development letters stay as they were sent.
  assert.deepEqual(
    (await house.traces('Adda Misspelt')).filter((place) => !place.startsWith('letters.')),
    [],
  )
})

test('who receives a name or an address says what becomes of a correction', () => {
  for (const { name, correct } of processors) assert(correct.length > 20, name)
})
