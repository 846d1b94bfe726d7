/** What somebody agrees to who subscribes, in the very words that they are shown; kept as the proof. */
import type { House } from '../web/house.ts'
import type { Topic } from './topic.ts'

export const wordingOf = ({ content }: House, topics: readonly Pick<Topic, 'title' | 'says'>[]): string =>
  `Yes, ${content.company.name} may write to me by e-mail on ${topics.map(({ title, says }) => `“${title}” (${says.replace(/\.$/, '')})`).join(', ')}. I can leave at any time, with one click.`
