/** The console's pages on bringing in lists of subscribers. */
import type { Child } from 'hono/jsx'
import type { FormErrors } from '../web/form.ts'
import { Checkbox, Errors, fieldId, Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { type Flawed, type ListedImport, type Stage, stageOf } from './import.ts'
import { type Fate, type Fates, fates } from './import-tables.ts'
import { written } from './issue-pages.tsx'
import type { Topic } from './topic.ts'

export const BASE = '/staff/updates/import'

const fateWords: Record<Fate, string> = {
  added: 'Subscribed',
  has: 'Subscribed already: left as they are',
  left: 'Unsubscribed here before: passed over',
  stopped: 'Not written to, because letters came back or they complained: passed over',
  forgotten: 'Erased here before: passed over',
  unsubscribed: 'Unsubscribed, by what the file says: passed over',
  twice: 'In the file more than once: the first row counts',
  flawed: 'With an error: passed over',
}

const stageWords: Record<Stage, string> = {
  uploaded: 'To be described',
  'being read': 'Being read',
  read: 'To be signed',
  'under way': 'Under way',
  done: 'Done',
}

const fromWords = ({ origin }: Pick<ListedImport, 'origin'>): string => (origin === 'other' ? 'A list' : `A list from ${origin}`)

interface UploadProps {
  readonly lists: readonly ListedImport[]
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
}

export const UploadPage = ({ lists, told, errors = {} }: UploadProps) => (
  <>
    <Crumbs to={[{ href: '/staff/updates', text: 'Updates' }]} here="Bring in a list" />
    <h1>Bring in a list</h1>
    <Told words={told} />
    <p>
      People who agreed elsewhere to get your e-mail can be subscribed here. Nobody is written to by it, and first you see what would
      happen. The columns of Ghost, listmonk and Mailchimp are known; you can say what others are.
    </p>
    <Errors errors={errors} />
    <form method="post" action={BASE} enctype="multipart/form-data" novalidate>
      <div class={errors['file'] ? 'field wrong' : 'field'}>
        <label for={fieldId('file')}>File</label>
        <p class="hint" id="file-hint">
          CSV in UTF-8, at most 20 MB. Its first line names the columns. It is kept sealed for a day, or until it is brought in.
        </p>
        {errors['file'] && (
          <p class="error" id="file-error">
            {errors['file']}
          </p>
        )}
        <input
          type="file"
          name="file"
          id={fieldId('file')}
          accept=".csv,.txt,text/csv,text/plain"
          aria-describedby={errors['file'] ? 'file-hint file-error' : 'file-hint'}
          aria-invalid={errors['file'] ? 'true' : undefined}
          required
        />
      </div>
      <Submit icon="plus">Upload</Submit>
    </form>
    <section>
      <h2>Lists</h2>
      {lists.length === 0 ? (
        <Empty icon="mail" title="No list was brought in yet">
          <p>Export one where your subscribers are now, and upload it above.</p>
        </Empty>
      ) : (
        <ListTable lists={lists} />
      )}
    </section>
  </>
)

const ListTable = ({ lists }: { lists: readonly ListedImport[] }) => (
  <Table label="Lists">
    <thead>
      <tr>
        <Column>List</Column>
        <Column>Uploaded</Column>
        <Column>By</Column>
        <Column>Standing</Column>
        <Column number>Subscribed</Column>
        <Column number>Passed over</Column>
      </tr>
    </thead>
    <tbody>
      {lists.map((list) => (
        <tr>
          <th scope="row">
            <a href={`${BASE}/${list.id}`}>{fromWords(list)}</a>
          </th>
          <td>
            <Moment at={list.uploadedAt} />
          </td>
          <td>{list.by ?? 'somebody who has left'}</td>
          <td>{stageWords[stageOf(list)]}</td>
          <td class="number">{list.became ? written(list.became.added ?? 0) : '–'}</td>
          <td class="number">{list.became ? written(sumOf(list.became) - (list.became.added ?? 0)) : '–'}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const sumOf = (counts: Fates): number => fates.reduce((sum, fate) => sum + (counts[fate] ?? 0), 0)

export const Head = ({ list, told, children }: { list: ListedImport; told?: string | undefined; children?: Child }) => (
  <>
    <Crumbs
      to={[
        { href: '/staff/updates', text: 'Updates' },
        { href: BASE, text: 'Bring in a list' },
      ]}
      here={fromWords(list)}
    />
    <h1>{fromWords(list)}</h1>
    <Told words={told} />
    {children}
  </>
)

export const Discard = ({ list }: { list: ListedImport }) => (
  <form class="inline" method="post" action={`${BASE}/${list.id}/discard`}>
    <Submit kind="quiet">Delete this list</Submit>
  </form>
)

// ---- What would happen, and what happened ------------------------------------------------------

interface ListProps {
  readonly list: ListedImport
  readonly topics: readonly Topic[]
  readonly flaws: readonly Flawed[]
  /** What whoever signs it states. */
  readonly statement: string
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
}

export const ListPage = ({ list, topics, flaws, statement, told, errors = {} }: ListProps) => {
  const stage = stageOf(list)
  const busy = stage === 'being read' || stage === 'under way'
  return (
    <>
      <Head list={list} told={told} />
      <Facts
        rows={[
          ['Uploaded', <Moment at={list.uploadedAt} />],
          ['Topics', list.topics.map((slug) => topics.find((topic) => topic.slug === slug)?.title ?? slug).join(', ')],
          ['Number', <code>{list.id}</code>],
        ]}
      />
      <section id="list" data-again={busy ? 'list' : undefined}>
        <Standing list={list} stage={stage} />
      </section>
      {stage === 'read' && <Signing list={list} statement={statement} errors={errors} />}
      {list.statement && <Signed list={list} statement={list.statement} />}
      {flaws.length > 0 && <Flaws list={list} flaws={flaws} />}
    </>
  )
}

const Standing = ({ list, stage }: { list: ListedImport; stage: Stage }) => {
  if (stage === 'being read')
    return (
      <>
        <h2>It is being read</h2>
        <p>
          This takes some seconds. You can leave this page and come back. <a href={`${BASE}/${list.id}`}>Look again</a>
        </p>
      </>
    )
  if (stage === 'under way') return <Progress list={list} />
  const counts = (stage === 'done' ? list.became : list.expected) ?? {}
  return (
    <>
      <h2>{stage === 'done' ? 'What happened' : 'What would happen'}</h2>
      <Counts counts={counts} />
      {list.finishedAt && (
        <p>
          Done <Moment at={list.finishedAt} />. Nobody was written to.
        </p>
      )}
    </>
  )
}

const Counts = ({ counts }: { counts: Fates }) => (
  <Facts
    rows={[
      ['Rows', written(sumOf(counts))],
      ...fates.filter((fate) => fate === 'added' || counts[fate]).map((fate) => [fateWords[fate], written(counts[fate] ?? 0)] as const),
    ]}
  />
)

const Progress = ({ list: { expected, became } }: { list: ListedImport }) => {
  const { twice = 0, unsubscribed = 0, flawed = 0 } = expected ?? {}
  const all = sumOf(expected ?? {}) - twice - unsubscribed - flawed
  const done = Math.min(sumOf(became ?? {}), all)
  return (
    <>
      <h2>It is being brought in</h2>
      <p id="list-says">
        {written(done)} of {written(all)} so far. You can leave this page and come back.
      </p>
      <progress max={Math.max(all, 1)} value={done} aria-labelledby="list-says"></progress>
    </>
  )
}

const Signing = ({ list, statement, errors }: Pick<ListProps, 'list' | 'statement' | 'errors'>) => (
  <section>
    <h2>Sign, and bring it in</h2>
    <p>{statement}</p>
    <Errors errors={errors ?? {}} />
    {list.expected?.added ? (
      <form method="post" action={`${BASE}/${list.id}/sign`} novalidate>
        <Checkbox
          name="sure"
          label="I sign this. It is kept with my name and this moment as the proof."
          error={errors?.['sure']}
          required
        />
        <Submit icon="pencil">
          Sign, and subscribe {written(list.expected.added)} {list.expected.added === 1 ? 'person' : 'people'}
        </Submit>
      </form>
    ) : (
      <Notice kind="warn">
        <p>There is nobody to subscribe.</p>
      </Notice>
    )}
    <div class="actions">
      <a class="button quiet" href={`${BASE}/${list.id}?describe=again`}>
        Describe it anew
      </a>
      <Discard list={list} />
    </div>
  </section>
)

const Signed = ({ list, statement }: { list: ListedImport; statement: string }) => (
  <section>
    <h2>What was signed</h2>
    <p>{statement}</p>
    <p>
      {list.by ?? 'Somebody who has left'}, {list.startedAt && <Moment at={list.startedAt} />}
    </p>
  </section>
)

/** Rows with errors that the page shows. */
export const MOST_FLAWS = 100

export const linesOf = ({ line, lastLine }: Flawed): string => (line === lastLine ? String(line) : `${line} to ${lastLine}`)

const Flaws = ({ list, flaws }: { list: ListedImport; flaws: readonly Flawed[] }) => (
  <section>
    <h2>Errors</h2>
    <p>
      {flaws.length === MOST_FLAWS ? `The first ${MOST_FLAWS}. ` : ''}Mend them in the file and upload it again, or go on without these
      rows. <a href={`${BASE}/${list.id}/errors.csv`}>Take out as CSV</a>
    </p>
    <Table label="Errors">
      <thead>
        <tr>
          <Column number>Line</Column>
          <Column>Column</Column>
          <Column>What is wrong</Column>
        </tr>
      </thead>
      <tbody>
        {flaws.map((flawed) => (
          <tr>
            <td class="number">{linesOf(flawed)}</td>
            <td>{flawed.flawColumn ?? 'the whole row'}</td>
            <td>{flawed.flaw}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  </section>
)
