/** What each role may do and which data it sees: made of the abilities, the matrix of purposes and the register. */
import { answersOf, type Held } from '../database/classify.ts'
import { categories, type Category, mayRead, type Purpose, purposes } from '../database/purposes.ts'
import { Icon } from '../web/icons.tsx'
import { Column, Table } from '../web/lists.tsx'
import { abilitiesOf, abilityOf } from './roles.ts'
import { type Role, roles } from './tables.ts'

const purposesOf = (role: Role): Purpose[] => [...new Set(abilitiesOf(role).flatMap((ability) => abilityOf(ability).uses))]

/** The tables in which a role sees data of each category. */
function seenBy(role: Role, register: readonly Held[]): Map<Category, string[]> {
  const uses = purposesOf(role)
  const seen = new Map<Category, string[]>()
  for (const held of register) {
    const reading = uses.filter((purpose) => held.serves.includes(purpose) || held.reads?.includes(purpose))
    const visible = answersOf(held).filter(({ category }) => reading.some((purpose) => mayRead(purpose, category)))
    for (const category of new Set(visible.map((answer) => answer.category))) seen.set(category, [...(seen.get(category) ?? []), held.says])
  }
  return seen
}

export const RolesPage = ({ register, own }: { register: readonly Held[]; own: Role }) => {
  const seen = new Map(roles.map((role) => [role, seenBy(role, register)]))
  return (
    <>
      <h1>Roles</h1>
      <p class="lead">What each role may do, and which data it can see. The database itself refuses everything else.</p>
      <p>
        A role works under purposes, and each purpose reads only certain kinds of data. What is sealed opens with its person’s key alone,
        and whoever opens a record is noted for that person. You are here as {own}.
      </p>
      <Table label="Kinds of data by role">
        <thead>
          <tr>
            <Column>Kind of data</Column>
            {roles.map((role) => (
              <Column>{role}</Column>
            ))}
          </tr>
        </thead>
        <tbody>
          {(Object.keys(categories) as Category[]).map((category) => (
            <tr>
              <th scope="row">{categories[category]}</th>
              {roles.map((role) => (
                <td>{seen.get(role)?.has(category) ? <Yes /> : <span class="soft">no</span>}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {roles.map((role) => (
        <RoleSection role={role} seen={seen.get(role) ?? new Map()} />
      ))}
    </>
  )
}

const RoleSection = ({ role, seen }: { role: Role; seen: ReadonlyMap<Category, string[]> }) => (
  <section>
    <h2 id={role}>{role}</h2>
    <ul>
      {abilitiesOf(role).map((ability) => (
        <li>{abilityOf(ability).says}</li>
      ))}
    </ul>
    <p>
      For:{' '}
      {purposesOf(role)
        .map((purpose) => purposes[purpose].toLowerCase())
        .join('; ')}
      .
    </p>
    <details>
      <summary>Where it sees what</summary>
      <dl class="facts">
        {[...seen].map(([category, tables]) => (
          <div>
            <dt>{categories[category]}</dt>
            <dd>{tables.join('; ')}</dd>
          </div>
        ))}
      </dl>
    </details>
  </section>
)

const Yes = () => (
  <>
    <Icon name="check" /> yes
  </>
)
