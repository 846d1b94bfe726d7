/** P15: a question about privacy reaches somebody. */
import { DAY, HOUR, now } from '../clock.ts'
import { mailboxFor } from '../mail/mailboxes.ts'
import { may } from '../staff/roles.ts'
import { team } from '../staff/team.ts'
import { givenUp, overdue, unread } from './desk-seen.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p15: Promised = {
  name: 'P15',
  says: 'Questions about privacy, sent by e-mail, reach somebody and get an answer.',
  keptBy: [
    { page: '/help/contact', says: 'names the address' },
    { job: 'help.watch', says: 'reminds those who answer of questions that wait' },
    { page: '/staff/help', says: 'the conversations, sealed, with their answers' },
    { page: '/staff/requests', says: 'the desk at which questions are answered' },
    { job: 'requests.watch', says: 'reminds those who answer, and tells of each day that passes' },
    { file: 'src/requests/by-mail.ts', says: 'what is no request is a question, and is read by somebody' },
  ],
  looksAt:
    'Whether the address is published and leads to the desk; questions that nobody read, that are overdue or whose receipt nobody confirmed; letters to the address that did not arrive; and whether there is somebody in the team who may answer.',
  async check(look) {
    await lookAtAddress(look)
    await unread(look)
    await overdue(look, { kinds: ['question'], says: 'a question is overdue' })
    await givenUp(look, ['mail.read', 'requests.read', 'help.read'])
    await lookAtConversations(look)
    await lookAtTeam(look)
    await lookAtLetters(look)
  },
}

async function lookAtAddress(look: Look): Promise<void> {
  const { privacyAddress } = look.house.config
  const { text } = await look.get('/help/contact')
  look.expect('places of the address', text.includes(privacyAddress), 'the page of contacts does not name the address')
  look.expect('mailboxes', mailboxFor(look.house, privacyAddress)?.name === 'privacy', 'a letter to the privacy address leads nowhere')
}

/** The team is reminded every morning of what waits for two days: after two weeks nobody answers any more. */
async function lookAtConversations(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number }>(
    'support',
    'select count(*)::int as all from conversations where waiting_since is not null',
  )
  look.count('questions that wait', row?.all ?? 0)
  await look.none('questions about patience', {
    purpose: 'support',
    text: 'select id::text as id from conversations where waiting_since < $1',
    values: [new Date(now().getTime() - 14 * DAY)],
    says: 'a question has waited for two weeks',
  })
}

/** Somebody waits for longer than a day, and nobody is there to answer. */
async function lookAtTeam(look: Look): Promise<void> {
  const members = (await look.house.db.as('security', team)).filter(({ role }) => may(role, 'requests'))
  look.count('people who may answer', members.length)
  const [row] = await look.rows<{ waiting: number }>(
    'legal',
    'select count(*)::int as waiting from requests where closed_at is null and received_at < $1',
    [new Date(now().getTime() - DAY)],
  )
  if (row?.waiting && members.length === 0) look.find(`nobody of the team may answer, and so many wait: ${row.waiting}`)
  await look.none('questions about receipts', {
    purpose: 'legal',
    text: `select r.id::text as id from requests r where r.closed_at is null and r.acknowledge_by < $1::date
            and not exists (select from request_steps s where s.request_id = r.id and s.what in ('acknowledged', 'answered', 'asked', 'done'))`,
    values: [now()],
    says: 'nobody was told that their request came in',
  })
}

/** What is sent to the privacy address arrives there. */
async function lookAtLetters(look: Look): Promise<void> {
  const values = [look.house.config.privacyAddress, new Date(now().getTime() - HOUR)]
  const [row] = await look.rows<{ all: number; lost: number }>(
    'operations',
    `select count(*)::int as all, count(*) filter (where refused_at is not null or bounced_at is not null or held_at is not null
              or (sent_at is null and written_at < $2))::int as lost
       from (select sent_at, written_at, refused_at, bounced_at, held_at from letters where "to" = $1 order by written_at desc limit 500) l`,
    values,
  )
  look.count('letters to it', row?.all ?? 0)
  look.find(...(row?.lost ? [`letters to the privacy address did not arrive: ${row.lost}`] : []))
}
