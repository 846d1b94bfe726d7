/** The last letter that somebody gets from us. */
import type { Letter } from '../mail/letter.ts'
import type { House } from '../web/house.ts'

interface Goodbye {
  readonly to: string
  /** What went, in words: what it was, and how many rows. */
  readonly erased: readonly (readonly [what: string, count: string])[]
  readonly kept: readonly string[]
  readonly token: string
}

export const goodbyeLetter = (house: House, { to, erased, kept, token }: Goodbye): Letter => ({
  to,
  kind: 'goodbye',
  subject: `Everything about you at ${house.content.company.short} is erased`,
  from: house.content.company.name,
  parts: [
    'Hello,',
    'you asked us to erase everything about you, and it is done. This is what was here:',
    { facts: erased },
    'What stays, and until when:',
    ...kept,
    'The receipt names nobody. You can read it here for two years:',
    { button: 'Read the receipt', href: `${house.config.origin}/receipts/${token}` },
    'Goodbye, and thank you for having been here.',
  ],
})
