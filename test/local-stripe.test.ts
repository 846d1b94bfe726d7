/** Show 1 of payments, as a stranger tries it: nothing is set, the program starts, and one pays by HTTP alone. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type Program, signUp, startProgram, Visitor } from '../bench/program.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'cloudrun-paying-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))
const port = await freePort()
const stripe = `http://127.0.0.1:${port + 10_000 <= 65_535 ? port + 10_000 : port - 10_000}`
let program: Program = await startProgram({ port, dataDir })
after(() => program.stop())
const paula = new Visitor(program.origin)

const card = { number: '4242424242424242', exp: '12/39', cvc: '123', name: 'P', line1: 'x', city: 'x', postal_code: '90909', country: 'US' }

/** Sends a form, and returns where it leads. */
async function leadsTo(address: string, form: Record<string, string> = {}): Promise<string> {
  const headers = { cookie: paula.cookie, origin: new URL(address).origin }
  const answer = await fetch(address, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) })
  await answer.arrayBuffer()
  return answer.headers.get('location') ?? `nowhere: ${answer.status}`
}

const isUp = async (): Promise<boolean> =>
  fetch(`${stripe}/_emu/api/state`).then(
    ({ ok }) => ok,
    () => false,
  )

async function comesTo(state: boolean): Promise<boolean> {
  for (let tries = 0; tries < 200 && (await isUp()) !== state; tries++) await sleep(50)
  return (await isUp()) === state
}

/** Its prices come a moment after the program has opened. */
async function hasPrices(): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    const state = await fetch(`${stripe}/_emu/api/state`).then((answer) => answer.json() as Promise<{ counts: Record<string, number> }>)
    if ((state.counts['price'] ?? 0) > 3) return true
    await sleep(50)
  }
  return false
}

test('whoever registers for a paid service pays with a test card, and is let in', async () => {
  const database = await program.database()
  await signUp(paula, database, 'paula@example.org')
  await database.end()
  assert(await comesTo(true), 'a local Stripe starts by itself')
  assert(await hasPrices(), 'and knows the catalogue')
  const begin = await leadsTo(`${program.origin}/services/scheduled-runs/steady`)
  const page = await leadsTo(`${program.origin}${begin}`)
  assert(page.startsWith(stripe), page)
  const back = await leadsTo(page, card)
  assert(back.startsWith(`${program.origin}/account/billing/return/`), back)
  await paula.read(new URL(back).pathname)
  assert.match(await paula.read(begin.replace('billing/begin', 'services')), /Paid until/)
})

test('it ends with the program, however that ends, and knows its customers again', async () => {
  process.kill(program.pid, 'SIGKILL')
  assert(await comesTo(false), 'nobody is left behind')
  program = await startProgram({ port, dataDir })
  assert(await comesTo(true))
  assert.match(await paula.read('/account/billing'), /paid until[\s\S]*Invoices/)
  await program.stop()
  assert.equal(await isUp(), false)
})
