/** What a service of the company tells and asks about questions: it begins one for somebody, and learns whether it is open; never what is said. */
import { z } from 'zod'
import { asId } from '../log.ts'
import { personOf } from '../people/person.ts'
import { operation } from '../programs/api.ts'
import { Refusal } from '../web/refusal.ts'
import { limit } from '../web/throttle.ts'
import { begin, conversationsOf } from './conversation.ts'

const person = z
  .uuid()
  .transform((text) => asId(text) ?? z.NEVER)
  .describe('The number that stands for the person, as signing in told it')
const Standing = z.enum(['waiting', 'answered', 'closed'])

const NewQuestion = z
  .strictObject({
    person,
    words: z.string().trim().min(1).max(5_000).describe('What they ask, in their own words; it is sealed under their key'),
  })
  .meta({ id: 'NewQuestion', description: 'A question that somebody asks within a service' })

const Question = z
  .strictObject({
    question: z.uuid().describe('The number that stands for the question'),
    standing: Standing.describe('Whether it waits for an answer, was answered, or is closed'),
    asked: z.iso.datetime().describe('When it was asked'),
  })
  .meta({ id: 'Question', description: 'A question as it stands, without a word of it' })

const Questions = z
  .strictObject({ questions: z.array(Question).max(100) })
  .meta({ id: 'Questions', description: 'The questions of one person, the latest first' })

const example = '01a20adc-42fc-72e8-b87b-0b4b894a8323'
const asked = '2026-11-24T09:30:00.000Z'

export const helpApi = [
  operation({
    id: 'askQuestion',
    tag: 'Questions',
    method: 'post',
    at: '/questions',
    scope: 'questions:write',
    title: 'Ask something for somebody',
    says: 'Begins a conversation for a person who asks from within a service. They get a letter that it came in, and the answer by letter and in their account; a program does not get it.',
    body: { schema: NewQuestion, example: { person: example, words: 'How do I add a second seat?' } },
    answers: { 201: { says: 'It came in', schema: Question, example: { question: example, standing: 'waiting', asked } } },
    refuses: { 404: 'There is nobody with this number' },
    act: async ({ house, body }) => {
      await limit(house.db, 'questions by person', body.person)
      const begun = await house.db.as('support', async (tx) => {
        const { email, name } = (await personOf(tx, body.person)) ?? {}
        if (!email) throw new Refusal(404, 'There is nobody with this number.', { detail: 'no such person' })
        return begin(tx, house, { email, name, way: 'program', words: body.words.normalize('NFC').replaceAll('\0', '') })
      })
      return { status: 201, body: { question: begun.id, standing: 'waiting' as const, asked: begun.beganAt.toISOString() } }
    },
  }),
  operation({
    id: 'listQuestions',
    tag: 'Questions',
    method: 'get',
    at: '/questions',
    scope: 'questions:read',
    title: 'How somebody’s questions stand',
    says: 'The questions of one person, the latest first, and whether each waits. Somebody who does not exist and somebody who asked nothing answer alike.',
    query: z.object({ person }),
    answers: {
      200: { says: 'How they stand', schema: Questions, example: { questions: [{ question: example, standing: 'answered', asked }] } },
    },
    act: async ({ house, query }) => {
      const listed = await house.db.as('service', async (tx) => {
        const found = await personOf(tx, query.person)
        return found ? conversationsOf(tx, { personId: found.id, email: found.email }) : []
      })
      const questions = listed.map(({ id, closedAt, waitingSince, beganAt }) => ({
        question: id,
        standing: closedAt ? ('closed' as const) : waitingSince ? ('waiting' as const) : ('answered' as const),
        asked: beganAt.toISOString(),
      }))
      return { status: 200, body: { questions } }
    },
  }),
]
