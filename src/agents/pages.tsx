/** The console's list of agents. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Empty, Notice } from '../web/layout.tsx'
import { Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Agent } from './agent.ts'

interface AgentsProps {
  readonly agents: readonly Agent[]
  readonly businessId: string | undefined
  readonly base: string
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const AgentsPage = ({ agents, businessId, base, told, errors = {}, typed = {} }: AgentsProps) => (
  <>
    <h1>Agents</h1>
    <p class="lead">
      Companies that may ask for people who authorised them, by the Data Rights Protocol. What they ask becomes a request like every other;
      nothing is erased before the person has confirmed it, or our staff have accepted the mandate.
    </p>
    <Told words={told} />
    {businessId ? (
      <p>
        Our number in the directory is <code>{businessId}</code>, our address <code>{base}</code>.{' '}
        <a href="/drp/entry.json">Our entry for the directory</a>
      </p>
    ) : (
      <Notice kind="info">
        <p>
          The doors are closed: the setting <code>DRP_BUSINESS_ID</code> does not say yet which number the directory gave us.
        </p>
      </Notice>
    )}
    {agents.length === 0 ? (
      <Empty icon="circle-check" title="No agent is listed">
        <p>Take name and key from the directory, and never from a letter of the agent itself.</p>
      </Empty>
    ) : (
      <List agents={agents} />
    )}
    <section>
      <h2>List an agent</h2>
      <Errors errors={errors} />
      <form method="post" action="/staff/agents" novalidate>
        <Field
          name="agentId"
          label="Its number in the directory"
          value={typed['agentId']}
          error={errors['agentId']}
          maxlength={200}
          required
        />
        <Field name="name" label="What it is called" value={typed['name']} error={errors['name']} maxlength={200} required />
        <Field
          name="verifyKey"
          label="Its key"
          value={typed['verifyKey']}
          error={errors['verifyKey']}
          hint="The directory’s verify_key: Ed25519, in base64."
          maxlength={100}
          spellcheck={false}
          required
        />
        <Submit>List it</Submit>
      </form>
    </section>
  </>
)

const List = ({ agents }: { agents: readonly Agent[] }) => (
  <Table label="Agents">
    <thead>
      <tr>
        <th scope="col">Agent</th>
        <th scope="col">Number</th>
        <th scope="col">Set up</th>
        <th scope="col">Listed</th>
      </tr>
    </thead>
    <tbody>
      {agents.map(({ id, agentId, name, pairedAt, listedAt, endedAt }) => (
        <tr>
          <th scope="row">{name}</th>
          <td>
            <code>{agentId}</code>
          </td>
          <td>{pairedAt ? <Moment at={pairedAt} /> : 'not yet'}</td>
          <td>
            <Moment at={listedAt} />
            {endedAt ? (
              <>
                {' '}
                until <Moment at={endedAt} />
              </>
            ) : (
              <form method="post" action={`/staff/agents/${id}/end`}>
                <Submit kind="link">List it no more</Submit>
              </form>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)
