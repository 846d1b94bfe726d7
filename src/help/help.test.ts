/** Help: finding articles, asking, being answered; three people, and one whose data is only stored. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../../test/harness.ts'
import { programWith, TestProgram } from '../../test/program.ts'
import { DAY, setAhead } from '../clock.ts'
import { sweep } from '../database/sweep.ts'
import { asId } from '../log.ts'
import { takeIn } from '../mail/incoming.ts'
import { messageId } from '../mail/return-path.ts'
import { restrict } from '../people/restriction.ts'
import { register } from '../register.ts'
import { eraseAddress } from '../rights/erasure.ts'
import { setApart } from './apart.ts'
import { findArticles } from './finding.ts'

const SUPPORT = 'hello@cloudrun.example'
const house = await openTestHouse()
const ada = await house.person('Ada Asker', 'ada@example.org')
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const support = await house.member('support')
const analyst = await house.member('analyst')
const visitor = house.browser()

const newest = async (email: string) => (await house.inbox(email))[0] ?? assert.fail(`no letter to ${email}`)
const latest = async () =>
  (
    await house.query<{ id: string; person_id: string | null; email: string | null; closed_at: Date | null; waiting_since: Date | null }>(
      'select * from conversations order by id desc limit 1',
    )
  )[0] ?? assert.fail('no conversation')
const fresh = () => house.query('delete from throttles')

/** A letter as the door takes it in; `from` nobody vouches for, as nobody answers for domains in tests. */
async function write(from: string, text: string, more = '', ip = '127.0.0.1'): Promise<void> {
  const raw = Buffer.from(`From: ${from}\r\nTo: ${SUPPORT}\r\nSubject: Hello\r\n${more}\r\n${text}\r\n`)
  await takeIn(house.house, { from, to: [SUPPORT], raw, bringer: { ip, helo: 'mail.example.org' } })
  await house.settle()
}

test('articles are found by their words, the best first, with a piece in which the words stand', async () => {
  const found = findArticles(house.house.content, 'deleting my data')
  assert.equal(found[0]?.article.slug, 'erasing')
  assert(found[0]?.excerpt.some(({ sought }) => sought))
  const page = await visitor.read('/help?q=pass%C2%ADword')
  await visitor.read('/help')
  assert.match(await visitor.read('/help?q=password'), /<mark>[Pp]assword/, 'also once the page without a search is ready')
  assert.match(page, /found|one article|articles/i)
  const none = await visitor.get('/help?q=%3Cb%3Ezzz')
  assert.equal(none.status, 200)
  const text = await none.text()
  assert.match(text, /Nothing found/)
  assert.doesNotMatch(text, /<b>zzz/)
  assert.deepEqual(await house.traces('b%3Ezzz'), [])
})

test('whether an article helped is counted, and nobody is told apart', async () => {
  assert.equal((await visitor.post('/help/erasing/helped', { helped: 'yes' })).headers.get('location'), '/help/erasing/helped')
  await ada.post('/help/erasing/helped', { helped: 'no' })
  await ada.post('/help/erasing/helped', { helped: 'no' })
  assert.equal((await visitor.post('/help/nothing/helped', { helped: 'no' })).status, 404)
  assert.deepEqual(await house.query('select article, helped, votes from article_votes order by helped'), [
    { article: 'erasing', helped: 'no', votes: 2 },
    { article: 'erasing', helped: 'yes', votes: 1 },
  ])
  assert.match(await support.read('/staff/help/articles'), /33 %/)
})

test('a question from the form: the same answer for everybody, sealed, answered by letter', async () => {
  await fresh()
  const asked = { name: 'Vera Visitor', email: 'vera@example.org', words: 'Does the heron fly?', about: 'erasing' }
  const [unknown, known] = [
    await visitor.post('/help/contact', asked),
    await visitor.post('/help/contact', { ...asked, email: 'bob@example.org' }),
  ]
  assert.deepEqual([unknown.status, unknown.headers.get('location')], [known.status, known.headers.get('location')])
  assert.equal((await newest('vera@example.org')).subject, (await newest('bob@example.org')).subject)
  assert.deepEqual(await house.traces('heron'), [], 'what was said is sealed, and no letter repeats it')
  assert.equal((await visitor.post('/help/contact', { ...asked, words: '' })).status, 422)
  const [vera] = await house.query<{ id: string }>("select id from conversations where email = 'vera@example.org'")
  assert.match(await support.read('/staff/help'), /Vera Visitor/)
  assert.match(await support.read(`/staff/help/${vera?.id}`), /Does the heron fly\?/)
  assert.match(
    (await support.post(`/staff/help/${vera?.id}/answer`, { answer: 'It does.', ends: 'yes' })).headers.get('location') ?? '',
    /answered/,
  )
  const letter = await newest('vera@example.org')
  assert.match(letter.text, /Hello Vera Visitor,\n\nIt does\./)
  assert.doesNotMatch(await support.read('/staff/help'), /Vera Visitor/)
  assert.match(await support.read('/staff/help?view=closed'), /Vera Visitor/)
})

test('somebody signed in reads their conversation in the account, and nobody else does', async () => {
  const there = (await ada.post('/help/contact', { words: 'Where is the pelican?' })).headers.get('location')?.replace(/\?.*/, '') ?? ''
  assert.match(there, /^\/account\/help\//)
  assert.match(await ada.read(there), /Where is the pelican\?/)
  assert.equal((await bob.get(there)).status, 404)
  assert.equal((await bob.post(there, { words: 'me, too' })).status, 404)
  assert.equal((await analyst.get(`/staff/help/${there.split('/').at(-1)}`)).status, 404)
  const id = there.split('/').at(-1)
  await support.read(`/staff/help/${id}`)
  assert.match(await ada.read('/account/privacy'), /what they asked us/)
  await support.post(`/staff/help/${id}/note`, { note: 'Ask the keeper.' })
  await support.post(`/staff/help/${id}/answer`, { answer: 'In the pond.' })
  assert.match(await ada.read(there), /In the pond\./)
  assert.doesNotMatch(await ada.read(there), /Ask the keeper/)
  assert.equal((await latest()).waiting_since, null)
  await ada.post(there, { words: 'Which pond?' })
  assert((await latest()).waiting_since)
  assert.match(await support.read('/staff/help'), /Ada Asker/)
})

test('it is found by name and by words, and what is found shows nothing of what was said', async () => {
  for (const sought of ['pelican', 'POND which', 'ada@example.org', 'Asker', (await latest()).id]) {
    const page = await support.read(`/staff/help?q=${encodeURIComponent(sought)}`)
    assert.match(page, /Ada Asker/, sought)
    assert.doesNotMatch(page, /Where is the/)
  }
  assert.match(await support.read('/staff/help?q=albatross'), /Nothing found/)
})

test('saved replies stand ready with the name in them; colleagues get what is theirs', async () => {
  await support.post('/staff/help/replies', { title: 'Thanks', words: 'Thank you, {{name}}. {{unknown}}' })
  const [reply] = await house.query<{ id: string }>('select id from saved_replies')
  const { id } = await latest()
  assert.match(await support.read(`/staff/help/${id}?reply=${reply?.id}`), /Thank you, Ada Asker\. \{\{unknown\}\}/)
  await support.post(`/staff/help/replies/${reply?.id}`, { title: 'Thanks', words: 'Cheers' })
  assert.match(await support.read(`/staff/help/replies/${reply?.id}`), /Cheers/)
  await support.post(`/staff/help/${id}/assign`, { to: 'nobody' })
  assert.doesNotMatch(await support.read('/staff/help?view=mine'), /Ada Asker/)
  const [me] = await house.query<{ id: string }>("select person_id as id from staff where role = 'support'")
  const [other] = await house.query<{ id: string }>("select person_id as id from staff where role = 'analyst'")
  await support.post(`/staff/help/${id}/assign`, { to: other?.id ?? '' })
  assert.doesNotMatch(await support.read('/staff/help?view=mine'), /Ada Asker/)
  await support.post(`/staff/help/${id}/assign`, { to: me?.id ?? '' })
  assert.match(await support.read('/staff/help?view=mine'), /Ada Asker/)
  await support.post(`/staff/help/replies/${reply?.id}/remove`)
  assert.equal((await support.get(`/staff/help/replies/${reply?.id}`)).status, 404)
})

test('a letter begins a conversation, an answer to ours goes on with it, from another address it does not', async () => {
  await fresh()
  await write('bob@example.org', 'Is the ibis in?', 'Message-ID: <ibis@mail.example>\r\n')
  const { id } = await latest()
  assert.match((await newest('bob@example.org')).subject, /has come in/)
  await support.post(`/staff/help/${id}/answer`, { answer: 'It is out.', ends: 'yes' })
  const [ours] = await house.query<{ id: string; headers: Record<string, string> }>(
    `select id, headers from letters where "to" = 'bob@example.org' order by written_at desc, id desc limit 1`,
  )
  assert.match(ours?.headers['References'] ?? '', /<ibis@mail\.example>/)
  const number = messageId(house.house, { what: 'letter', id: asId(ours?.id) ?? assert.fail() })
  await write('ada@example.org', 'I read this.', `In-Reply-To: ${number}\r\n`)
  assert.notEqual((await latest()).id, id)
  await write('bob@example.org', 'Until when?', `In-Reply-To: ${number}\r\nMessage-ID: <second@mail.example>\r\n`)
  await write('bob@example.org', 'Until when?', `In-Reply-To: ${number}\r\nMessage-ID: <second@mail.example>\r\n`)
  const page = await support.read(`/staff/help/${id}`)
  assert.equal(page.match(/Until when\?/g)?.length, 1)
  const [again] = await house.query<{ closed_at: Date | null; expires_at: Date | null }>('select * from conversations where id = $1', [id])
  assert.deepEqual([again?.closed_at, again?.expires_at], [null, null], 'it is open again')
})

test('machines, and ourselves, get no answer and make no conversation', async () => {
  const before = (await latest()).id
  await write('robot@example.org', 'I am away.', 'Auto-Submitted: auto-replied\r\n')
  await write('list@example.org', 'News!', 'List-Id: <news.example>\r\n')
  await write(SUPPORT, 'From us to us')
  await write(house.house.config.privacyAddress, 'From us to us')
  assert.equal((await latest()).id, before)
  assert.deepEqual(await house.inbox('robot@example.org'), [])
})

test('what plainly asks for data is a request wherever it arrives, and no question is lost', async () => {
  await fresh()
  await write('bob@example.org', 'Please delete all my data.')
  assert.match((await newest('bob@example.org')).subject, /Please confirm your privacy request/)
  assert.equal((await house.query("select 1 from requests where email = 'bob@example.org' and kind = 'erasure'")).length, 1)
  const page = await support.read(`/staff/help/${(await latest()).id}`)
  assert.match(page, /delete all my data/)
  assert.match(page, /it is a request, too/)
  await write('ada@example.org', 'My address on the invoice is wrong, please correct it.')
  assert.equal((await house.query("select 1 from requests where email = 'ada@example.org'")).length, 0, 'this somebody reads')
})

test('what turns out to ask for data is handed over, and has a clock from then on', async () => {
  await fresh()
  await visitor.post('/help/contact', { name: 'Hanna', email: 'hanna@example.org', words: 'Could you put my surname right?' })
  const { id } = await latest()
  assert.equal((await analyst.post(`/staff/help/${id}/hand-over`)).status, 404)
  assert.match((await support.post(`/staff/help/${id}/hand-over`)).headers.get('location') ?? '', /handed/)
  assert.match((await newest('hanna@example.org')).text.replace(/\s+/g, ' '), /Somebody of our staff reads it/)
  const [request] = await house.query<{ id: string; closed_at: Date | null }>("select * from requests where email = 'hanna@example.org'")
  const legal = await house.member('legal')
  assert.match(await legal.read(`/staff/requests/${request?.id}`), /put my surname right/)
  assert.match(await support.read(`/staff/help/${id}`), /handed over to those who answer for privacy/)
  assert.equal((await support.post('/staff/help/01a20adc-42fc-72e8-b87b-0b4b894a8323/hand-over')).status, 404)
})

test('a service asks for somebody by its key, and never learns what is said', async () => {
  await fresh()
  const program = new TestProgram(house, (await programWith(house, ['questions:read', 'questions:write'])).key)
  const [person] = await house.query<{ id: string }>("select id from people where email = 'ada@example.org'")
  const begun = await program.post('/questions', { person: person?.id, words: 'How do I add a gull?' })
  assert.equal(begun.status, 201)
  assert.match(await support.read(`/staff/help/${(await latest()).id}`), /add a gull/)
  assert.match((await newest('ada@example.org')).subject, /has come in/)
  const listed = await program.get(`/questions?person=${person?.id}`)
  assert.match(JSON.stringify(listed.body), new RegExp(String(begun.body['question'])))
  assert.doesNotMatch(JSON.stringify(listed.body), /gull|pelican|Ada/)
  const nobody = '01a20adc-42fc-72e8-b87b-0b4b894a8323'
  assert.deepEqual((await program.get(`/questions?person=${nobody}`)).body, { questions: [] })
  assert.equal((await program.post('/questions', { person: nobody, words: 'x' })).status, 404)
})

test('somebody whose data is only stored gets an answer, apart from their record', async () => {
  await fresh()
  const rea = await house.person('Rea Restricted', 'rea@example.org')
  await rea.post('/help/contact', { words: 'From before.' })
  const before = await latest()
  const id = asId(before.person_id ?? undefined) ?? assert.fail()
  await house.house.db.as('rights', (tx) => restrict(tx, id))
  assert.equal((await support.get(`/staff/help/${before.id}`)).status, 404)
  const there = (await rea.post('/help/contact', { words: 'And now?' })).headers.get('location')?.replace(/\?.*/, '') ?? ''
  const now = await latest()
  assert.deepEqual([now.person_id, now.email], [null, 'rea@example.org'])
  assert.match(await support.read(`/staff/help/${now.id}`), /And now\?/)
  assert.match(await rea.read(there), /And now\?/)
  assert.match(await rea.read('/account/help'), new RegExp(before.id))
  await house.house.db.as('rights', setApart)
  assert.match(await support.read(`/staff/help/${before.id}`), /From before\./, 'and what waited before gets one, too')
  await house.query('delete from restrictions')
  await rea.post('/account/privacy/copy')
  assert.deepEqual(await house.query("select 1 from conversations where email = 'rea@example.org'"), [], 'afterwards it is theirs again')
})

test('a copy has it, with what was asked before the account; erasing leaves nothing of the one and all of the others', async () => {
  await fresh()
  await visitor.post('/help/contact', { name: 'Early', email: 'early@example.org', words: 'Where do cormorants sleep?' })
  const early = await house.person('Early Bird', 'early@example.org')
  await early.post('/help/contact', { words: 'And gannets?' })
  const { id } = await latest()
  await support.post(`/staff/help/${id}/note`, { note: 'Hard.' })
  await early.post('/account/privacy/copy')
  const rows = await house.query<{ person_id: string | null }>("select person_id from conversations where email = 'early@example.org'")
  assert.deepEqual(rows, [], 'what was asked before is theirs now')
  assert.match(await early.read('/account/privacy'), /cormorants/)
  const others = await house.query('select id from conversations order by id')
  await visitor.post('/help/contact', { name: 'Early', email: 'early@example.org', words: 'Once more' })
  await early.post('/account/privacy/erasure', { sure: 'yes' })
  await house.settle()
  assert.deepEqual(await house.traces('early@example.org'), ['letters.to'])
  assert.equal((await house.query('select id from conversations')).length, others.length - 2)
  assert.match(await ada.read('/account/help'), /Asked/)
})

test('what is held of an address behind which nobody is known goes with it', async () => {
  await fresh()
  await visitor.post('/help/contact', { name: 'Sam', email: 'sam@example.org', words: 'A stranger asks.' })
  const { id } = await latest()
  await support.post(`/staff/help/${id}/answer`, { answer: 'Yes.' })
  await eraseAddress(house.house, 'sam@example.org')
  for (const table of ['conversation_words', 'conversation_keys', 'conversation_tasks'])
    assert.deepEqual(await house.query(`select 1 from ${table} where conversation_id = $1`, [id]), [], table)
})

test('those who answer are reminded of what waits; what is quiet closes, and goes after a year', async () => {
  const [{ count } = { count: '' }] = await house.query<{ count: string }>(
    'select count(*) from conversations where waiting_since is not null',
  )
  setAhead(3 * DAY)
  await house.house.db.as('operations', (tx) => import('../jobs/queue.ts').then(({ enqueue }) => enqueue(tx, 'help.watch', {})))
  await house.settle()
  const [member] = await house.query<{ email: string }>(
    "select email from people p join staff s on s.person_id = p.id where s.role = 'support'",
  )
  const letter = await newest(member?.email ?? '')
  assert.match(letter.subject, /Questions wait/)
  assert.equal(letter.text.match(/3 days/g)?.length, Math.min(20, Number(count)))
  assert.doesNotMatch(letter.text, /Ada/)
  const { id } = await latest()
  await house.query('update conversations set waiting_since = null')
  setAhead(40 * DAY)
  await house.house.db.as('operations', (tx) => import('../jobs/queue.ts').then(({ enqueue }) => enqueue(tx, 'help.watch', {})))
  await house.settle()
  assert.deepEqual(await house.query('select 1 from conversations where closed_at is null'), [])
  setAhead((40 + 366) * DAY)
  await sweep(house.house.db, register)
  assert.deepEqual(await house.query('select 1 from conversations where id = $1', [id]), [])
  assert.deepEqual(await house.query('select 1 from conversation_words'), [])
})
