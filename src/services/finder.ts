/** Finding a service of the catalogue from anywhere in the console. */
import type { Finder } from '../staff/finder.ts'
import { catalogue } from './catalogue.ts'

export const serviceFinder: Finder = {
  ability: 'services',
  title: 'Services',
  find: async ({ db }, { text }) => {
    const wanted = text.toLowerCase()
    const all = await db.as('service', catalogue)
    return all
      .filter(({ slug, title }) => slug.includes(wanted) || title.toLowerCase().includes(wanted))
      .map(({ slug, title }) => ({ href: `/staff/services/${slug}`, text: title }))
  },
}
