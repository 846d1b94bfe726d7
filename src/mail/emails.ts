/** The one letter that this room writes of its own. */
import type { House } from '../web/house.ts'
import type { Letter } from './letter.ts'

interface Asked {
  readonly to: string
  readonly personId: Letter['personId']
  readonly token: string
}

export const mailboxLetter = (house: House, { to, personId, token }: Asked): Letter => ({
  to,
  personId,
  kind: 'mailbox',
  subject: 'Does this mailbox work again?',
  from: house.content.company.name,
  parts: [
    'Hello,',
    'letters from us to this address came back, so we stopped writing. Somebody who is signed in with it says that the mailbox works again.',
    'If that was you, press the button on this page, and we write to you again:',
    { button: 'My mailbox works again', href: `${house.config.origin}/mailbox/${token}` },
    'If it was not, do nothing: then nothing changes.',
  ],
})
