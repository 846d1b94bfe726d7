/**
 * What programs can be told, in words, and what each event holds: numbers and states, never a name or an
 * address (a test looks). A room that has something to tell adds its events here.
 */
import { z } from 'zod'

const number = z.uuid()

const subscription = z.strictObject({
  subscription: number.describe('The number that stands for the subscription'),
  person: number.describe('The number that stands for the person'),
  topic: z
    .string()
    .max(100)
    .regex(/^[a-z0-9-]+$/)
    .describe('The topic’s name in addresses'),
})
const aSubscription = {
  subscription: '01a20adc-42fc-72e8-b87b-0b4b894a8323',
  person: '01890a5d-ac96-774b-bcce-b302099a8057',
  topic: 'news',
}

export const events = {
  'test.sent': {
    says: 'A test, sent from the console to one program',
    data: z.strictObject({ endpoint: number.describe('The endpoint that is tested') }),
    example: { endpoint: '01890a5d-ac96-774b-bcce-b302099a8057' },
  },
  'person.erased': {
    says: 'A person was erased: delete what you hold under their number',
    data: z.strictObject({ person: number.describe('The number that stood for the person') }),
    example: { person: '01890a5d-ac96-774b-bcce-b302099a8057' },
  },
  'person.corrected': {
    says: 'A person’s name or address was corrected: put right what you hold under their number',
    data: z.strictObject({
      person: number.describe('The number that stands for the person'),
      field: z.enum(['name', 'email']).describe('What was corrected; the value is not told, ask for it where you may'),
    }),
    example: { person: '01890a5d-ac96-774b-bcce-b302099a8057', field: 'name' },
  },
  'person.restricted': {
    says: 'A person’s data may only be stored from now on: use what you hold under their number for nothing else',
    data: z.strictObject({ person: number.describe('The number that stands for the person') }),
    example: { person: '01890a5d-ac96-774b-bcce-b302099a8057' },
  },
  'person.released': {
    says: 'That restriction was lifted',
    data: z.strictObject({ person: number.describe('The number that stands for the person') }),
    example: { person: '01890a5d-ac96-774b-bcce-b302099a8057' },
  },
  'subscription.confirmed': {
    says: 'Somebody receives updates on a topic from now on: they agreed to it, or undid that they left. (Lists that are brought in are not told row by row)',
    data: subscription,
    example: aSubscription,
  },
  'subscription.ended': {
    says: 'Somebody left a topic: write nothing more to them on it. (Whoever is erased is told by person.erased alone)',
    data: subscription,
    example: aSubscription,
  },
  'access.changed': {
    says: 'The door of a service opened or closed for a person: ask anew at /api/v1/access',
    data: z.strictObject({
      person: number.describe('The number that stands for the person'),
      service: z
        .string()
        .max(60)
        .regex(/^[a-z0-9-]+$/)
        .describe('The service, as its address names it'),
      allowed: z.boolean().describe('Whether they get in now'),
    }),
    example: { person: '01890a5d-ac96-774b-bcce-b302099a8057', service: 'log-search', allowed: true },
  },
} as const satisfies Record<string, { says: string; data: z.ZodObject; example: object }>

export type EventType = keyof typeof events
export type EventData<T extends EventType> = z.input<(typeof events)[T]['data']>

const all = Object.keys(events) as EventType[]
/** What goes to every program, asked for or not: whoever has somebody's data must hear of it (GDPR Art. 17(2) and 19). */
export const obliged = ['person.erased', 'person.corrected', 'person.restricted', 'person.released'] as const satisfies EventType[]
export type Obliged = (typeof obliged)[number]

/** What can be asked for; a test, and what goes to all, come unasked. */
export const eventTypes = all.filter((type) => type !== 'test.sent' && (type === 'person.erased' || !obliged.some((one) => one === type)))

/** The events among these words: what the program has forgotten is told to nobody. */
export const eventsAmong = (words: readonly string[]): EventType[] => eventTypes.filter((type) => words.includes(type))
