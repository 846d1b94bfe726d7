/** A copy that is being made, or waits to be fetched. */
import { Submit } from '../web/forms.tsx'
import { Icon } from '../web/icons.tsx'
import { Notice } from '../web/layout.tsx'
import { Moment } from '../web/lists.tsx'
import type { KeptCopy } from './kept-copy.ts'

export const CopySection = ({ copy }: { copy: KeptCopy }) => (
  <section id="copy" data-again={copy.readyAt ? undefined : 'copy'}>
    <h2>Your copy</h2>
    {copy.readyAt ? <Ready copy={copy} readyAt={copy.readyAt} /> : <InTheMaking copy={copy} />}
  </section>
)

const InTheMaking = ({ copy: { rowsDone, rowsTotal, askedAt } }: { copy: KeptCopy }) => (
  <>
    <p id="copy-says">
      We are making it since <Moment at={askedAt} />: {rowsDone.toLocaleString('en')} of about {rowsTotal.toLocaleString('en')} rows so far.
      You can leave this page and come back.
    </p>
    <progress max={Math.max(rowsTotal, 1)} value={Math.min(rowsDone, rowsTotal)} aria-labelledby="copy-says"></progress>
    <p>
      <a href="/account/privacy">Look again</a>
    </p>
  </>
)

const Ready = ({ copy, readyAt }: { copy: KeptCopy; readyAt: Date }) => (
  <>
    <Notice kind="good">
      <p>
        It is ready since <Moment at={readyAt} />: {megabytes(copy.bytes)}, with {copy.rowsDone.toLocaleString('en')} rows. It is deleted on{' '}
        <Moment at={copy.expiresAt} />.
      </p>
    </Notice>
    <div class="actions">
      <a class="button" href="/account/privacy/copy.zip">
        <Icon name="download" />
        Download your copy
      </a>
      <form method="post" action="/account/privacy/copy">
        <Submit kind="quiet">Make a new one</Submit>
      </form>
    </div>
  </>
)

const megabytes = (bytes: number): string => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`)
