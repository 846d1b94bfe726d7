/** What is thrown at `/n`: malformed, huge, deep, wrongly encoded; the same for the same seed. */
import { request } from 'node:http'
import { chance, type Chance } from '../src/demo-names.ts'

const VALID = '[{"k":"v","u":"https://docs.example/page"}]'
const of = <T>(roll: Chance, list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T
const bytes = (roll: Chance, length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(roll() * 256)))
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const strange = [
  null,
  true,
  -1,
  1e308,
  '',
  '\u0000',
  '\ud800',
  '‮',
  [],
  {},
  '__proto__',
  'constructor',
  "'; drop table actions; --",
  '{{7*7}}',
  'x'.repeat(3000),
]
const addresses = [
  'javascript:alert(1)',
  'file:///etc/passwd',
  '//docs.example/',
  'https://docs.example.evil.example/',
  'https://user:password@elsewhere.example/',
  'http://[::1',
  'https://elsewhere.example/?email=a@example.org',
]

/** Each makes one body; none of them is an action of a listed website. */
const makers: readonly ((roll: Chance) => Buffer)[] = [
  (roll) => bytes(roll, Math.floor(roll() * 600)),
  (roll) => Buffer.from(VALID.slice(0, Math.floor(roll() * (VALID.length - 1)))),
  (roll) => Buffer.concat([Buffer.from(VALID.slice(0, -2)), bytes(roll, 4)]),
  (roll) => Buffer.from('['.repeat(1 + Math.floor(roll() * 4_000))),
  (roll) => Buffer.from(`${'{"a":'.repeat(700)}1${'}'.repeat(Math.floor(roll() * 700))}`),
  (roll) => Buffer.alloc(4_097 + Math.floor(roll() * 200_000), 97),
  (roll) => json([{ k: of(roll, strange), u: 'https://docs.example/' }]),
  (roll) => json([{ k: 'v', u: of(roll, [...strange, ...addresses]) }]),
  (roll) =>
    json([
      {
        k: 'v',
        u: 'https://docs.example/',
        [of(roll, ['ip', 'at', 'visitor', '__proto__x', 'toString', 'browser'])]: of(roll, strange),
      },
    ]),
  (roll) =>
    json([{ k: 'a', u: 'https://docs.example/', n: of(roll, ['', '   ', 'somebody@example.org', '+1 555 010 9999', '\u0000\u0001']) }]),
  (roll) => json([{ k: of(roll, ['t', 'p']), u: 'https://docs.example/', n: 'nothing', s: of(roll, [-1, '12', null, [], 1e7]) }]),
  (roll) => json(Array.from({ length: 21 + Math.floor(roll() * 20) }, () => ({ k: 'v', u: 'https://docs.example/' }))),
  (roll) => json([{ k: 'a', u: 'https://docs.example/', n: 'x', d: of(roll, [[], 'x', { a: {} }, { a: [1] }, { a: null }]) }]),
  () => Buffer.from(VALID, 'utf16le'),
  (roll) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(VALID), bytes(roll, 2)]),
  (roll) => json(of(roll, strange)),
]

/** So many bodies. */
export function* attackBodies(count: number, seed: number): Generator<Buffer> {
  const roll = chance(seed)
  for (let one = 0; one < count; one++) yield of(roll, makers)(roll)
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0'
const encodings = [
  'text/plain',
  'application/json',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-32',
  '',
]

/** Sends them all, sixteen at a time; how many were answered with which status. */
export async function attack(port: number, bodies: Iterator<Buffer>): Promise<Map<number, number>> {
  const answers = new Map<number, number>()
  let count = 0
  const sender = async (): Promise<void> => {
    for (let next = bodies.next(); !next.done; next = bodies.next()) {
      const status = await throwAt(port, next.value, count++)
      answers.set(status, (answers.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 16 }, sender))
  return answers
}

function throwAt(port: number, body: Buffer, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'localhost:3000',
      'user-agent': AGENT,
      'x-forwarded-for': `129.${count % 250}.${Math.floor(count / 250) % 250}.7`,
      'content-type': encodings[count % encodings.length] ?? '',
      'content-length': body.length,
    }
    const asked = request({ port, host: '127.0.0.1', path: '/n', method: 'POST', headers }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0)).on('error', reject)
    })
    asked.on('error', reject).end(body)
  })
}
