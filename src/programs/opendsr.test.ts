/** Services that answer requests themselves: asked, waited for, believed only where they signed. */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { linkIn, openTestHouse } from '../../test/harness.ts'
import { certificateFor, openDsrService } from '../../test/opendsr.ts'
import { openApp } from '../app.ts'
import { YEAR, setAhead } from '../clock.ts'
import { tellWaiting } from '../rights/jobs.ts'
import { faultOf } from './opendsr-signature.ts'

const house = await openTestHouse()
const app = openApp(house.house)
const owner = await house.member('owner')
const bob = await house.person('Bob Neighbour', 'bob@example.org')
const service = await openDsrService('dsr.pages.example')
const other = await openDsrService('dsr.hosting.example')

beforeEach(() => house.query('delete from throttles'))

const form = (more: object = {}) => ({
  service: 'status-pages',
  url: service.url,
  domain: service.domain,
  certificate: service.pem,
  bearer: 'let-us-in-canary',
  ...more,
})
const page = '/staff/programs/opendsr'

async function member(name: string, email: string) {
  const browser = await house.person(name, email)
  await browser.post('/services/status-pages/page')
  await house.settle()
  return browser
}

/** Sends word of how a request stands, as a service does. */
async function call(text: string, headers: Record<string, string>): Promise<number> {
  const request = { method: 'POST', body: text, headers: { host: 'localhost:3000', 'content-type': 'application/json', ...headers } }
  return (await app.request('http://localhost:3000/opendsr/callbacks', request)).status
}
const word = (id: string, standing: string, more: object = {}) =>
  JSON.stringify({
    subject_request_id: id,
    request_status: standing,
    status_callback_url: 'http://localhost:3000/opendsr/callbacks',
    ...more,
  })
const standings = async () =>
  (await house.query<{ standing: string }>('select standing from dsr_requests order by made_at')).map(({ standing }) => standing)

test('a service takes part when its certificate is its own and it speaks OpenDSR; others may not add it', async () => {
  const refused = async (more: object, says: RegExp) => {
    const answer = await owner.post(page, form(more))
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), says)
  }
  await refused({ certificate: 'no certificate' }, /no certificate in PEM/)
  await refused({ certificate: other.pem }, /not for dsr\.pages\.example/)
  await refused({ certificate: certificateFor(service.domain, new Date(Date.now() - 1000)).pem }, /not valid today/)
  await refused({ url: 'http://10.0.0.7/v2' }, /private network/)
  await refused({ url: 'http://127.0.0.1:1/v2' }, /Nothing that speaks OpenDSR/)
  await refused({ service: 'none' }, /choose a service/)
  service.certificateAt = 'https://evil.example/cert.pem'
  await refused({}, /another domain/)
  service.certificateAt = `https://${service.domain}/cert.pem`
  assert.equal((await bob.post(page, form())).status, 404)
  assert.equal((await owner.post(page, form())).status, 303)
  assert.match(await owner.read(page), /dsr\.pages\.example.*erasure, access, portability, correction/)
  assert.deepEqual(await house.traces('let-us-in-canary'), [])
  await owner.post(page, form({ service: 'small-hosting', url: other.url, domain: other.domain, certificate: other.pem }))
  assert.equal(faultOf({ domain: 'x.pages.example', certificate: certificateFor('*.pages.example').pem })?.includes('not for'), true)
})

test('an erasure waits until the service signed that it is done; nothing that it did not sign counts', async () => {
  const ada = await member('Ada Canary', 'ada-canary@example.org')
  const [{ id: person } = { id: '' }] = await house.query<{ id: string }>(`select id from people where email = 'ada-canary@example.org'`)
  service.broken = 'unsigned'
  await ada.post('/account/privacy/erasure', { sure: 'yes' })
  assert.match(await ada.read('/account/privacy/erasure'), /Waiting: dsr\.pages\.example, since/)
  service.broken = 'other request'
  await tellWaiting(house.house)
  service.broken = 'down'
  await tellWaiting(house.house)
  assert.deepEqual(await house.query('select from dsr_requests where taken_at is not null'), [])
  service.broken = undefined
  await tellWaiting(house.house)
  assert.equal((await house.query('select from dsr_requests where taken_at is not null')).length, 1)
  const had = service.had.at(-1) ?? assert.fail()
  assert.deepEqual(new Set(service.had.map((one) => one.subject_request_id)).size, 1, 'it is one request, however often it was posted')
  assert.equal(had.subject_request_type, 'erasure')
  assert.equal(had.subject_identities[0]?.identity_value, person)
  assert.doesNotMatch(JSON.stringify(service.had), /canary/i)
  assert.deepEqual(other.had, [], 'a service for which nobody is registered learns nothing')

  const id = had.subject_request_id
  const done = word(id, 'completed')
  assert.equal(await call(done, {}), 401)
  assert.equal(await call(done, { ...service.signed(done), 'x-opendsr-processor-domain': 'dsr.evil.example' }), 401)
  assert.equal(await call(done, { ...other.signed(done), 'x-opendsr-processor-domain': service.domain }), 403, 'signed by another')
  assert.equal(await call(done.replace('completed', 'cancelled'), service.signed(done)), 403, 'changed on the way')
  assert.equal(await call(done, other.signed(done)), 400, 'signed well by a service that it is none of')
  const elsewhere = word(id, 'completed', { status_callback_url: 'https://evil.example/' })
  assert.equal(await call(elsewhere, service.signed(elsewhere)), 400)
  assert.equal(await call('{', service.signed('{')), 400)
  const unknown = word('01890a5d-ac96-474b-bcce-b302099a8057', 'completed')
  assert.equal(await call(unknown, service.signed(unknown)), 400)
  setAhead(2 * YEAR)
  assert.equal(await call(done, service.signed(done)), 401, 'its certificate has run out')
  setAhead(0)
  await house.settle()
  assert.deepEqual(await standings(), ['pending'])
  assert.equal((await house.query('select from people where id = $1', [person])).length, 1)

  assert.equal(await call(done, service.signed(done)), 202)
  await house.settle()
  await tellWaiting(house.house)
  await house.settle()
  assert.deepEqual(await house.query('select from people where id = $1', [person]), [])
  const [goodbye] = await house.inbox('ada-canary@example.org')
  const receipt = linkIn(goodbye)
  assert.match(await house.browser().read(receipt), /dsr\.pages\.example<\/dt><dd>confirmed .*it signed that it is done/)
  const old = word(id, 'in_progress')
  assert.equal(await call(old, service.signed(old)), 202)
  assert.equal(await call(done, service.signed(done)), 202)
  assert.deepEqual(await standings(), ['completed'], 'an old word that comes again moves nothing')
  assert.deepEqual(await house.traces('ada-canary'), ['letters.to'])
  assert.deepEqual(await house.query('select from dsr_requests where person_id is not null'), [])
  assert.match(await bob.read('/account'), /Bob Neighbour/)
})

test('a corrected name is told by its kind, and how it stands is asked for', async () => {
  const cora = await member('Cora Wrong', 'cora@example.org')
  service.standing = 'in_progress'
  await cora.post('/account/name', { name: 'Cora Right' })
  await house.settle()
  assert.match(await cora.read('/account/privacy'), /dsr\.pages\.example, to correct your name<\/dt><dd>waiting, since/)
  assert.doesNotMatch(JSON.stringify(service.had), /Cora/)
  service.standing = 'completed'
  await tellWaiting(house.house)
  assert.match(await cora.read('/account/privacy'), /dsr\.pages\.example, to correct your name<\/dt><dd>confirmed .*it signed/)
})

test('whoever asks for a copy finds that of the service, too, and nobody else does', async () => {
  const dan = await member('Dan Copies', 'dan@example.org')
  service.standing = 'pending'
  await dan.post('/account/privacy/requests', { kind: 'access' })
  await house.settle()
  const had = service.had.at(-1)
  assert.equal(had?.subject_request_type, 'access')
  const done = word(had?.subject_request_id ?? '', 'completed', { results_url: 'https://dsr.pages.example/results/dan-secret' })
  assert.equal(await call(done, service.signed(done)), 202)
  await house.settle()
  assert.match(await dan.read('/account/privacy'), /href="https:\/\/dsr\.pages\.example\/results\/dan-secret"/)
  assert.doesNotMatch(await bob.read('/account/privacy'), /dan-secret/)
  assert.deepEqual(await house.traces('dan-secret'), [], 'it is kept sealed')
})

test('a service that was removed is waited for no more', async () => {
  const eve = await member('Eve Waits', 'eve@example.org')
  await eve.post('/account/privacy/erasure', { sure: 'yes' })
  assert.match(await eve.read('/account/privacy/erasure'), /Waiting: dsr/)
  const [{ id } = { id: '' }] = await house.query<{ id: string }>('select id from dsr_services where domain = $1', [service.domain])
  assert.equal((await owner.post(`${page}/${id}/remove`)).status, 303)
  await tellWaiting(house.house)
  assert.deepEqual(await house.query(`select from people where email = 'eve@example.org'`), [])
})
