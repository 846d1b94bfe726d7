/** Show 4 of the way out: every trick to get out fails and is logged, and not one packet leaves. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const checkout = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const escape = (port: number) => [process.execPath, '--import', './scripts/hooks.mjs', 'test/escape.ts', String(port)]
const options = { cwd: checkout(''), timeout: 120_000, env: { ...process.env, LOG: '' } }

interface Escape {
  readonly outcomes: Readonly<Record<string, string>>
  /** How many refusals the log tells of. */
  readonly logged: number
}

function read(stdout: string): Escape {
  const lines = stdout.trim().split('\n')
  return {
    outcomes: JSON.parse(lines.find((line) => line.startsWith('{"fetch')) ?? '{}') as Record<string, string>,
    logged: lines.filter((line) => line.includes('"event":"egress.refused"')).length,
  }
}

function assertClosed({ outcomes, logged }: Escape): void {
  assert(Object.keys(outcomes).length >= 30)
  for (const [trick, outcome] of Object.entries(outcomes)) assert.equal(outcome, 'refused', trick)
  assert(logged >= Object.keys(outcomes).length, `${logged} refusals are in the log`)
}

test('every trick to get out is refused and logged, and nobody hears a thing', async () => {
  let heard = 0
  const listener = createServer(() => heard++).listen(0, '127.0.0.1')
  await new Promise((resolve) => listener.once('listening', resolve))
  const [program = '', ...args] = escape((listener.address() as AddressInfo).port)
  const { stdout } = await run(program, args, options)
  listener.close()
  assertClosed(read(stdout))
  assert.equal(heard, 0)
})

test('a declared way is open in every form in which libraries go by it', async () => {
  const { stdout } = await run(process.execPath, ['--import', './scripts/hooks.mjs', 'test/declared.ts'], options)
  const arrived = JSON.parse(stdout) as Record<string, boolean>
  assert(Object.keys(arrived).length >= 6)
  for (const [form, came] of Object.entries(arrived)) assert(came, form)
})

// A network of its own, with a card that leads nowhere and counts what is put on it; and to show that it counts,
// something is sent without a wall.
const COUNTED = `
sent() { awk '$1 == "away:" { print $11 }' /proc/net/dev; }
ip link set lo up
# The system itself would announce the new card to other machines.
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
ip link add away type bridge mcast_snooping 0 && ip link set away multicast off up && ip addr add 10.9.8.7/24 dev away && ip route add default dev away
"$@" || exit
sleep 0.3
echo "packets $(sent)"
"$1" -e "require('node:dgram').createSocket('udp4').send('x', 9, '198.51.100.7', () => process.exit())"
sleep 0.3
echo "then $(sent)"`

const hasNetworks = async (): Promise<boolean> =>
  run('unshare', ['-rn', 'ip', 'link', 'add', 'away', 'type', 'bridge']).then(
    () => true,
    () => false,
  )

test('in a network of its own, no packet leaves', async (t) => {
  if (!(await hasNetworks())) return t.diagnostic('this system gives no network of its own (unshare, ip): the test above stands for it')
  const { stdout } = await run('unshare', ['-rn', 'sh', '-c', COUNTED, 'sh', ...escape(9_999)], options)
  assertClosed(read(stdout))
  const counted = (word: string): number => Number(new RegExp(`^${word} (\\d+)$`, 'm').exec(stdout)?.[1])
  assert.ok(counted('then') > counted('packets'), 'the card counts')
  assert.equal(counted('packets'), 0)
})
