/** What every form asks by which somebody asks for something: what, and in their own words. */
import { z } from 'zod'
import { kindNames } from './kinds.ts'

/** Several lines of somebody's own. */
export const ownWords = z.string().normalize('NFC').trim().max(5_000, 'At most 5,000 characters, please.')

export const asking = z.object({ kind: z.enum(kindNames, 'Please choose what you would like.'), words: ownWords.default('') })
