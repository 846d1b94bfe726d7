/** What a program of the company asks and does about updates: what one can choose, who agreed, asking, ending. */
import { z } from 'zod'
import { asId } from '../log.ts'
import { operation } from '../programs/api.ts'
import { emailAddress, languageTag, personName } from '../web/form.ts'
import { Refusal } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { endByProgram } from './departure.ts'
import { ask } from './request.ts'
import { subscriptionsAt } from './subscription.ts'
import { allTopics, openTopics, type Topic } from './topic.ts'

const MOST = 100
const slug = z.string().min(1).max(100)
const id = z.uuid()
const email = emailAddress.describe('The e-mail address')

const Topics = z
  .strictObject({
    topics: z
      .array(
        z.strictObject({
          topic: slug.describe('The topic’s name in addresses'),
          title: z.string().max(200).describe('Its title'),
          says: z.string().max(1_000).describe('What one gets, and how often'),
          open: z.boolean().describe('Whether somebody new can subscribe'),
        }),
      )
      .max(1_000),
  })
  .meta({ id: 'UpdateTopics', description: 'The topics, in their order' })

const Request = z
  .strictObject({
    name: personName.describe('The person’s name'),
    email,
    topics: z.array(slug).min(1).max(MOST).describe('The topics that they are asked about'),
    language: z.string().max(35).optional().describe('The language that they like to read, such as de or pt-BR'),
  })
  .meta({ id: 'UpdateRequest', description: 'Somebody to ask by letter' })

const Asked = z
  .strictObject({ state: z.literal('asked').describe('A letter is on its way; nobody is subscribed before its button is pressed') })
  .meta({ id: 'UpdateAsked', description: 'The same answer for everybody' })

const Address = z.strictObject({ email }).meta({ id: 'UpdateAddress', description: 'An address; never part of a URL' })

const Received = z
  .strictObject({
    subscriptions: z
      .array(
        z.strictObject({
          subscription: id.describe('The number that stands for the subscription'),
          topic: slug.describe('The topic’s name in addresses'),
          since: z.iso.datetime().describe('When it was confirmed'),
        }),
      )
      .max(1_000),
  })
  .meta({ id: 'UpdatesReceived', description: 'What an address receives' })

const Ended = z
  .strictObject({ state: z.literal('ended').describe('No letter on the topic goes to them any more') })
  .meta({ id: 'UpdateEnded', description: 'The subscription has ended' })

const example = '01a20adc-42fc-72e8-b87b-0b4b894a8323'

// Those asked about, in the order of the topics; one that is closed or unknown refuses the whole request.
function chosenOf(open: readonly Topic[], slugs: readonly string[]): Topic[] {
  const flaws = slugs.flatMap((wanted, at) =>
    open.some((topic) => topic.slug === wanted)
      ? []
      : [{ pointer: `/topics/${at}`, detail: 'There is no such topic, or it takes nobody new.' }],
  )
  if (flaws.length > 0) throw new Refusal(422, 'Something in the request does not fit; see errors.', { flaws })
  return open.filter((topic) => slugs.includes(topic.slug))
}

export const updatesApi = [
  operation({
    id: 'listUpdateTopics',
    tag: 'Updates',
    method: 'get',
    at: '/updates/topics',
    scope: 'updates:read',
    title: 'What one can subscribe to',
    says: 'All topics, those included that take nobody new.',
    answers: {
      200: {
        says: 'The topics',
        schema: Topics,
        example: { topics: [{ topic: 'news', title: 'News', says: 'What is new, once a month.', open: true }] },
      },
    },
    act: async ({ house }) => {
      const topics = await house.db.as('updates', allTopics)
      return {
        status: 200,
        body: { topics: topics.map(({ slug, title, says, closedAt }) => ({ topic: slug, title, says, open: !closedAt })) },
      }
    },
  }),
  operation({
    id: 'askForUpdates',
    tag: 'Updates',
    method: 'post',
    at: '/updates/requests',
    scope: 'updates:write',
    title: 'Ask somebody whether they want updates',
    says: 'Sends one letter with a button. Nobody is subscribed, and nobody becomes known, before the button is pressed; the request is deleted after 48 hours. The answer is the same whoever is at the address.',
    body: { schema: Request, example: { name: 'Nina Reader', email: 'nina@example.org', topics: ['news'] } },
    repeatable: true,
    answers: { 202: { says: 'The letter is on its way', schema: Asked, example: { state: 'asked' } } },
    act: ({ house, program, body: { name, email, topics, language }, once }) =>
      once('updates', async (tx) => {
        const chosen = chosenOf(await openTopics(tx), topics)
        await limit(house.db, 'updates by key', program.keyId)
        await limit(house.db, 'letters by address', `updates\n${email}`)
        const source = `our program “${program.name}”`
        await ask(tx, house, { name, email, topics: chosen, language: languageTag.parse(language ?? null), source })
        return { status: 202, body: { state: 'asked' } }
      }),
  }),
  operation({
    id: 'readUpdates',
    tag: 'Updates',
    method: 'post',
    at: '/updates/status',
    scope: 'updates:read',
    title: 'What an address receives',
    says: 'The topics that this address gets, and since when. One that is unknown, one that waits for its confirmation and one that left everything answer alike: nothing. It is asked by POST so that no address stands in a URL.',
    body: { schema: Address, example: { email: 'nina@example.org' } },
    answers: {
      200: {
        says: 'What it receives',
        schema: Received,
        example: { subscriptions: [{ subscription: example, topic: 'news', since: '2026-11-24T09:30:00.000Z' }] },
      },
    },
    act: async ({ house, body }) => {
      const rows = await house.db.as('updates', (tx) => subscriptionsAt(tx, body.email))
      const subscriptions = rows.map(({ id, topic, confirmedAt }) => ({ subscription: id, topic, since: confirmedAt.toISOString() }))
      return { status: 200, body: { subscriptions } }
    },
  }),
  operation({
    id: 'endUpdates',
    tag: 'Updates',
    method: 'delete',
    at: '/updates/subscriptions/:id',
    scope: 'updates:write',
    title: 'End a subscription',
    says: 'Ends this one, at once. Its subscriber is told by letter, and can undo it for 30 days. Ending it again changes nothing and answers the same.',
    path: z.object({ id: id.transform((text) => asId(text) ?? z.NEVER).describe('The number that stands for the subscription') }),
    repeatable: true,
    answers: { 200: { says: 'It has ended', schema: Ended, example: { state: 'ended' } } },
    refuses: { 404: 'There is no such subscription' },
    act: ({ house, path, once }) =>
      once('updates', async (tx) => {
        if (!(await endByProgram(tx, house, path.id)))
          throw new Refusal(404, 'There is no such subscription.', { detail: 'no subscription' })
        return { status: 200, body: { state: 'ended' } }
      }),
  }),
]
