/** E-mail, for whoever runs the program: what the name servers say, the keys, the doors, what came in. */
import type { Finding } from '../mail/checkup.ts'
import type { KeptKey } from '../mail/signing.ts'
import { Submit } from '../web/forms.tsx'
import { Empty } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'

export interface MailProps {
  readonly found: readonly Finding[]
  readonly keys: readonly KeptKey[]
  readonly doors: readonly (readonly [string, string])[]
  readonly came: readonly { readonly mailbox: string; readonly outcome: string | null; readonly letters: number }[]
  readonly told?: string | undefined
}

export const MailPage = ({ found, keys, doors, came, told }: MailProps) => (
  <>
    <h1>E-mail</h1>
    <Told words={told} />
    <section>
      <h2>In the name servers</h2>
      <p>What must stand there so that letters arrive, and what comes back is heard. It was looked up just now.</p>
      {found.map((finding) => (
        <FindingShown finding={finding} />
      ))}
      <form method="post" action="/staff/mail/check">
        <Submit kind="quiet">Look again, and let a key that waits take over</Submit>
      </form>
    </section>
    <section>
      <h2>Keys that sign letters</h2>
      {keys.length === 0 ? <p>There is none yet: letters go unsigned.</p> : <Keys keys={keys} />}
      <form method="post" action="/staff/mail/keys">
        <Submit>Make a {keys.length === 0 ? 'key' : 'new key'}</Submit>
      </form>
    </section>
    <section>
      <h2>Doors</h2>
      <Facts rows={doors} />
    </section>
    <section>
      <h2>What came in within seven days</h2>
      {came.length === 0 ? (
        <Empty icon="inbox" title="Nothing came in">
          <p>Bounces and complaints are counted here, once a door is open and the return path leads to it.</p>
        </Empty>
      ) : (
        <CameIn came={came} />
      )}
    </section>
  </>
)

const words = { pass: 'passes', warn: 'doubtful', fail: 'missing or wrong' } as const
const badges = { pass: 'badge good', warn: 'badge warn', fail: 'badge bad' } as const

const FindingShown = ({ finding: { what, state, type, name, wanted, found, mend } }: { finding: Finding }) => (
  <>
    <h3>
      {what} <span class={badges[state]}>{words[state]}</span>
    </h3>
    {mend && <p>{mend}</p>}
    <Facts
      rows={[
        ['Name', <code>{name}</code>],
        ['Type', type],
        ['Should be, such as', <code>{wanted}</code>],
        ['Is', found.length === 0 ? 'nothing' : found.map((record) => <code>{record}</code>)],
      ]}
    />
  </>
)

const states = { waits: 'waits until it is published', signs: 'signs letters', retired: 'signs no more' } as const

const Keys = ({ keys }: { keys: readonly KeptKey[] }) => (
  <Table label="Keys">
    <thead>
      <tr>
        <Column>Published as</Column>
        <Column>Made</Column>
        <Column>State</Column>
        <Column>Since</Column>
      </tr>
    </thead>
    <tbody>
      {keys.map(({ record, state, madeAt, signsSince, retiredAt }) => (
        <tr>
          <th scope="row">
            <code>{record.name}</code>
          </th>
          <td>
            <Moment at={madeAt} as="day" />
          </td>
          <td>{states[state]}</td>
          <td>
            <Moment at={retiredAt ?? signsSince ?? madeAt} as="day" />
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const CameIn = ({ came }: Pick<MailProps, 'came'>) => (
  <Table label="What came in">
    <thead>
      <tr>
        <Column>Mailbox</Column>
        <Column>What it was</Column>
        <Column number>Letters</Column>
      </tr>
    </thead>
    <tbody>
      {came.map(({ mailbox, outcome, letters }) => (
        <tr>
          <th scope="row">{mailbox}</th>
          <td>{outcome ?? 'not read yet'}</td>
          <td class="number">{letters.toLocaleString('en')}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)
