/** What do you hold about me: the page, the last question before an erasure, the receipt. */
import { answersOf, bases } from '../database/classify.ts'
import { keptForInWords, onErasureInWords, purposesOf } from '../policy/data-map.ts'
import { processors } from '../processors/all.ts'
import { type Look, reasons } from '../staff/look.ts'
import { Checkbox, Errors, Submit } from '../web/forms.tsx'
import { Held } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import type { Receipt } from './erasure.ts'
import { inWords } from './copy.ts'
import type { Holding } from './subject.ts'

export const PrivacyPage = ({ held, looks }: { held: readonly Holding[]; looks: readonly Look[] }) => (
  <>
    <h1>What we hold about you</h1>
    <p class="lead">Everything, field by field: what it is, what for, and for how long.</p>
    <div class="actions">
      <form method="post" action="/account/privacy/copy">
        <Submit icon="download">Take a copy</Submit>
      </form>
      <a class="button quiet" href="/account">
        Correct it
      </a>
      <a class="button danger" href="/account/privacy/erasure">
        Erase everything
      </a>
    </div>
    {held.map((one) => (
      <HoldingList holding={one} />
    ))}
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
    <section>
      <h2>Who received it</h2>
      <Facts rows={processors.map(({ name, does }) => [name, does])} />
      <p>
        <a href="/privacy/processors">More about those who receive data</a>
      </p>
    </section>
  </>
)

const HoldingList = ({ holding: { held, rows, shown } }: { holding: Holding }) => (
  <Held
    title={held.says}
    note={rows > shown.length ? `${shown.length} of ${rows} shown; the copy has all` : rows > 1 ? `${rows}` : undefined}
    fields={shown.flatMap((row) =>
      answersOf(held).map(({ key, category, says }) => ({
        name: says,
        value: key in row ? inWords(row[key]) : 'Kept so that nobody can read it, us included',
        purpose: purposesOf(held, category).join('; '),
        basis: bases[held.basis],
        until: keptForInWords(held.keptFor),
      })),
    )}
  />
)

interface Asking {
  readonly held: readonly Holding[]
  readonly stays: readonly string[]
  readonly errors?: Readonly<Record<string, string>>
}

export const ErasurePage = ({ held, stays, errors = {} }: Asking) => (
  <>
    <h1>Erase everything about you?</h1>
    <Errors errors={errors} />
    <h2>What goes</h2>
    <Facts
      rows={held.map((one) => [one.held.says, `${one.rows} ${one.rows === 1 ? 'row' : 'rows'}. ${onErasureInWords(one.held.onErasure)}`])}
    />
    <h2>What stays</h2>
    <ul>
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

export const ReceiptPage = ({ receipt }: { receipt: Receipt }) => (
  <article class="receipt">
    <h1>Erased</h1>
    <p>
      On <Moment at={receipt.erasedAt} />. This receipt names nobody; keep its address if you want to come back to it.
    </p>
    <Facts rows={receipt.erased.map(({ table, rows }) => [table, String(rows)])} />
    <h2>What stays, and until when</h2>
    <ul>
      {receipt.kept.map((sentence) => (
        <li>{sentence}</li>
      ))}
    </ul>
  </article>
)
