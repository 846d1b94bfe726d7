import type { Kind } from './kinds.ts'

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
