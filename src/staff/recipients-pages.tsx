/** Who receives data, and what left in the last days: by kind, as the ledger has it. */
import { categories, type Category } from '../database/purposes.ts'
import type { Totalled } from '../egress/ledger.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { Notice } from '../web/layout.tsx'
import type { Permission } from '../versions/permission.ts'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'

export interface Recipient {
  readonly plate: Nameplate
  /** The host that the settings name; undefined while there is none, or no single one. */
  readonly host: string | undefined
  /** It is not used by these settings. */
  readonly idle: boolean
  readonly usableFrom: Permission | undefined
}

interface RecipientsProps {
  readonly recipients: readonly Recipient[]
  readonly totals: readonly Totalled[]
  readonly days: number
  readonly refused: number
  readonly walled: boolean
}

export const RecipientsPage = ({ recipients, totals, days, refused, walled }: RecipientsProps) => (
  <>
    <h1>Recipients</h1>
    <p>
      Nothing leaves this program but to those below, and nothing but the fields that they declare. Each sending is entered before it goes;
      people see on their privacy page what of theirs went where.
    </p>
    {refused > 0 && (
      <Notice kind="bad">
        <p>
          {refused === 1 ? 'Something tried' : `${refused.toLocaleString('en')} times something tried`} to leave by a way that is not
          declared, since the program started. It was refused; the log says by which line (<code>egress.refused</code>).
        </p>
      </Notice>
    )}
    {!walled && (
      <Notice kind="bad">
        <p>This process runs without the wall that keeps everything else in.</p>
      </Notice>
    )}
    <Facts rows={recipients.map((recipient) => [recipient.plate.name, inWords(recipient)])} />
    <section>
      <h2>What left in {days} days</h2>
      {totals.length === 0 ? <p>Nothing.</p> : <Totals totals={totals} />}
    </section>
  </>
)

const kindsOf = ({ receives }: Nameplate): string =>
  [...new Set(Object.values(receives))].map((category) => categories[category].toLowerCase()).join('; ')

function inWords({ plate, host, idle, usableFrom }: Recipient) {
  if (idle) return `${plate.where}. Not in use.`
  const kinds = kindsOf(plate)
  return (
    <>
      {host ?? plate.where}. {kinds ? `It gets: ${kinds}.` : 'It gets nothing about anybody.'}{' '}
      {usableFrom === undefined && 'It is not announced, so nothing goes there.'}
      {usableFrom?.coming && (
        <>
          Announced; nothing goes there before <Moment at={usableFrom.at} />, and before everybody was told.
        </>
      )}
    </>
  )
}

const Totals = ({ totals }: { totals: readonly Totalled[] }) => (
  <Table label="What left">
    <thead>
      <tr>
        <Column>Recipient</Column>
        <Column>Kind of data</Column>
        <Column number>Sendings</Column>
        <Column number>About so many people</Column>
      </tr>
    </thead>
    <tbody>
      {totals.map(({ processor, category, sendings, people }) => (
        <tr>
          <th scope="row">{processor}</th>
          <td>{categories[category as Category] ?? category}</td>
          <td class="number">{sendings.toLocaleString('en')}</td>
          <td class="number">{people.toLocaleString('en')}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)
