/** Breaches that nobody has closed, with the first of their terms; and finding one. */
import type { Finder } from '../staff/finder.ts'
import type { Waiting } from '../staff/waiting.ts'
import { allBreaches, openBreaches } from './breach.ts'
import { runningOf } from './watch.ts'

export const breachesWait: Waiting = {
  ability: 'breaches',
  async look(house) {
    const open = await house.db.as('legal', openBreaches)
    const clocks = (await Promise.all(open.map((breach) => runningOf(house, breach)))).flat().filter(({ state }) => state === 'open')
    const until = clocks.map((clock) => clock.until).sort((a, b) => a.getTime() - b.getTime())[0]
    return [{ count: open.length, says: ['breach is open', 'breaches are open'], href: '/staff/breaches', until }]
  },
}

export const breachFinder: Finder = {
  ability: 'breaches',
  title: 'Breaches',
  async find({ db }, { text, id }) {
    const found = (await db.as('legal', allBreaches)).filter((one) =>
      id ? one.id === id : one.facts?.title.toLowerCase().includes(text.toLowerCase()),
    )
    return found.map((one) => ({ href: `/staff/breaches/${one.id}`, text: one.facts?.title ?? 'Not described yet' }))
  },
}
