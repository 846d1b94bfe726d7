/** What every form asks by which somebody says something in a conversation. */
import { z } from 'zod'

/** Several lines of somebody's own. */
export const ownWords = z.string().normalize('NFC').trim().max(5_000, 'At most 5,000 characters, please.')

/** The same, where nothing is not enough. */
export const needed = (sentence: string) => ownWords.min(1, sentence)

export const question = z.string('Please write your question.').pipe(needed('Please write your question.'))
