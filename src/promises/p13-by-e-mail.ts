/** P13: an e-mail is enough to have everything updated or deleted. */
import { DAY, HOUR, now } from '../clock.ts'
import { columnOf } from '../database/classify.ts'
import { mailboxFor } from '../mail/mailboxes.ts'
import { register } from '../register.ts'
import { recognise } from '../requests/recognition.ts'
import { columnsOf } from './catalog.ts'
import { givenUp, overdue, unread } from './desk-seen.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p13: Promised = {
  name: 'P13',
  says: 'Anyone may have all their personal information updated or deleted by sending an e-mail.',
  keptBy: [
    { job: 'requests.watch', says: 'reminds those who answer of the days that come near, and after them every day' },
    { job: 'rights.tell-waiting', says: 'asks recipients again until each has confirmed that it forgot' },
    { job: 'rights.note-erasures', says: 'notes each erasure outside the database, so that no backup undoes it' },
    { page: '/privacy/requests/new', says: 'the same without an e-mail, for whoever likes that better' },
    { file: 'src/register.ts', says: 'every table, in the order in which somebody is erased' },
  ],
  looksAt:
    'Whether the privacy address is published and leads to the desk; whether letters that ask for it are understood, in words of ours; letters that nobody read and requests that are overdue; and whether an erasure reaches every column that leads to a person.',
  async check(look) {
    await lookAtAddress(look)
    lookAtUnderstanding(look)
    await unread(look)
    await overdue(look, {
      kinds: ['access', 'correction', 'erasure', 'objection', 'restriction', 'portability'],
      says: 'a request is overdue',
    })
    await givenUp(look, ['requests.read', 'rights.fulfil', 'rights.corrected', 'rights.tell-waiting'])
    await lookAtReach(look)
    await lookAtErasures(look)
  },
}

async function lookAtAddress(look: Look): Promise<void> {
  const { privacyAddress } = look.house.config
  for (const path of ['/privacy', '/help/contact']) {
    const { text } = await look.get(path)
    look.expect('places of the address', text.includes(privacyAddress), `${path} does not name the address`)
  }
  const mailbox = mailboxFor(look.house, privacyAddress)
  look.expect('mailboxes', mailbox?.job === 'requests.read', 'a letter to the privacy address leads nowhere')
}

const LETTERS = [
  ['Please delete all my data', 'Delete everything that you have about me.', 'erasure'],
  ['My name is wrong', 'Please correct my name, it is spelled wrong in your records.', 'correction'],
  ['My data', 'Please send me a copy of all the data that you hold about me.', 'access'],
] as const

function lookAtUnderstanding(look: Look): void {
  for (const [subject, text, kind] of LETTERS) {
    const { kinds, doubt } = recognise(subject, text)
    look.expect(
      'letters as examples',
      doubt !== undefined || kinds.includes(kind),
      `a letter that asks for this is not understood: ${kind}`,
    )
  }
}

/** What leads to a person has to be known to the register, or no erasure would find it. */
async function lookAtReach(look: Look): Promise<void> {
  const keys = await look.rows<{ table: string; column: string }>(
    'operations',
    `select c.conrelid::regclass::text as table, a.attname as column from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
      where c.contype = 'f' and c.confrelid = 'people'::regclass and c.conparentid = 0`,
  )
  look.count('keys to people', keys.length)
  const reached = new Set(
    register.flatMap((held) => {
      if (held.about === 'nobody') return []
      const { person, address, authors = [] } = held.about
      return [person, address, ...authors].flatMap((key) => (key ? [`${held.name}.${columnOf(held, key).name}`] : []))
    }),
  )
  look.find(
    ...keys
      .filter(({ table, column }) => !reached.has(`${table}.${column}`))
      .map(({ table, column }) => `no erasure reaches ${table}.${column}`),
  )
  const addresses = (await columnsOf(look)).filter(({ name, type }) => /(^|_)(e?mail|email_address)$/.test(name) && type === 'text')
  look.find(
    ...addresses
      .filter(({ table, name }) => !reachedAtAll(table, name))
      .map(({ table, name }) => `no erasure finds an address in ${table}.${name}`),
  )
}

const reachedAtAll = (table: string, column: string): boolean =>
  register.some(
    ({ name, about, columns }) =>
      name === table && about !== 'nobody' && (about.person ?? about.address) !== undefined && column in columns,
  )

/** A recipient confirms within a month, or somebody of the team has to see to it. */
async function lookAtErasures(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number; old: number }>(
    'rights',
    `select count(*)::int as all, count(*) filter (where complete_at is null and erased_at < $1)::int as old
       from (select complete_at, erased_at from receipts order by id desc limit 5000) r`,
    [new Date(now().getTime() - 45 * DAY)],
  )
  look.count('receipts', row?.all ?? 0)
  look.find(...(row?.old ? [`erasures that recipients have not confirmed for 45 days: ${row.old}`] : []))
  const [noted] = await look.rows<{ old: number }>(
    'rights',
    'select count(*)::int as old from erasure_marks where noted_at is null and erased_at < $1',
    [new Date(now().getTime() - HOUR)],
  )
  look.find(...(noted?.old ? [`erasures that a backup could undo: ${noted.old}`] : []))
}
