/** On what grounds a request may be refused. There is no refusal without one of them, and none without reasons. */

/** The ground, in words that finish "We do not do that, …". */
export const refusals = {
  law: 'because a law makes us keep what you ask us to change or erase',
  claims: 'because it is needed to establish, exercise or defend legal claims',
  others: 'because it would harm the rights of somebody else',
  true: 'because we have looked, and what we hold is right',
  excessive: 'because the request is manifestly unfounded or excessive, which is for us to show',
  unproven: 'because it is not certain that it comes from the person whom it is about',
  nothing: 'because there is nothing here that it could be about',
} as const
export type Ground = keyof typeof refusals
export const grounds = Object.keys(refusals) as [Ground, ...Ground[]]

/** What the letter of refusal must say beside what one can do about it. */
export interface Refused {
  readonly ground: Ground
  readonly words: string
}
