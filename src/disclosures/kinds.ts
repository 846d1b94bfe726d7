/** The words of this room: how a demand comes, what is looked at, what is done about it. */

/** How it comes; each has a path of its own. */
export const demandKinds = {
  demand: 'A demand to hand over data',
  emergency: 'An emergency: somebody’s life or body is in danger',
  preservation: 'A preservation letter: data is to be kept, not handed over',
} as const
export type DemandKind = keyof typeof demandKinds
export const demandKindNames = Object.keys(demandKinds) as [DemandKind, ...DemandKind[]]

/** What must all be so, or the answer is a refusal. */
export const checks = {
  competent: 'The authority may order this, and it is who it says it is',
  valid: 'The instrument is valid: signed, in force, addressed to us',
  applies: 'Its law applies to us and to these people',
  specific: 'It names people, kinds of data and days; it is no fishing',
  necessary: 'No less would do: the scope is as narrow as it can be',
} as const
export type Check = keyof typeof checks
export const checkNames = Object.keys(checks) as [Check, ...Check[]]

/** How the checklist ends. */
export const endings = { required: 'Required by law', refused: 'Refused' } as const
export type Ending = keyof typeof endings
export const endingNames = Object.keys(endings) as [Ending, ...Ending[]]

/** What a document is. */
export const paperKinds = {
  instrument: 'The demand itself',
  bar: 'An order not to tell',
  answer: 'An answer, or a letter',
} as const
export type PaperKind = keyof typeof paperKinds
export const paperNames = Object.keys(paperKinds) as [PaperKind, ...PaperKind[]]

/** What is done about a demand. */
export const happenings = {
  entered: 'It was entered into the register',
  filed: 'A document was filed',
  scoped: 'The scope was written down, or narrowed',
  checked: 'The checklist was gone through',
  barred: 'A bar on telling was noted',
  told: 'Those concerned were told',
  approved: 'Somebody approved the release',
  released: 'Data was handed over',
  preserved: 'Data was set aside',
  warned: 'Those who answer were reminded',
} as const
export type Happening = keyof typeof happenings
export const happeningNames = Object.keys(happenings) as [Happening, ...Happening[]]
