/** The words of this room: duties and their laws, what is done about a breach, what became of a notice. */

/** Where it happened. */
export const sources = {
  house: 'with us',
  processor: 'with a company that works for us',
} as const
export type Source = keyof typeof sources
export const sourceNames = Object.keys(sources) as [Source, ...Source[]]

/** What was broken (GDPR Art. 4(12)). */
export const natures = {
  confidentiality: 'Somebody could read what is not theirs',
  integrity: 'Something was changed',
  availability: 'Something was lost, or could not be reached',
} as const
export type Nature = keyof typeof natures
export const natureNames = Object.keys(natures) as [Nature, ...Nature[]]

/** How grave it is for people (GDPR Art. 33(1), 34(1)). */
export const risks = {
  none: 'Unlikely to put anybody at a risk',
  some: 'A risk: the authority is told',
  high: 'A high risk: the authority and the people are told',
} as const
export type Risk = keyof typeof risks
export const riskNames = Object.keys(risks) as [Risk, ...Risk[]]

/** Who is meant, before the columns narrow it. */
export const whoNames = ['all', 'service', 'registered', 'list'] as const
export type Who = (typeof whoNames)[number]

/** Everything that a law wants done, in words that finish "You have to …". */
export const duties = {
  'gdpr-authority': 'tell the data protection authority (GDPR Art. 33)',
  'gdpr-people': 'tell the people (GDPR Art. 34)',
  'florida-people': 'tell the people in Florida (501.171(4))',
  'florida-department': 'tell Florida’s Department of Legal Affairs (501.171(3))',
  'florida-agencies': 'tell the consumer reporting agencies (501.171(5))',
  'california-people': 'tell the people in California (Civ. Code 1798.82(a))',
  'california-attorney': 'send a sample of the notice to California’s Attorney General (1798.82(f))',
} as const
export type Duty = keyof typeof duties
export const dutyNames = Object.keys(duties) as [Duty, ...Duty[]]

/** Duties that are done once the people concerned were written to. */
export const peopleDuties: readonly Duty[] = ['gdpr-people', 'florida-people', 'california-people']

/** What is written, and to whom. */
export const noticeKinds = {
  people: 'To the people concerned',
  authority: 'To the data protection authority',
  department: 'To Florida’s Department of Legal Affairs',
} as const
export type NoticeKind = keyof typeof noticeKinds
export const noticeNames = Object.keys(noticeKinds) as [NoticeKind, ...NoticeKind[]]

/** What is done about a breach. */
export const happenings = {
  opened: 'It was entered into the register',
  described: 'What is known was written down',
  listed: 'A list of people was given',
  assessed: 'The risk was assessed',
  drafted: 'A notice was written',
  approved: 'Somebody approved that the people are told',
  sent: 'The notice was sent off',
  told: 'An authority or agency was told',
  spared: 'It was found that this need not be done',
  delayed: 'The police asked in writing to wait',
  warned: 'Those who answer were reminded',
  closed: 'It was closed',
} as const
export type Happening = keyof typeof happenings
export const happeningNames = Object.keys(happenings) as [Happening, ...Happening[]]

/** How somebody's notice stands. */
export const fates = ['listed', 'waiting', 'written', 'sent', 'refused', 'held', 'bounced', 'gone'] as const
export type Fate = (typeof fates)[number]

export const fateWords: Readonly<Record<Fate, string>> = {
  listed: 'On the list',
  waiting: 'To be written to',
  written: 'Written',
  sent: 'Taken by the mail server',
  refused: 'Refused by the mail server',
  held: 'Not sent: the mailbox does not exist',
  bounced: 'Came back',
  gone: 'Erased before it could be written',
}
