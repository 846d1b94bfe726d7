/** The console's first page. */
import { Facts } from '../web/lists.tsx'
import { offers } from './roles.ts'
import type { Role } from './tables.ts'

interface FirstProps {
  readonly name: string
  readonly role: Role
  readonly counts: readonly (readonly [what: string, how: string])[]
}

export const FirstPage = ({ name, role, counts }: FirstProps) => (
  <>
    <h1>Console</h1>
    <p class="lead">
      {name}, you are here as {role}.
    </p>
    {offers(role).length === 0 ? <p>There is nothing to do here in this role yet.</p> : <Offers role={role} />}
    {counts.length > 0 && (
      <section>
        <h2>At present</h2>
        <Facts rows={counts} />
      </section>
    )}
  </>
)

const Offers = ({ role }: { role: Role }) => (
  <ul class="rows">
    {offers(role).map(({ says, href }) => (
      <li>
        <div>{href ? <a href={href}>{says}</a> : says}</div>
      </li>
    ))}
  </ul>
)
