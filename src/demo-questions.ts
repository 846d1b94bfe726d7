/** What people ask in the demo: questions that wait, were answered, were closed; replies that are ready; requests about data. */
import type { InferInsertModel } from 'drizzle-orm'
import { DAY, HOUR, MINUTE } from './clock.ts'
import type { For } from './database/connection.ts'
import { seal } from './database/sealing.ts'
import { type Chance, pick } from './demo-names.ts'
import { idAt, put } from './demo-rows.ts'
import { articleVotes, conversationKeys, conversations, conversationTasks, conversationWords, savedReplies } from './help/tables.ts'
import type { Id } from './log.ts'
import { file } from './requests/request.ts'
import type { House } from './web/house.ts'

interface Story {
  readonly roll: Chance
  readonly until: Date
  /** The keys of those who ask. */
  readonly keys: ReadonlyMap<Id, Buffer>
}

interface Somebody {
  readonly id: Id
  readonly name: string
  readonly email: string
}

interface Told {
  readonly asks: string
  readonly answers?: string
  readonly article?: string
}

const told: readonly Told[] = [
  { asks: 'I would like to move from Small Hosting to the larger plan in the middle of the month. Do I pay twice for that month?' },
  { asks: 'The code for signing in does not arrive. I looked among the unwanted letters, too.', article: 'signing-in' },
  { asks: 'We are three people. Can each of us have a sign-in of our own, or do we share one?' },
  {
    asks: 'Where do I see which card you use for me?',
    answers:
      'We do not hold your card: Stripe does. On your billing page there is a button that leads there.\n\nIt shows the card, and lets you change it.',
    article: 'paying-and-cards',
  },
  {
    asks: 'How do I get my invoices of last year for the tax office?',
    answers: 'All of them stand on your billing page, as far back as you are with us. Each can be saved as a PDF.',
  },
  { asks: 'Can I use the service from two countries?', answers: 'Yes. Nothing depends on where you are.' },
  {
    asks: 'I lost my phone with the second factor. What now?',
    answers: 'Please sign in with one of your recovery codes, and then take the old phone away under Security.',
    article: 'second-factor',
  },
  {
    asks: 'Is there a discount for schools?',
    answers: 'Not at present, I am sorry. The free plan has no end, and is meant for trying things out.',
  },
  { asks: 'Your status page was very helpful last week. Thank you.', answers: 'That is good to hear. Thank you for writing.' },
]

const replies = [
  [
    'Cards are with Stripe',
    'your card is not with us: Stripe holds it. On your billing page, {{site}}/account/billing, there is a button that leads there.',
  ],
  [
    'Codes that do not arrive',
    'please look among your unwanted letters first, {{name}}. If there is none, tell us at what time you asked for the code, and we look after it.\n\n{{me}}',
  ],
  ['Thank you', 'thank you for writing, {{name}}. We have read it, and keep it in mind.\n\n{{me}}'],
] as const

/** Brings all of it in; `team` are the owner and whoever supports, in this order. */
export async function bringQuestions(
  house: House,
  story: Story,
  { askers, team }: { askers: readonly Somebody[]; team: readonly Id[] },
): Promise<void> {
  const asked = askers.slice(0, told.length)
  if (asked.length < told.length) return
  await house.db.as('support', async (tx) => {
    for (const [at, one] of told.entries())
      await converse(tx, story, { ...one, asker: asked[at] ?? asked[0], staff: team[at % team.length], at })
    const replyRows = replies.map(([title, words], at) => ({ title, words, changedAt: ago(story, 40 + at, 0) }))
    await put(
      tx,
      savedReplies,
      replyRows.map((row) => ({ id: idAt(story.roll, row.changedAt), ...row })),
    )
  })
  await house.db.as('improvement', (tx) => put(tx, articleVotes, votes(house, story)))
  await house.db.as('rights', (tx) => request(tx, house, story, askers.slice(told.length)))
}

const ago = ({ until }: Story, days: number, minutes: number): Date => new Date(until.getTime() - days * DAY - minutes * MINUTE)

interface Begun extends Told {
  readonly asker: Somebody | undefined
  readonly staff: Id | undefined
  readonly at: number
}

async function converse(tx: For<'support'>, story: Story, { asks, answers, article, asker, staff, at }: Begun): Promise<void> {
  if (!asker) return
  const { roll } = story
  // The first three wait; what was answered lies further back, and the last of it is closed.
  const beganAt = answers ? ago(story, 1 + at * 2, roll() * 600) : ago(story, 0, 50 + at * 500)
  const answeredAt = answers ? new Date(beganAt.getTime() + (1 + roll() * 20) * HOUR) : undefined
  const closedAt = answeredAt && at > 5 ? answeredAt : null
  const expiresAt = closedAt && new Date(closedAt.getTime() + 365 * DAY)
  const id = idAt(roll, beganAt)
  // Of some nobody knows who is behind the address.
  const isKnown = at % 3 !== 2
  const personId = isKnown ? asker.id : null
  const wrapped = tx.db.keyring.fresh()
  const key = personId ? story.keys.get(personId) : tx.db.keyring.unwrap(wrapped)
  if (!key) return
  const apart = personId ? { email: null, name: null } : { email: `new.${asker.email}`, name: asker.name }
  const way = isKnown ? pick(roll, ['account', 'email'] as const) : 'web'
  const standing = { waitingSince: answers ? null : beganAt, wroteAt: answeredAt ?? beganAt, closedAt, expiresAt }
  await put(tx, conversations, [{ id, personId, ...apart, way, article: article ?? null, incomingId: null, beganAt, ...standing }])
  if (!personId) await put(tx, conversationKeys, [{ conversationId: id, email: apart.email, wrappedKey: wrapped, expiresAt }])
  const word = (direction: 'in' | 'out', text: string, writtenAt: Date): InferInsertModel<typeof conversationWords> => ({
    id: idAt(roll, writtenAt),
    conversationId: id,
    personId,
    direction,
    sealedText: seal(key, text),
    by: direction === 'out' ? (staff ?? null) : null,
    writtenAt,
    expiresAt,
  })
  await put(tx, conversationWords, [word('in', asks, beganAt), ...(answers && answeredAt ? [word('out', answers, answeredAt)] : [])])
  if (staff && answeredAt)
    await put(tx, conversationTasks, [{ conversationId: id, personId, staffId: staff, assignedAt: answeredAt, expiresAt }])
}

function votes({ content }: House, { roll, until }: Story): InferInsertModel<typeof articleVotes>[] {
  return content.help.flatMap(({ slug: article }) => [
    { article, helped: 'yes' as const, votes: 5 + Math.floor(roll() * 90), countedAt: until },
    { article, helped: 'no' as const, votes: Math.floor(roll() * roll() * 40), countedAt: until },
  ])
}

// They come in as all requests do; what nobody needs to do is done as soon as somebody works.
async function request(tx: For<'rights'>, house: House, story: Story, askers: readonly Somebody[]): Promise<void> {
  const [one, other, third] = askers
  if (!one || !other || !third) return
  const asked = { channel: 'account', proven: true } as const
  const early = { receivedAt: ago(story, 3, 40) }
  await file(tx, house, {
    ...asked,
    ...early,
    kind: 'question',
    email: one.email,
    words: 'Do you keep the addresses from which I signed in?',
  })
  await file(tx, house, {
    ...asked,
    kind: 'correction',
    email: other.email,
    words: 'My family name has changed. Please write it with a hyphen.',
  })
  const doubt = { why: 'unclear', silent: false }
  await file(tx, house, {
    channel: 'email',
    receivedAt: ago(story, 1, 0),
    kind: 'question',
    email: third.email,
    words: 'Please stop it.',
    doubt,
  })
}
