/** Traces of the program itself, behind its wall: they arrive while it runs, and the last ones on its way out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freePort, startProgram } from '../bench/program.ts'
import { collect } from './collector.ts'

test('what was done just before the end arrives', async () => {
  const collecting = await collect()
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collecting.url, OTEL_SERVICE_NAME: 'shop', LOCAL_STRIPE: 'no' }
  const program = await startProgram({ port: await freePort(), env })
  const answer = await fetch(`${program.origin}/help/signing-in?canary=1`, { headers: { 'user-agent': 'canary' } })
  assert.equal(answer.status, 200)
  await answer.arrayBuffer()
  await program.stop()
  const [article] = collecting.spans.filter(({ name }) => name === 'GET /help/:article')
  assert.equal(article?.said['http.response.status_code'], 200, collecting.spans.map(({ name }) => name).join(', '))
  assert(collecting.spans.some(({ name }) => name === 'GET /readyz'))
  assert(collecting.services.includes('service.name=shop'))
  assert.doesNotMatch(collecting.texts.join(), /canary/)
})

test('a collector that is not there costs no answer, and does not hold up the end', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`, LOCAL_STRIPE: 'no' }
  const program = await startProgram({ port: await freePort(), env })
  for (const path of ['/', '/help', '/privacy/processors']) assert.equal((await fetch(`${program.origin}${path}`)).status, 200)
  await program.stop()
})
