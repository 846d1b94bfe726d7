/** The last letter that somebody gets from us. */
import type { Letter } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import { confirmedBy, momentInWords } from './telling-words.ts'
import type { Told } from './tables.ts'

interface Goodbye {
  readonly to: string
  /** What went, in words: what it was, and how many rows. */
  readonly erased: readonly (readonly [what: string, count: string])[]
  /** Who had to forget them, and has or has not confirmed it yet. */
  readonly told: readonly Told[]
  readonly kept: readonly string[]
  readonly token: string
}

const toldInWords = ({ to, since, at, how }: Told): [string, string] => [
  to,
  at && how
    ? `confirmed on ${momentInWords(new Date(at))}: ${confirmedBy[how]}`
    : `waiting since ${momentInWords(new Date(since))}; the receipt says when it has confirmed`,
]

export const goodbyeLetter = (house: House, { to, erased, told, kept, token }: Goodbye): Letter => ({
  to,
  kind: 'goodbye',
  subject: `Everything about you at ${house.content.company.short} is erased`,
  from: house.content.company.name,
  parts: [
    'Hello,',
    'you asked us to erase everything about you, and it is done. This is what was here:',
    { facts: erased },
    ...(told.length > 0 ? ['And who received it was told to forget you:', { facts: told.map(toldInWords) }] : []),
    'What stays, and until when:',
    ...kept,
    'The receipt names nobody. You can read it here for two years:',
    { button: 'Read the receipt', href: `${house.config.origin}/receipts/${token}` },
    'Goodbye, and thank you for having been here.',
  ],
})
