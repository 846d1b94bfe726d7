/** What the doctor sees in the root of all keys: which secret opens it, how old it is, and what is left of a change. */
import pg from 'pg'
import { DAY, now } from '../clock.ts'
import { type Config, WrongSetting } from '../config.ts'
import type { Found } from '../database/open.ts'
import { type OpenedRoot, openRoot } from '../database/root.ts'
import { bad, doubtful, type Finding, well } from './finding.ts'

/** Opens the root as the owner, and says how it stands; without a root nobody can look further. */
export async function lookAtRoot(config: Config, found: Found): Promise<{ findings: Finding[]; root?: Buffer }> {
  const client = new pg.Client(found.owner)
  await client.connect()
  try {
    const opened = await openRoot(client, config)
    if (!opened) return { findings: [bad('secret', 'There is no root of the keys yet: start the program, which makes it.')] }
    return { findings: [...standingOf(opened), ...leftOf(opened, config)], root: opened.root }
  } catch (fault) {
    if (fault instanceof WrongSetting) return { findings: [bad('secret', fault.message)] }
    throw fault
  } finally {
    await client.end()
  }
}

const daysSince = (at: Date): string => {
  const days = Math.floor((now().getTime() - at.getTime()) / DAY)
  return days === 1 ? '1 day' : `${days} days`
}

function standingOf({ by, madeAt, sealedAt }: OpenedRoot): Finding[] {
  if (by === 'previous')
    return [doubtful('root', 'SECRET was changed, and the root is still sealed under SECRET_PREVIOUS: start the program.')]
  const since = sealedAt > madeAt ? `, sealed under this SECRET for ${daysSince(sealedAt)}` : ''
  return [well('root', `The root of the keys is ${daysSince(madeAt)} old${since}.`)]
}

function leftOf({ by, origin, madeAt, sealedAt }: OpenedRoot, { secretPrevious }: Config): Finding[] {
  return [
    ...(by === 'secret' && secretPrevious !== undefined
      ? [doubtful('root', 'Nothing is sealed under SECRET_PREVIOUS any more: take it away once every process runs with the new SECRET.')]
      : []),
    ...(origin === 'first secret' && sealedAt > madeAt
      ? [
          doubtful(
            'root',
            'SECRET was changed, but this house is older than roots, and its keys still come from its first SECRET: keep that one hidden for good (docs/operate.md, Changing SECRET).',
          ),
        ]
      : []),
  ]
}
