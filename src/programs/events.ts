/**
 * What programs can be told, in words, and what each event holds: numbers and states, never a name or an
 * address (a test looks). A room that has something to tell adds its events here.
 */
import { z } from 'zod'

const number = z.uuid()

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
} as const satisfies Record<string, { says: string; data: z.ZodObject; example: object }>

export type EventType = keyof typeof events
export type EventData<T extends EventType> = z.input<(typeof events)[T]['data']>

const all = Object.keys(events) as EventType[]
/** What can be asked for; a test goes to whom it is sent, unasked. */
export const eventTypes = all.filter((type) => type !== 'test.sent')

/** The events among these words: what the program has forgotten is told to nobody. */
export const eventsAmong = (words: readonly string[]): EventType[] => eventTypes.filter((type) => words.includes(type))
