import { type Happening, happenings, type Kind } from './kinds.ts'

/** What is asked for, in a word. */
export const kindWords: Readonly<Record<Kind, string>> = {
  access: 'Copy',
  correction: 'Correction',
  erasure: 'Erasure',
  objection: 'Objection',
  restriction: 'Restriction',
  portability: 'Portability',
  question: 'Question',
}

/** What happened to a request, for those who answer: `happenings` speaks to whoever asked. */
export const deskHappenings: Readonly<Record<Happening, string>> = {
  ...happenings,
  received: 'It came in',
  acknowledged: 'They were told that it came in',
  asked: 'They were asked to confirm that it comes from them',
  mandated: 'Somebody showed a mandate to ask for them',
  accepted: 'The mandate was accepted',
  proven: 'It is certain that it comes from them',
  doubted: 'To be read by you: what is meant is not certain',
  understood: 'It was read, and said what it is about',
  begun: 'It was begun',
  staffed: 'It waits for you',
  wrote: 'They wrote to us',
  answered: 'We wrote to them',
  noted: 'A note was made',
  lifted: 'The restriction was lifted, and they were told why',
  extended: 'They were told that it takes longer, and why',
  warned: 'You were reminded of the day by which it must be done',
  ready: 'A copy is ready for them',
  fetched: 'They fetched the copy',
  refused: 'It was refused, and they were told why',
  withdrawn: 'They took it back',
  overtaken: 'It was closed, because everything about the person was erased',
  none: 'It was read, and asks for nothing',
}
