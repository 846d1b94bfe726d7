/**
 * The words of notices, begun by the program and finished by people. Each law's items stand in them by name;
 * the notice to the people has the title and the headings that California prescribes (Civ. Code 1798.82(d)),
 * and in them all that GDPR Art. 34(2) and Florida (501.171(4)(e)) ask for.
 */
import { dayInWords } from '../clock.ts'
import type { House } from '../web/house.ts'
import type { Breach, Facts } from './breach.ts'
import { type Counted, touchable } from './concerned.ts'
import { type NoticeKind, natures } from './kinds.ts'

/** What must stand in each, as a line of its own. */
export const headings: Readonly<Record<NoticeKind, readonly string[]>> = {
  people: ['What Happened', 'What Information Was Involved', 'What We Are Doing', 'What You Can Do', 'For More Information'],
  authority: [
    'Nature of the breach',
    'People and records concerned',
    'Contact',
    'Likely consequences',
    'Measures taken or proposed',
    'When we became aware',
  ],
  department: ['Synopsis', 'Number of individuals in Florida', 'Services offered without charge', 'Notice to the individuals', 'Contact'],
}

/** The headings that a text lacks. */
export function missingIn(kind: NoticeKind, body: string): string[] {
  const lines = new Set(body.split('\n').map((line) => line.trim().toLowerCase()))
  return headings[kind].filter((heading) => !lines.has(heading.toLowerCase()))
}

/** What the words are made of. */
export interface Material {
  readonly house: House
  readonly breach: Breach
  readonly facts: Facts
  readonly counted: Counted
}

export interface Draft {
  readonly subject: string
  readonly body: string
}

/** Of which days one knows, in words. */
export function whenInWords({ beganOn, endedOn }: Facts): string {
  if (beganOn && endedOn && beganOn !== endedOn) return `between ${dayInWords(beganOn)} and ${dayInWords(endedOn)}`
  if (beganOn) return endedOn ? `on ${dayInWords(beganOn)}` : `since ${dayInWords(beganOn)}`
  return endedOn ? `until ${dayInWords(endedOn)}` : 'on a day that we do not know yet'
}

const contactOf = ({ config, content: { company } }: House): string =>
  [company.name, company.postalAddress || company.jurisdiction, config.privacyAddress].join('\n')

const written = (parts: readonly (readonly [heading: string, words: string])[]): string =>
  parts.map(([heading, words]) => `${heading}\n\n${words}`).join('\n\n')

const listOf = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')

const drafts: Readonly<Record<NoticeKind, (material: Material) => Draft>> = {
  people: ({ house, facts, breach }) => ({
    subject: 'Notice of Data Breach',
    body: written([
      [
        'What Happened',
        `${facts.happened}\n\nThis was ${whenInWords(facts)}. We learned of it on ${dayInWords(breach.awareAt)}.${waited(breach)}`,
      ],
      [
        'What Information Was Involved',
        `${listOf(touchable.inWords(facts.columns))}\n\nWhat may come of it: ${facts.consequences || 'we do not know of anything that came of it so far.'}`,
      ],
      ['What We Are Doing', facts.measures],
      ['What You Can Do', facts.advice],
      [
        'For More Information',
        `Write to ${house.config.privacyAddress}: your question reaches somebody of ${house.content.company.name}, and you get an answer. What we hold about you, and that this breach concerned you, is at ${house.config.origin}/account/privacy. You can complain to a data protection authority.`,
      ],
    ]),
  }),
  authority: ({ house, facts, counted, breach }) => ({
    subject: `Notification of a personal data breach (GDPR Art. 33): ${facts.title}`,
    body: written([
      ['Nature of the breach', `${natures[facts.nature]}. ${facts.happened}\n\nThis was ${whenInWords(facts)}.`],
      [
        'People and records concerned',
        `About ${counted.people} people: customers, subscribers and others who gave us their address.\n\n${listOf(
          counted.rows.map(({ says, rows }) => `${says}: about ${rows} records`),
        )}\n\nKinds of data:\n\n${listOf(touchable.inWords(facts.columns))}`,
      ],
      ['Contact', contactOf(house)],
      ['Likely consequences', facts.consequences],
      ['Measures taken or proposed', facts.measures],
      [
        'When we became aware',
        `On ${breach.awareAt.toISOString().replace('T', ' at ').slice(0, 19)} UTC. If this comes later than 72 hours after that, the reasons are: \n\nWhat is not known yet follows in phases (Art. 33(4)).`,
      ],
    ]),
  }),
  department: ({ house, facts, counted }) => ({
    subject: `Notice of a breach of security (501.171(3)): ${facts.title}`,
    body: written([
      ['Synopsis', `${facts.happened}\n\nThis was ${whenInWords(facts)}.`],
      [
        'Number of individuals in Florida',
        facts.floridians === null
          ? `Not known: we hold no postal addresses. ${counted.people} people are concerned in all.`
          : String(facts.floridians),
      ],
      ['Services offered without charge', 'None. (Or say which, and how they are used.)'],
      ['Notice to the individuals', 'A copy is attached.'],
      ['Contact', contactOf(house)],
    ]),
  }),
}

const waited = ({ acts }: Breach): string =>
  acts.some(({ what }) => what === 'delayed') ? ' This notice was delayed because the police asked us to wait.' : ''

/** The words to begin with. */
export const draftOf = (kind: NoticeKind, material: Material): Draft => drafts[kind](material)
