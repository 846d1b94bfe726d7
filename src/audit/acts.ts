/** What is recorded, in words. An act is never renamed: its name is part of the chain. */
export const acts = {
  'person.looked-at': 'A member of staff opened somebody’s record',
  'person.listed': 'A list of people was taken out',
  'person.renamed': 'Somebody’s name was corrected',
  'person.moved': 'Somebody’s address was corrected',
  'person.copied': 'Somebody took a copy of their data',
  'house.restored': 'A backup was restored',
  'person.erased': 'Somebody was erased; the receipt counts what went',
  'team.appointed': 'Somebody was given a role in the team',
  'team.dismissed': 'Somebody was taken out of the team',
  'issue.approved': 'An issue was approved by a second person',
  'issue.sent': 'An issue was sent off',
  'issue.resent': 'Uncertain letters of an issue were sent again',
  'list.signed': 'A list of subscribers was signed for, and brought in',
  'program.given-key': 'A program was given a key',
  'program.lost-key': 'A program’s key was taken back',
  'customer.decided': 'A card that waited was decided about',
  'customer.agreed': 'The first of two people agreed to a card that waited',
  'customer.asked-deposit': 'A customer was asked for a deposit',
  'customer.limited': 'A customer’s limit was set',
  'customer.rules-changed': 'The rules by which a card qualifies were changed',
  'customer.credited': 'A customer was credited, or refunded',
} as const
export type Act = keyof typeof acts
export const actNames = Object.keys(acts) as [Act, ...Act[]]
