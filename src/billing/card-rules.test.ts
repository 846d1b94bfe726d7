import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPayingHouse } from '../../test/stripe.ts'

const { house, settle, giveCard } = await openPayingHouse()
const billing = await house.member('billing')
const owner = await house.member('owner')
const marketing = await house.member('marketing')
const pathTo = (answer: Response): string => answer.headers.get('location') ?? assert.fail(String(answer.status))

const usual = {
  ...{ authentication: 'review', cvc: 'fail', address: 'review', prepaid: 'review', duplicate: 'review', abroad: 'review' },
  ...{ countries: '', reviewAbove: '20000', twoAbove: '100000', validDays: '365' },
}
const all = '/staff/billing/rules/all'
const runs = '/staff/billing/rules/for/scheduled-runs'

const begins = async (browser: Awaited<ReturnType<typeof house.person>>, plan: string): Promise<string> =>
  pathTo(await browser.post(`/services/${plan}`))
const waitingOf = async (name: string): Promise<string> =>
  (
    await house.query<{ id: string }>(
      "select q.id from qualifications q join people p on p.id = q.person_id where p.name = $1 and outcome = 'review'",
      [name],
    )
  )[0]?.id ?? assert.fail(name)

test('the rules are shown with what they do, tried without being adopted, and adopted as a version', async () => {
  assert.match(
    await billing.read('/staff/billing/rules'),
    /All without rules of their own[\s\S]*as the program comes[\s\S]*Scheduled Runs[\s\S]*those for all/,
  )
  assert.match(await billing.read(runs), /it is a prepaid card<\/dt><dd>a person looks/)
  const tried = await billing.post(runs, { ...usual, step: 'preview', prepaid: 'fail', countries: 'us, de', abroad: 'fail' })
  const page = await tried.text()
  assert.match(page, /Nothing is adopted yet[\s\S]*it is a prepaid card<\/dt><dd>is refused[\s\S]*not served<\/dt><dd>is refused/)
  assert.match(page, /value="US, DE"/)
  assert.equal((await house.query('select from qualification_policies')).length, 0)
  assert.equal(pathTo(await billing.post(runs, { ...usual, step: 'adopt', prepaid: 'fail' })), `${runs}?done=adopted`)
  await owner.post(runs, { ...usual, step: 'adopt', prepaid: 'fail', reviewAbove: '30000' })
  const versions = await billing.read(runs)
  assert.match(
    versions,
    /version 2, by Staff owner: a person looks above 300 instead of 200[\s\S]*version 1, by Staff billing: the first one/,
  )
  assert.match(await billing.read('/staff/billing/rules'), /Scheduled Runs<\/a><\/th><td>version 2/)
})

test('a card is decided about by the rules of its service, and by those for all where there are none', async () => {
  const ann = await house.person('Ann Prepaid', 'ann@example.org')
  const begin = await begins(ann, 'scheduled-runs/steady')
  await giveCard(ann, begin, '5105105105105100')
  assert.match(await ann.read(begin), /With this card we cannot offer the service/)
  const other = await begins(ann, 'small-hosting/single')
  await giveCard(ann, other, '5105105105105100')
  assert.match(await ann.read(other), /A member of our staff looks at it/)
})

test('what does not fit is told beside its field and kept; nobody else of the team sees the rules', async () => {
  const wrong = await billing.post(all, { ...usual, step: 'adopt', countries: 'Germany', validDays: '0', cvc: 'perhaps' })
  assert.equal(wrong.status, 422)
  assert.match(await wrong.text(), /Two letters each[\s\S]*value="Germany"/)
  const turned = await billing.post(all, { ...usual, step: 'adopt', reviewAbove: '500', twoAbove: '400' })
  assert.equal(turned.status, 422)
  assert.match(await turned.text(), /Not below the amount at which one person looks/)
  for (const path of ['/staff/billing/rules', all, runs]) assert.equal((await marketing.get(path)).status, 404)
  assert.equal((await marketing.post(all, { ...usual, step: 'adopt' })).status, 404)
  assert.equal((await billing.get('/staff/billing/rules/for/nothing')).status, 404)
})

test('above the amount two people must agree, and the second is another one; one is enough to refuse', async () => {
  await billing.post(all, { ...usual, step: 'adopt', reviewAbove: '100', twoAbove: '800' })
  const [bea, cem] = [await house.person('Bea Large', 'bea@example.org'), await house.person('Cem Large', 'cem@example.org')]
  const at = await begins(bea, 'small-hosting/single')
  await giveCard(bea, at, '4242424242424242')
  assert.match(await bea.read('/account/billing'), /the amount is one at which two people look/)
  const act = `/staff/billing/decisions/${await waitingOf('Bea Large')}`
  assert.equal(pathTo(await billing.post(act, { outcome: 'pass' })), '/staff/billing?done=agreed')
  assert.equal(pathTo(await billing.post(act, { outcome: 'pass' })), '/staff/billing?done=same')
  assert.match(await billing.read('/staff/billing?done=same'), /You agreed already[\s\S]*You agreed; somebody else must, too/)
  assert.match(await bea.read(at), /A member of our staff looks at it/)
  assert.match(await owner.read('/staff/billing'), /One of two agreed/)
  assert.equal(pathTo(await owner.post(act, { outcome: 'pass' })), '/staff/billing?done=decided')
  await settle()
  assert.match(await bea.read(at.replace('billing/begin', 'services')), /Open, on trial/)
  assert.match(await bea.read('/account/billing'), /decided by two members of our staff/)
  await giveCard(cem, await begins(cem, 'small-hosting/single'), '5555555555554444')
  const refusal = `/staff/billing/decisions/${await waitingOf('Cem Large')}`
  await owner.post(refusal, { outcome: 'pass' })
  assert.equal(pathTo(await billing.post(refusal, { outcome: 'fail' })), '/staff/billing?done=decided')
  const [refused] = await house.query<{ one: boolean }>(
    "select seconded_by is null as one from qualifications q join people p on p.id = q.person_id where p.name = 'Cem Large'",
  )
  assert.equal(refused?.one, true)
})

test('the database itself refuses that one person agrees twice; and nobody decides about themselves', async () => {
  await assert.rejects(
    house.query("update qualifications set decided_by = person_id, seconded_by = person_id where outcome = 'pass'"),
    /qualifications_two_people/,
  )
  const at = await begins(billing, 'small-hosting/single')
  await giveCard(billing, at, '378282246310005', { cvc: '1234' })
  const [own] = await house.query<{ id: string }>("select id from qualifications where outcome = 'review' order by decided_at desc limit 1")
  assert.equal(pathTo(await billing.post(`/staff/billing/decisions/${own?.id}`, { outcome: 'pass' })), '/staff/billing?done=own')
})
