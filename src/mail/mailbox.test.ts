/** Whoever is stopped sees it, and can mend it; the letters they need still go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { sink } from '../../test/sink.ts'
import { DAY, setAhead } from '../clock.ts'
import { asId, type Id } from '../log.ts'
import { suppress, suppressionOf, type Why } from './suppression.ts'

const house = await openTestHouse()
const { db } = house.house
const idOf = async (email: string): Promise<Id> =>
  asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id) ?? assert.fail()
const stop = async (email: string, why: Why) => {
  const personId = await idOf(email)
  await db.as('operations', (tx) => suppress(tx, { email, personId, why, evidence: 'report', code: '5.1.1' }))
}
const stopOf = (email: string) => db.as('service', (tx) => suppressionOf(tx, email))

test('they see it where they look, ask for a letter, and its button lifts it; nothing else does', async () => {
  const [ada, mallory] = [await house.person('Ada'), await house.person('Mallory')]
  assert.doesNotMatch(await ada.read('/account/updates'), /stopped sending/)
  await stop('ada@example.org', 'gone')
  for (const page of ['/account/updates', '/account/mailbox']) {
    assert.match(await ada.read(page), /the mailbox does not exist/)
    assert.doesNotMatch(await mallory.read(page), /does not exist/)
  }
  await mallory.post('/account/mailbox')
  assert.notEqual((await house.inbox('ada@example.org'))[0]?.kind, 'mailbox')
  await ada.post('/account/mailbox')
  await house.settle()
  const link = linkIn((await house.inbox('ada@example.org'))[0])
  assert.match(await house.browser().read(link), /My mailbox works again/)
  assert((await stopOf('ada@example.org')) !== undefined, 'opening the link changes nothing')
  const wrong = link.slice(0, -2) + (link.endsWith('AA') ? 'BB' : 'AA')
  assert.equal((await house.browser().post(wrong)).status, 410)
  assert((await stopOf('ada@example.org')) !== undefined)
  assert.equal((await house.browser().post(link)).status, 200)
  assert.equal(await stopOf('ada@example.org'), undefined)
  assert.equal((await house.browser().post(link)).status, 410, 'it is good for that one stop')
})

test('a code is held back only where there is no mailbox, and for a day', async () => {
  const server = await sink()
  const open = await openTestHouse({ SMTP_URL: server.url })
  const stops = (why: Why) => open.house.db.as('operations', (tx) => suppress(tx, { email: 'eve@example.org', why, evidence: 'report' }))
  const ask = async (): Promise<number> => {
    const before = server.taken.length
    await open.query('delete from throttles')
    assert.equal((await open.browser().post('/sign-in', { email: 'eve@example.org' })).status, 303)
    await open.settle()
    return server.taken.length - before
  }
  await open.person('Eve')
  await open.settle()
  await stops('complaint')
  assert.equal(await ask(), 1)
  await stops('gone')
  assert.equal(await ask(), 0)
  const [held] = await open.query<{ text: string; held: boolean }>(
    'select text, held_at is not null as held from letters order by written_at desc, id desc limit 1',
  )
  assert.deepEqual(held, { text: '', held: true })
  setAhead(1.1 * DAY)
  assert.equal(await ask(), 1)
  setAhead(0)
})

test('a server’s refusal is seen by the person, and stops updates', async () => {
  const server = await sink()
  const open = await openTestHouse({ SMTP_URL: server.url })
  const bob = await open.person('Bob')
  await open.settle()
  server.answer = () => '550 5.1.1 No such user here'
  await bob.post('/account/proof/letter')
  await open.settle()
  assert.match(await bob.read('/account/mailbox'), /refused[\s\S]+by the e-mail server/)
  assert.deepEqual(await open.query('select why, code from suppressions'), [{ why: 'gone', code: '5.1.1' }])
})

test('the console lists and lifts stops, by name only while the person is here', async () => {
  const support = await house.member('support')
  const marketing = await house.member('marketing')
  const analyst = await house.member('analyst')
  await house.person('Zoe')
  await stop('zoe@example.org', 'complaint')
  await db.as('operations', (tx) => suppress(tx, { email: 'stranger@example.org', why: 'gone', evidence: 'report' }))
  const list = '/staff/updates/stopped'
  assert.match(await support.read(list), /Zoe, zoe@example.org/)
  assert.match(await support.read(list), /nobody who is here/)
  assert.doesNotMatch(await support.read(list), /stranger@/)
  assert.match(await marketing.read(`${list}?q=stranger%40example.org`), /nobody who is here/)
  assert.match(await marketing.read(`${list}?q=bob%40example.org`), /Not stopped/)
  assert.equal((await analyst.get(list)).status, 404)
  const [{ id } = { id: '' }] = await house.query<{ id: string }>(
    'select s.id from suppressions s join people p on p.id = s.person_id where name = $1',
    ['Zoe'],
  )
  assert.equal((await analyst.post(`${list}/${id}/lift`)).status, 404)
  assert.equal((await support.post(`${list}/${id}/lift`)).status, 303)
  assert.equal(await stopOf('zoe@example.org'), undefined)
  assert.match(await support.read(list), /lifted by the team/)
  assert.equal((await marketing.post(list, { email: 'Zoe@example.org' })).status, 303)
  assert.equal((await stopOf('zoe@example.org'))?.why, 'staff')
})

test('the owner makes a key and sees what is missing; nobody else finds the page', async () => {
  const [owner, support] = [await house.member('owner'), await house.member('support')]
  assert.match(await owner.read('/staff/mail'), /There is no key yet/)
  assert.equal((await owner.post('/staff/mail/keys')).headers.get('location'), '/staff/mail?done=made')
  assert.equal((await owner.post('/staff/mail/keys')).headers.get('location'), '/staff/mail?done=waits')
  assert.match(await owner.read('/staff/mail'), /_domainkey\.cloudrun\.example/)
  assert.doesNotMatch(await owner.read('/staff/mail'), /PRIVATE/)
  assert.equal((await support.get('/staff/mail')).status, 404)
})
