/** The promises as everybody sees them, and as those see them who answer for them. */
import { Submit } from '../web/forms.tsx'
import { Crumbs, Notice } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { type Evidence, type Evident, STALE_HOURS } from './evidence.ts'
import type { Keeper, Promised, Standing } from './promise.ts'

/** A promise, and what is known of it. */
export interface Shown {
  readonly promised: Promised
  readonly evidence: Evidence
}

/** How it stands, in a few words. */
export const standings: Readonly<Record<Evident, string>> = {
  holds: 'Holds',
  broken: 'Broken',
  unexamined: 'Not known: the check could not look',
  stale: `Not known: nobody looked for ${STALE_HOURS} hours`,
  never: 'Not known: nobody looked yet',
}

const kindOf: Readonly<Record<Evident, 'good' | 'bad' | 'warn'>> = {
  holds: 'good',
  broken: 'bad',
  unexamined: 'warn',
  stale: 'warn',
  never: 'warn',
}

/** What keeps a promise, by its kind and its name. */
export function keeperInWords(keeper: Keeper): readonly [kind: string, name: string] {
  if ('trigger' in keeper) return ['a guard in the database', keeper.trigger]
  if ('constraint' in keeper) return ['a constraint of the database', keeper.constraint]
  if ('job' in keeper) return ['on the clock', keeper.job]
  if ('page' in keeper) return ['a page', keeper.page]
  return ['the program', keeper.file]
}

export const PromisesPage = ({ shown }: { shown: readonly Shown[] }) => (
  <>
    <Crumbs to={[{ href: '/privacy', text: 'Privacy policy' }]} here="Our promises" />
    <h1>Our promises, and whether we keep them</h1>
    <p class="lead">
      The privacy policy makes these promises. For each a check looks at the running system every hour: at what is in the database, at who
      may see it, and at our own pages as a stranger gets them. Here is what it saw last.
    </p>
    <Overview shown={shown} />
    <p>
      The same <a href="/privacy/promises.json">for machines</a>. What each check has been shown to catch is written down with the program.
    </p>
    {shown.map((one) => (
      <OnePromise {...one} />
    ))}
  </>
)

const Overview = ({ shown }: { shown: readonly Shown[] }) => {
  const not = shown.filter(({ evidence }) => evidence.standing !== 'holds')
  const broken = not.filter(({ evidence }) => evidence.standing === 'broken')
  if (not.length === 0)
    return (
      <Notice kind="good">
        <p>All {shown.length} promises hold.</p>
      </Notice>
    )
  return (
    <Notice kind={broken.length > 0 ? 'bad' : 'warn'}>
      {broken.length > 0 && (
        <p>{broken.length === 1 ? 'One promise is broken' : `${broken.length} promises are broken`}: we know of it and mend it.</p>
      )}
      {not.length > broken.length && <p>Of {not.length - broken.length} we do not know at this moment whether they hold.</p>}
      <ul>
        {not.map(({ promised, evidence }) => (
          <li>
            <a href={`#${promised.name}`}>{promised.name}</a>: {standings[evidence.standing]}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

const OnePromise = ({ promised, evidence }: Shown) => (
  <section id={promised.name}>
    <h2>{promised.name}</h2>
    <p>{promised.says}</p>
    <Notice kind={kindOf[evidence.standing]}>
      <p>
        <Stands evidence={evidence} />
      </p>
      {evidence.ranAt && evidence.examined.length > 0 && (
        <p>
          Looked last <Moment at={evidence.ranAt} />, at {evidence.examined.join(', ')}.
        </p>
      )}
    </Notice>
    <details>
      <summary>What keeps it, and what the check looks at</summary>
      <ul>
        {promised.keptBy.map((keeper) => {
          const [kind, name] = keeperInWords(keeper)
          return (
            <li>
              <code>{name}</code>, {kind}: {keeper.says}
            </li>
          )
        })}
      </ul>
      <p>{promised.looksAt}</p>
    </details>
  </section>
)

// When nobody looked, it is never said that it holds: only how it stood when somebody did.
const Stands = ({ evidence: { standing, sinceAt, findings, ranAt } }: { evidence: Evidence }) => {
  if (standing === 'holds' && sinceAt)
    return (
      <>
        <b>Holds</b> since <Moment at={sinceAt} />.
      </>
    )
  if (standing === 'broken' && sinceAt)
    return (
      <>
        <b>Broken</b> since <Moment at={sinceAt} />: the check found {findings.length === 1 ? 'something' : `${findings.length} things`}{' '}
        that should not be. Those who answer for it were told at once.
      </>
    )
  return (
    <>
      <b>{standings[standing]}</b>
      {standing === 'stale' && ranAt && (
        <>
          {' '}
          (last on <Moment at={ranAt} />)
        </>
      )}
      .
    </>
  )
}

interface DeskProps {
  readonly shown: readonly Shown[]
  readonly changes: readonly { readonly promise: string; readonly standing: Standing; readonly sinceAt: Date }[]
  readonly looked: boolean
}

export const DeskPage = ({ shown, changes, looked }: DeskProps) => (
  <>
    <h1>Promises</h1>
    <p class="lead">
      What breaks a promise, by the numbers of rows. <a href="/privacy/promises">What everybody sees of it</a>
    </p>
    {looked && (
      <Notice kind="info" live>
        <p>Every check has looked just now.</p>
      </Notice>
    )}
    <div class="actions">
      <form method="post" action="/staff/promises">
        <Submit kind="quiet">Look now</Submit>
      </form>
    </div>
    <Table label="Promises">
      <thead>
        <tr>
          <Column>Promise</Column>
          <Column>How it stands</Column>
          <Column>Since</Column>
          <Column>Looked last</Column>
          <Column>Examined, and found</Column>
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => (
          <DeskRow {...one} />
        ))}
      </tbody>
    </Table>
    <Changes changes={changes} />
  </>
)

const DeskRow = ({ promised, evidence }: Shown) => (
  <tr>
    <th scope="row">
      <a href={`/privacy/promises#${promised.name}`}>{promised.name}</a>
    </th>
    <td class="words">{evidence.standing === 'holds' ? 'Holds' : <b>{standings[evidence.standing]}</b>}</td>
    <td>{evidence.sinceAt && <Moment at={evidence.sinceAt} />}</td>
    <td>{evidence.ranAt && <Moment at={evidence.ranAt} />}</td>
    <td class="words">
      {evidence.findings.length > 0 ? (
        <ul>
          {evidence.findings.map((words) => (
            <li>{words}</li>
          ))}
        </ul>
      ) : (
        evidence.examined.join(', ')
      )}
    </td>
  </tr>
)

const Changes = ({ changes }: Pick<DeskProps, 'changes'>) => (
  <section>
    <h2>What changed</h2>
    {changes.length === 0 ? (
      <p>Nobody looked yet.</p>
    ) : (
      <ul>
        {changes.map(({ promise, standing, sinceAt }) => (
          <li>
            <Moment at={sinceAt} />: {promise}, {standings[standing].toLowerCase()}
          </li>
        ))}
      </ul>
    )}
  </section>
)
