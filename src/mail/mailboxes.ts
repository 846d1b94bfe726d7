/**
 * The mailboxes behind the door, and which job reads what comes to each: one table. A room above adds its
 * own here with a job of its own; what is addressed to nobody in it is refused at the door.
 */
import type { JobName } from '../jobs/queue.ts'
import type { House } from '../web/house.ts'
import { leavingBehind } from './leaving-address.ts'
import { sentBehind } from './return-path.ts'

/** A job that reads one letter that came in. */
export type Reading = 'mail.read' | 'requests.read'

export interface Mailbox {
  readonly name: 'bounces' | 'leaving' | 'complaints' | 'replies' | 'privacy' | 'support'
  /** Is this address, in lower case, one of this mailbox's? */
  readonly takes: (house: House, address: string) => boolean
  readonly job: Reading & JobName
  /** Of its letters nothing but the head is taken in. */
  readonly headOnly?: true
}

const halves = (address: string): readonly [local: string, domain: string] => {
  const at = address.lastIndexOf('@')
  return [address.slice(0, at), address.slice(at + 1)]
}

/** The word of ours in a return path, if it is one. */
export function tokenIn(house: House, address: string): string | undefined {
  const [ownLocal, ownDomain] = halves(house.config.bounceAddress ?? '')
  const [local, domain] = halves(address.toLowerCase())
  return ownDomain && domain === ownDomain && local.startsWith(`${ownLocal}+`) ? local.slice(ownLocal.length + 1) : undefined
}

export const mailboxes: readonly Mailbox[] = [
  {
    name: 'bounces',
    // Only return paths that we made ourselves: whatever is guessed is refused before a byte of it is read.
    takes: (house, address) => {
      const token = tokenIn(house, address)
      return token !== undefined && sentBehind(house.db, token) !== undefined
    },
    job: 'mail.read',
  },
  {
    name: 'leaving',
    takes: (house, address) => {
      const word = tokenIn(house, address)
      return word !== undefined && leavingBehind(house.db, word) !== undefined
    },
    job: 'mail.read',
  },
  { name: 'complaints', takes: (house, address) => isOneOf(house, address, 'complaints', 'abuse'), job: 'mail.read' },
  // Copies of what people answer: they are counted, and the letters themselves are somewhere else.
  { name: 'replies', takes: (house, address) => isOneOf(house, address, 'replies'), job: 'mail.read', headOnly: true },
  { name: 'privacy', takes: ({ config }, address) => address === config.privacyAddress.toLowerCase(), job: 'requests.read' },
  // Read first by those who know what asks for somebody's data: a wish that came to the wrong address is heard, too.
  { name: 'support', takes: (house, address) => address === supportAddress(house).toLowerCase(), job: 'requests.read' },
]

function isOneOf({ config }: House, address: string, ...names: readonly string[]): boolean {
  const [local, domain] = halves(address)
  return domain !== '' && domain === halves(config.bounceAddress ?? '')[1] && names.includes(local)
}

/** Where questions arrive: the address that the site names for them, unless a setting names another one. */
export const supportAddress = ({ config, content }: House): string => config.supportAddress ?? content.company.contactAddress

/** The mailbox that an address leads to, if there is one. */
export const mailboxFor = (house: House, address: string): Mailbox | undefined =>
  mailboxes.find((mailbox) => mailbox.takes(house, address.toLowerCase()))

/** Where providers are asked to send complaints; undefined while no door is open. */
export const complaintsAddress = ({ config }: House): string | undefined =>
  config.bounceAddress && `complaints@${halves(config.bounceAddress)[1]}`

/** Where copies of people's answers are counted; undefined while no door is open. */
export const repliesAddress = ({ config }: House): string | undefined =>
  config.bounceAddress && `replies@${halves(config.bounceAddress)[1]}`
