/** What do you hold about me: the page, the last question before an erasure, the receipt. */
import type { Child } from 'hono/jsx'
import { answersOf, bases, type Held as Table } from '../database/classify.ts'
import type { Id } from '../log.ts'
import { keptForInWords, onErasureInWords, purposesOf } from '../policy/data-map.ts'
import { type Applied, AppliedSection } from '../policy/applied.tsx'
import { type Look, reasons } from '../staff/look.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Errors, Submit } from '../web/forms.tsx'
import { Held, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import { inWords } from './copy-page.ts'
import { CopySection } from './copy-pages.tsx'
import { type MyRequest, RequestsSection } from './request-pages.tsx'
import type { Waiting } from './erasure.ts'
import { countsInWords, type Receipt, waitingIn } from './receipt.ts'
import type { Line } from './telling.ts'
import { Lines, ToldLines, ToldSection } from './telling-pages.tsx'
import type { KeptCopy } from './kept-copy.ts'
import type { Receiving } from './recipients.ts'
import type { Row } from './rows.ts'
import type { Found, Holding } from './subject.ts'

interface Privacy {
  readonly held: readonly Holding[]
  readonly looks: readonly Look[]
  readonly received: readonly Receiving[]
  /** What those who received it were told since. */
  readonly told: readonly Line[]
  /** Where copies that services hold are fetched, by the message that asked for them. */
  readonly results: ReadonlyMap<Id, string>
  readonly copy: KeptCopy | undefined
  /** Where questions about one's data go. */
  readonly address: string
  readonly requests: readonly MyRequest[]
  readonly applied: readonly Applied[]
  readonly errors?: FormErrors
  readonly typed?: Typed
}

export const PrivacyPage = ({
  held,
  looks,
  received,
  told,
  results,
  copy,
  address,
  requests,
  applied,
  errors = {},
  typed = {},
}: Privacy) => (
  <>
    <h1>What we hold about you</h1>
    <p class="lead">Everything, field by field: what it is, what for, and for how long.</p>
    <div class="actions">
      {!copy && <TakeCopy />}
      <a class="button quiet" href="#correct">
        Correct it
      </a>
      <a class="button danger" href="/account/privacy/erasure">
        Erase everything
      </a>
    </div>
    <Errors errors={errors} />
    {copy && <CopySection copy={copy} />}
    {held.map((one) => (
      <HoldingList holding={one} address={address} />
    ))}
    <Correct held={held} address={address} />
    <Looked looks={looks} />
    <Received received={received} />
    <ToldSection lines={told} results={results} />
    <AppliedSection applied={applied} />
    <RequestsSection {...{ requests, errors, typed }} />
  </>
)

const TakeCopy = () => (
  <form method="post" action="/account/privacy/copy">
    <Submit icon="download">Take a copy</Submit>
  </form>
)

const HoldingList = ({ holding: { held, rows, shown }, address }: { holding: Holding; address: string }) => (
  <Held title={held.says} note={amountOf(held, rows, shown.length)} fields={shown.flatMap((row) => fieldsOf(held, row))}>
    {held.repeats ? (
      <p>They repeat what stands on this page, so they are only counted here.</p>
    ) : (
      <p class="hint">
        Is something here wrong? <WriteTo address={address} about={held.says} />, and we correct it.
      </p>
    )}
  </Held>
)

/** How many rows there are, where that is worth saying. */
export function amountOf(held: Table, rows: number, shown: number): string | undefined {
  if (held.repeats) return rows.toLocaleString('en')
  if (rows > shown) return `${shown} of ${rows.toLocaleString('en')} shown; the copy has all`
  return rows > 1 ? String(rows) : undefined
}

/** The fields of a row, each with what it is for; `changeable` adds the way to change it, which is its person's. */
export const fieldsOf = (held: Table, row: Row, { changeable: own } = { changeable: true }) =>
  answersOf(held).map(({ key, category, says }) => ({
    name: says,
    value: changeable(
      key in row ? inWords(row[key]) : 'Kept so that nobody can read it, us included',
      own ? held.changedAt?.[key] : undefined,
    ),
    purpose: purposesOf(held, category).join('; '),
    basis: bases[held.basis],
    until: keptForInWords(held.keptFor),
  }))

const changeable = (value: string, path: string | undefined): Child =>
  path === undefined ? (
    value
  ) : (
    <>
      {value} <a href={path}>Change it</a>
    </>
  )

const WriteTo = ({ address, about }: { address: string; about: string }) => (
  <a href={`mailto:${address}?subject=${encodeURIComponent(`Correction: ${about}`)}`}>Write to us</a>
)

const Correct = ({ held, address }: { held: readonly Holding[]; address: string }) => (
  <section id="correct">
    <h2>Correct it</h2>
    <p>This you change yourself, and it holds at once:</p>
    <Facts rows={held.flatMap(({ held: table }) => changeableIn(table)).map(({ what, path }) => [what, <a href={path}>Change it</a>])} />
    <p>
      For everything else, write to <a href={`mailto:${address}?subject=Correction`}>{address}</a> and say what is wrong.
    </p>
  </section>
)

/** What a person changes themself in a table; a single column goes by the table's own name. */
function changeableIn(held: Table): { what: string; path: string }[] {
  const found = answersOf(held).flatMap(({ key, says }) => {
    const path = held.changedAt?.[key]
    return path === undefined ? [] : [{ what: says, path }]
  })
  return found.length === 1 ? found.map(({ path }) => ({ what: held.says, path })) : found
}

const Looked = ({ looks }: { looks: readonly Look[] }) => (
  <section>
    <h2>Who looked</h2>
    {looks.length === 0 && <p>No member of staff has opened your record.</p>}
    <ol class="timeline">
      {looks.map(({ lookedAt, role, reason, note }) => (
        <li>
          <Moment at={lookedAt} /> Somebody in the role “{role}”, {reasons[reason]}
          {note && `: ${note}`}
        </li>
      ))}
    </ol>
  </section>
)

const Received = ({ received }: { received: readonly Receiving[] }) => (
  <section>
    <h2>Who received it</h2>
    <Facts
      rows={received.map(({ name, does, told, basis }) => [
        name,
        <>
          {does}. {told} {basis}.
        </>,
      ])}
    />
    <p>
      No other company receives anything about you. <a href="/privacy/processors">More about those who receive data</a>
    </p>
  </section>
)

interface Asking {
  readonly held: readonly Found[]
  /** Where they stand in rows about others. */
  readonly written: readonly Found[]
  readonly stays: readonly string[]
  /** They have asked already, and it waits. */
  readonly waiting: Waiting | undefined
  readonly errors?: Readonly<Record<string, string>>
}

export const ErasurePage = ({ held, written, stays, waiting, errors = {} }: Asking) => (
  <>
    <h1>Erase everything about you?</h1>
    <Errors errors={errors} />
    {waiting && (
      <Notice kind="info" live>
        <p>
          You have asked for it, on <Moment at={waiting.askedAt} />. Those who have your data must forget you first, so nothing is erased
          here yet. We ask again every ten minutes and then write to you with the receipt; you need not do anything.
        </p>
        <Lines lines={waiting.recipients} />
      </Notice>
    )}
    <h2>What goes</h2>
    <Facts rows={held.map((one) => [one.held.says, `${inRows(one)}. ${onErasureInWords(one.held.onErasure)}`])} />
    <h2>What stays</h2>
    <ul>
      {written.map((one) => (
        <li>
          {one.held.says}: {inRows(one)} about others {one.rows === 1 ? 'stays' : 'stay'} with them, without you as the author.
        </li>
      ))}
      {stays.map((sentence) => (
        <li>{sentence}</li>
      ))}
    </ul>
    <section class="danger-zone">
      <p>It cannot be undone, by you or by us. You are signed out everywhere.</p>
      <form method="post" action="/account/privacy/erasure" novalidate>
        <Checkbox name="sure" label="Yes, erase everything" error={errors['sure']} required />
        <Submit kind="danger">Erase everything about me</Submit>
      </form>
    </section>
  </>
)

const inRows = ({ rows }: Found): string => `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`

export const ReceiptPage = ({ receipt }: { receipt: Receipt }) => (
  <article class="receipt">
    <h1>Erased</h1>
    <p>
      On <Moment at={receipt.erasedAt} />. This receipt names nobody; keep its address if you want to come back to it.
    </p>
    {!receipt.completeAt && (
      <Notice kind="info">
        <p>
          Here everything is gone. It is complete once {waitingIn(receipt.told).join(', ')} confirmed, too; we ask again until then, and
          this page says so.
        </p>
      </Notice>
    )}
    <Facts rows={countsInWords(receipt.erased)} />
    <ToldLines told={receipt.told} />
    <h2>What stays, and until when</h2>
    <ul>
      {receipt.kept.map((sentence) => (
        <li>{sentence}</li>
      ))}
    </ul>
  </article>
)
