/** Finding people. */
import { type Finder, MOST_HITS } from './finder.ts'
import { findPeople } from './search.ts'

export const peopleFinder: Finder = {
  ability: 'people',
  title: 'People',
  find: async ({ db }, { text }) => {
    const { people } = await db.as('support', (tx) => findPeople(tx, { part: text, staffOnly: false, order: 'joined', descending: true }))
    const hits = people.slice(0, MOST_HITS).map(({ id, name, email }) => ({ href: `/staff/people/${id}`, text: name, note: email }))
    return people.length > MOST_HITS
      ? [...hits.slice(0, -1), { href: `/staff/people?q=${encodeURIComponent(text)}`, text: 'All of them' }]
      : hits
  },
}
