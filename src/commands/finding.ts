/** What `cloudrun doctor` finds: one sentence each, with the remedy where something is to be mended. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly what: string
  readonly state: 'pass' | 'warn' | 'fail'
  readonly says: string
}

/** It is as it should be. */
export const well = (what: string, says: string): Finding => ({ what, state: 'pass', says })
/** It works, and should be better. */
export const doubtful = (what: string, says: string): Finding => ({ what, state: 'warn', says })
/** It does not work, or will not when it matters. */
export const bad = (what: string, says: string): Finding => ({ what, state: 'fail', says })
