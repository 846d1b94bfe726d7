/** Promises that do not hold, or at which nobody has looked of late. */
import type { Waiting } from '../staff/waiting.ts'
import { evidenceOf } from './evidence.ts'

export const promisesWait: Waiting = {
  ability: 'promises',
  async look({ db }) {
    const all = await db.as('legal', evidenceOf)
    const broken = all.filter(({ standing }) => standing !== 'holds' && standing !== 'never')
    const [oldest] = broken.flatMap(({ sinceAt }) => sinceAt ?? []).sort((a, b) => a.getTime() - b.getTime())
    return [{ count: broken.length, says: ['promise does not hold', 'promises do not hold'], href: '/staff/promises', oldest }]
  },
}
