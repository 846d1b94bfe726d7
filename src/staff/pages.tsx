/** The console's first page, and what a search found. */
import { now } from '../clock.ts'
import { Search } from '../web/forms.tsx'
import { Empty } from '../web/layout.tsx'
import { Moment } from '../web/lists.tsx'
import type { FoundIn } from './finder.ts'
import { type AbilityName, abilitiesOf, abilityOf, groups } from './roles.ts'
import type { Role } from './tables.ts'
import { MOST_COUNTED, type Waits } from './waiting.ts'

interface FirstProps {
  readonly name: string
  readonly role: Role
  readonly waits: readonly Waits[]
}

export const FirstPage = ({ name, role, waits }: FirstProps) => (
  <>
    <h1>Today</h1>
    <p class="lead">
      {name}, you are here as {role}.
    </p>
    {waits.length === 0 ? (
      <Empty icon="circle-check" title="Nothing waits for you">
        <p>What needs somebody in your role appears here, with the day by which it must be done.</p>
      </Empty>
    ) : (
      <ul class="rows waits">
        {waits.map((one) => (
          <Row waits={one} />
        ))}
      </ul>
    )}
    <section>
      <h2>What you may do</h2>
      <p class="soft">
        The menu leads to the same places. By keyboard, <kbd>?</kbd> shows <a href="#keys-list">the key of each</a>.
      </p>
      <div class="parts">
        {groups.map((group) => (
          <Part title={group} abilities={abilitiesOf(role).filter((ability) => abilityOf(ability).group === group)} />
        ))}
      </div>
    </section>
  </>
)

const Part = ({ title, abilities }: { title: string; abilities: readonly AbilityName[] }) =>
  abilities.length === 0 ? null : (
    <section>
      <h3>{title}</h3>
      <ul>
        {abilities.map((ability) => {
          const { says, doors, tab, behind } = abilityOf(ability)
          return <li>{tab || behind ? <a href={doors[0]}>{says}</a> : says}</li>
        })}
      </ul>
    </section>
  )

const Row = ({ waits: { count, says, href, oldest, until } }: { waits: Waits }) => (
  <li>
    <div>
      <a href={href}>
        <b>{count >= MOST_COUNTED ? 'Many' : count}</b> {says[count === 1 ? 0 : 1]}
      </a>
    </div>
    <small class={until && until <= now() ? 'late' : undefined}>
      {until ? (
        <>
          {until <= now() ? 'too late since ' : 'the first by '}
          <Moment at={until} as="day" />
        </>
      ) : (
        oldest && (
          <>
            since <Moment at={oldest} />
          </>
        )
      )}
    </small>
  </li>
)

export const SearchPage = ({ sought, found }: { sought: string; found: readonly FoundIn[] }) => (
  <>
    <h1>Search</h1>
    <Search action="/staff/search" label="A name, an address, a number, a word of a title" value={sought} />
    {sought && found.length === 0 && (
      <Empty icon="search" title="Nothing found">
        <p>You find what your role may see: people, questions, requests, updates, services, versions, articles, pages of the console.</p>
      </Empty>
    )}
    {found.map(({ title, hits }) => (
      <section>
        <h2>{title}</h2>
        <ul class="rows">
          {hits.map(({ href, text, note }) => (
            <li>
              <div>
                <a href={href}>{text}</a>
              </div>
              {note && <small>{note}</small>}
            </li>
          ))}
        </ul>
      </section>
    ))}
  </>
)
