import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SpecData, Validator } from '@seriousme/openapi-schema-validator'
import { z } from 'zod'
import { openTestHouse } from '../../test/harness.ts'
import { programWith, TestProgram } from '../../test/program.ts'
import { operations } from '../app.ts'
import { DAY, setAhead } from '../clock.ts'
import { personWith } from '../people/person.ts'
import { operation } from './api.ts'
import { aboutHouse, openApiDocument } from './document.ts'
import { scopeNames } from './scopes.ts'
import { handlers } from '../worker.ts'

const house = await openTestHouse()
const document = openApiDocument(operations, aboutHouse(house.house))

/** An operation as rooms write them, mounted beside the house's own. */
const Wish = z
  .strictObject({ what: z.string().max(10), many: z.int32().min(1).max(5).optional(), who: z.email().max(254) })
  .meta({ id: 'Wish' })
const Granted = z.strictObject({ id: z.uuid(), state: z.enum(['granted', 'refused']) }).meta({ id: 'Granted' })
let acts = 0
const wishes = [
  operation({
    id: 'wish',
    tag: 'Tests',
    method: 'post',
    at: '/wishes/:kind',
    scope: 'usage:write',
    title: 'Wish',
    says: 'Wishes something.',
    path: z.object({ kind: z.enum(['small', 'large']) }),
    query: z.object({ soon: z.enum(['yes', 'no']).optional() }),
    body: { schema: Wish, example: { what: 'rain', who: 'ada@example.org' } },
    repeatable: true,
    answers: { 201: { says: 'Granted', schema: Granted, example: { id: '01890000-0000-7000-8000-000000000000', state: 'granted' } } },
    act: ({ body, once }) =>
      once('service', async (tx, isAbout) => {
        acts++
        if (body.what === 'fail') throw new Error('after all')
        const person = await personWith(tx, body.who)
        if (person) isAbout(person.id)
        return { status: 201, body: { id: '01890000-0000-7000-8000-000000000001', state: 'granted' } }
      }),
  }),
]
const program = new TestProgram(house, (await programWith(house, ['usage:write'])).key, wishes)
const wish = { what: 'rain', who: 'nobody@example.org' }

test('the document is valid OpenAPI 3.1, and served as it is', async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)) as SpecData)
  assert.deepEqual(result.errors, undefined)
  const served = await house.browser().get('/api/openapi.json')
  assert.deepEqual(await served.json(), JSON.parse(JSON.stringify(document)))
})

test('every operation says who may, what it takes, and how it refuses', () => {
  for (const one of operations) {
    const [methods] = [document.paths[one.at.replace(/:(\w+)/g, '{$1}')]]
    const told = methods?.[one.method]
    assert(told, one.id)
    for (const status of ['401', '403', '422', '429', '500']) assert(told.responses[status], `${one.id} ${status}`)
    if (one.body) for (const status of ['400', '413', '415']) assert(told.responses[status], `${one.id} ${status}`)
    assert(one.title && one.says.endsWith('.'), one.id)
  }
})

test('every text of the document has an end, and every number a size', () => {
  const loose: string[] = []
  const look = (part: unknown, at: string): void => {
    if (typeof part !== 'object' || part === null) return
    const { type, maxLength, enum: among, const: only, format, maximum, maxItems } = part as Record<string, unknown>
    if (type === 'string' && maxLength === undefined && !among && only === undefined) loose.push(at)
    if (type === 'integer' && (!format || maximum === undefined)) loose.push(at)
    if (type === 'array' && maxItems === undefined) loose.push(at)
    for (const [name, inside] of Object.entries(part)) if (name !== 'example' && name !== 'examples') look(inside, `${at}/${name}`)
  }
  look(document, '')
  assert.deepEqual(loose, [])
})

test('every example is what its schema says', () => {
  for (const { id, body, answers } of operations)
    for (const { schema, example } of [...(body ? [body] : []), ...Object.values(answers)])
      assert(schema.safeParse(example).success, `${id}: ${JSON.stringify(schema.safeParse(example).error?.issues)}`)
})

test('who has no key, or a key without the scope, is refused by every operation', async () => {
  const nobody = new TestProgram(house, undefined, wishes)
  for (const { method, at, scope } of [...operations, ...wishes]) {
    const path = at.replace(/:\w+/g, '01890000-0000-7000-8000-000000000000')
    assert.equal((await nobody.send(method.toUpperCase(), path)).status, 401, at)
    if (!scope) continue
    const { key } = await programWith(
      house,
      scopeNames.filter((name) => name !== scope),
    )
    const refused = await new TestProgram(house, key, wishes).send(method.toUpperCase(), path)
    assert.equal(refused.status, 403, at)
    assert.match(String(refused.body['detail']), new RegExp(scope))
  }
})

test('a method that an address does not take, and an address that is none, are problems', async () => {
  const browser = house.browser()
  const wrong = await browser.post('/api/v1/key')
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET'])
  const nowhere = await browser.get('/api/v1/nowhere')
  assert.deepEqual([nowhere.status, nowhere.headers.get('content-type')], [404, 'application/problem+json; charset=utf-8'])
})

test('what does not fit is refused by the name of its part, and nothing is done', async () => {
  acts = 0
  const flaws = async (path: string, body: unknown) => (await program.post(path, body)).body['errors']
  assert.deepEqual(await flaws('/wishes/small', { ...wish, many: 9 }), [{ pointer: '/many', detail: 'Too big: expected number to be <=5' }])
  assert.deepEqual(await flaws('/wishes/small', { ...wish, 'a/b': 1 }), [{ pointer: '/a~1b', detail: 'This is not known here.' }])
  assert.deepEqual(await flaws('/wishes/small?soon=perhaps', wish), [
    { parameter: 'soon', detail: 'Invalid option: expected one of "yes"|"no"' },
  ])
  assert.deepEqual(await flaws('/wishes/small?later=yes', wish), [{ parameter: 'later', detail: 'This is not known here.' }])
  for (const path of ['/wishes/small?soon=yes&soon=no', '/wishes/small?soon[]=yes'])
    assert.equal((await program.post(path, wish)).status, 422, path)
  for (const body of [
    null,
    [],
    'text',
    7,
    { ...wish, who: ['a@example.org'] },
    { ...wish, many: '1' },
    JSON.parse('{"__proto__":{"what":"x"}}'),
  ])
    assert.equal((await program.post('/wishes/small', body)).status, 422, JSON.stringify(body))
  assert.equal((await program.post('/wishes/huge', wish)).status, 404)
  assert.equal(acts, 0)
})

test('what is damaged, too long, or no JSON is refused', async () => {
  const send = (body: string, type = 'application/json') =>
    program.send('POST', '/wishes/small', { body, headers: { 'content-type': type } })
  for (const body of ['', '{', '{"what":"\\u0000"}', '[[', '{}x']) assert.equal((await send(body)).status, 400, body)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])
    assert.equal((await send(JSON.stringify(wish), type)).status, 415, type)
  assert.equal((await send('['.repeat(60_000))).status, 400)
  assert.equal((await send(`"${'x'.repeat(70_000)}"`)).status, 413)
  assert.equal((await send(JSON.stringify(wish), 'application/json; charset=utf-8')).status, 201)
})

test('a request that is named is done once, however often and however fast it comes', async () => {
  acts = 0
  const named = { 'idempotency-key': '"first"' }
  const answers = await Promise.all(Array.from({ length: 8 }, () => program.post('/wishes/small', wish, named)))
  assert.equal(acts, 1)
  for (const { status, body } of answers) assert.deepEqual([status, body], [201, answers[0]?.body])
  assert.equal((await program.post('/wishes/small', wish, { 'idempotency-key': 'first' })).status, 201)
  assert.equal(acts, 1)
  assert.equal((await program.post('/wishes/small', { ...wish, what: 'sun' }, named)).status, 422)
  assert.equal((await program.post('/wishes/large', wish, named)).status, 422)
  const other = new TestProgram(house, (await programWith(house, ['usage:write'])).key, wishes)
  assert.equal((await other.post('/wishes/small', wish, named)).status, 201)
  assert.equal(acts, 2)
  for (const name of ['', 'two words', 'x'.repeat(300), 'ü']) {
    const { status } = await program.post('/wishes/small', wish, { 'idempotency-key': encodeURI(name) === name ? name : 'a b' })
    assert.equal(status, 400, name)
  }
})

test('what failed on our side may be sent again under its name', async () => {
  const named = { 'idempotency-key': 'failing' }
  assert.equal((await program.post('/wishes/small', { ...wish, what: 'fail' }, named)).status, 500)
  assert.deepEqual(await house.query('select from program_answers where status <> 201'), [])
  acts = 0
  assert.equal((await program.post('/wishes/small', wish, named)).status, 201)
  assert.equal(acts, 1)
})

test('a kept answer goes with the person whom it is about, and after a day', async () => {
  const ada = await house.person('Ada Canary', 'ada-canary@example.org')
  await program.post('/wishes/small', { ...wish, who: 'ada-canary@example.org' }, { 'idempotency-key': 'about-ada' })
  const hers = () => house.query('select from program_answers where person_id is not null')
  assert.equal((await hers()).length, 1)
  assert.match(await ada.read('/account/privacy'), /What a program of ours was answered/)
  await ada.post('/account/privacy/erasure', { sure: 'yes' })
  assert.equal((await hers()).length, 0)
  assert.deepEqual(await house.traces('Ada Canary'), [])
  setAhead(2 * DAY)
  await handlers(house.house)['retention.sweep']({})
  setAhead(0)
  assert.deepEqual(await house.query('select from program_answers'), [])
})
