/** The words of this room: what is asked for, by which way, what happens, how it ends. */

/** What somebody asks for, in words that finish "You asked for …". */
export const kinds = {
  access: 'a copy of everything that we hold about you',
  correction: 'a correction',
  erasure: 'the erasure of everything about you',
  objection: 'that we stop using data about you for updates, or for something else that you name',
  restriction: 'that we only store your data, and use it for nothing',
  portability: 'your data in a form that programs can read',
  question: 'an answer to a question about privacy',
} as const
export type Kind = keyof typeof kinds
export const kindNames = Object.keys(kinds) as [Kind, ...Kind[]]

/** The law by whose clock a request runs; `strictest` takes of every term the shortest. */
export const regimes = ['gdpr', 'uk-gdpr', 'ccpa', 'florida', 'strictest'] as const
export type Regime = (typeof regimes)[number]

/** By which way it came, in words that finish "It came …". */
export const channels = {
  web: 'by the form on the website',
  account: 'from the account',
  email: 'by e-mail',
  phone: 'by telephone',
  agent: 'by somebody who was authorised',
} as const
export type Channel = keyof typeof channels
export const channelNames = Object.keys(channels) as [Channel, ...Channel[]]

/** How a request ended. */
export const endings = {
  done: 'Done',
  refused: 'Refused',
  withdrawn: 'Taken back',
  lapsed: 'Never confirmed',
  overtaken: 'Overtaken: everything about the person was erased',
  none: 'It was no request',
} as const
export type Ending = keyof typeof endings
export const endingNames = Object.keys(endings) as [Ending, ...Ending[]]

/** What happens to a request, in words for whoever asked. */
export const happenings = {
  received: 'Your request came in',
  acknowledged: 'We confirmed to you that it came in',
  asked: 'We asked you to confirm that it comes from you',
  mandated: 'Somebody showed a mandate to ask for you',
  accepted: 'We looked at the mandate, and accepted it',
  proven: 'It is certain that it comes from you',
  doubted: 'Somebody of our staff reads it, to see what you mean',
  understood: 'Somebody of our staff read it, and said what it is about',
  begun: 'We began with it',
  staffed: 'It waits for somebody of our staff',
  waiting: 'It waits for a company that works for us',
  wrote: 'You wrote to us',
  answered: 'We wrote to you',
  noted: 'Our staff made a note',
  corrected: 'What was wrong is put right',
  lifted: 'The restriction was lifted, and we told you why',
  extended: 'We told you that it takes longer, and why',
  warned: 'Our staff was reminded of the day by which it must be done',
  ready: 'A copy is ready for you',
  fetched: 'The copy was fetched',
  done: 'It is done',
  refused: 'We refused it, and told you why',
  withdrawn: 'You took it back',
  lapsed: 'It was closed, because nobody confirmed it',
  overtaken: 'It was closed, because everything about you was erased',
  none: 'Somebody of our staff read it: it asks for nothing',
} as const
export type Happening = keyof typeof happenings
export const happeningNames = Object.keys(happenings) as [Happening, ...Happening[]]
