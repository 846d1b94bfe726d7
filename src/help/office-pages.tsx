/** The console's lists about help: the queue, saved replies, what was said of articles. */
import { now } from '../clock.ts'
import type { Article } from '../web/content.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Search, Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Column, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { howLong } from './how-long.ts'
import { type Listed, LOOKED_THROUGH, SHOWN, type View, views } from './queue.ts'
import { type SavedReply, places } from './saved-reply.ts'
import type { Votes } from './vote.ts'

/** The way back to the queue. */
export const up = [{ href: '/staff/help', text: 'Questions' }]

const viewWords: Readonly<Record<View, string>> = { waiting: 'Waiting', mine: 'Mine', open: 'All open', closed: 'Closed' }
const emptyWords: Readonly<Record<View, string>> = {
  waiting: 'Nobody waits for an answer',
  mine: 'Nothing is assigned to you',
  open: 'Nothing is open',
  closed: 'Nothing was closed yet',
}
/** By which way a conversation began, in words. */
export const wayWords: Readonly<Record<Listed['way'], string>> = {
  web: 'By the form',
  account: 'From the account',
  email: 'By e-mail',
  program: 'From a service',
}

interface QueueProps {
  readonly view: View
  readonly listed: readonly Listed[]
  readonly names: ReadonlyMap<string, string>
  /** What was looked for, and whether only a part was looked through. */
  readonly sought?: string | undefined
  readonly bounded?: boolean | undefined
  readonly told?: string | undefined
}

export const QueuePage = ({ view, listed, names, sought, bounded, told }: QueueProps) => (
  <>
    <h1>Questions</h1>
    <Told words={told} />
    <Search action="/staff/help" label="A name, an address, a number, or words" value={sought} />
    <nav class="views" aria-label="Which questions">
      <ul>
        {views.map((name) => (
          <li>
            <a href={`/staff/help?view=${name}`} aria-current={!sought && name === view ? 'page' : undefined}>
              {viewWords[name]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
    {sought && (
      <p>
        <small>
          Words are found in the last {LOOKED_THROUGH.days} days
          {bounded ? `, and in the latest ${LOOKED_THROUGH.conversations} questions` : ''}: they are sealed, and opened to be looked
          through. Opening a question is noted for its person.
        </small>
      </p>
    )}
    {listed.length === 0 ? (
      <Empty icon={sought ? 'search' : 'circle-check'} title={sought ? 'Nothing found' : emptyWords[view]}>
        <p>
          {sought ? 'A name, an address or fewer words may find it.' : 'Questions from the form, from accounts and by e-mail appear here.'}
        </p>
      </Empty>
    ) : (
      <Queue listed={listed} names={names} />
    )}
    {listed.length === SHOWN && <p>The first {SHOWN} are shown.</p>}
    <div class="actions">
      <a class="button quiet" href="/staff/help/replies">
        Saved replies
      </a>
      <a class="button quiet" href="/staff/help/articles">
        What helps in the articles
      </a>
    </div>
  </>
)

const Queue = ({ listed, names }: Pick<QueueProps, 'listed' | 'names'>) => (
  <Table label="Questions">
    <thead>
      <tr>
        <Column>From</Column>
        <Column>Came</Column>
        <Column>Waits for an answer</Column>
        <Column>Last word</Column>
        <Column>Assigned to</Column>
      </tr>
    </thead>
    <tbody>
      {listed.map((one) => (
        <tr>
          <th scope="row">
            <a href={`/staff/help/${one.id}`}>{one.who ?? 'Nobody certain'}</a>
          </th>
          <td>
            {wayWords[one.way]}
            {one.article && <small> · {one.article}</small>}
          </td>
          <td>{one.waitingSince ? howLong(one.waitingSince, now()) : one.closedAt ? 'closed' : 'answered'}</td>
          <td>
            <Moment at={one.wroteAt} />
          </td>
          <td>{(one.staffId && names.get(one.staffId)) ?? ''}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

interface RepliesProps {
  readonly replies: readonly SavedReply[]
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const RepliesPage = ({ replies, told, errors = {}, typed = {} }: RepliesProps) => (
  <>
    <Crumbs to={up} here="Saved replies" />
    <h1>Saved replies</h1>
    <Told words={told} />
    {replies.length === 0 ? (
      <Empty icon="pencil" title="None yet">
        <p>Write down below what you often answer. It stands ready beside each question.</p>
      </Empty>
    ) : (
      <ul class="rows">
        {replies.map(({ id, title, changedAt }) => (
          <li>
            <div>
              <a href={`/staff/help/replies/${id}`}>{title}</a>
            </div>
            <small>
              changed <Moment at={changedAt} as="day" />
            </small>
          </li>
        ))}
      </ul>
    )}
    <h2>Write one</h2>
    <ReplyForm action="/staff/help/replies" {...{ errors, typed }} />
  </>
)

export const ReplyPage = ({ reply, errors = {}, typed }: { reply: SavedReply; errors?: FormErrors; typed?: Typed }) => (
  <>
    <Crumbs to={[...up, { href: '/staff/help/replies', text: 'Saved replies' }]} here={reply.title} />
    <h1>{reply.title}</h1>
    <ReplyForm action={`/staff/help/replies/${reply.id}`} errors={errors} typed={typed ?? { title: reply.title, words: reply.words }} />
    <form method="post" action={`/staff/help/replies/${reply.id}/remove`}>
      <Submit kind="danger">Take it away</Submit>
    </form>
  </>
)

const ReplyForm = ({ action, errors, typed }: { action: string; errors: FormErrors; typed: Typed }) => (
  <>
    <Errors errors={errors} />
    <form method="post" action={action} novalidate>
      <Field name="title" label="What it is called" value={typed['title']} error={errors['title']} maxlength={100} required />
      <Field
        name="words"
        label="Its words"
        value={typed['words']}
        error={errors['words']}
        rows={7}
        maxlength={5000}
        hint={
          <>
            The letter greets by itself. These are filled in:{' '}
            {Object.entries(places).map(([name, says], at) => (
              <>
                {at > 0 && ', '}
                <code>{`{{${name}}}`}</code> {says}
              </>
            ))}
            .
          </>
        }
        required
      />
      <Submit icon="check">Keep it</Submit>
    </form>
  </>
)

interface ArticlesProps {
  readonly articles: readonly Article[]
  readonly votes: ReadonlyMap<string, Votes>
  /** How many questions were asked from each article, of those that are kept. */
  readonly asked: ReadonlyMap<string, number>
}

export const ArticlesPage = ({ articles, votes, asked }: ArticlesProps) => (
  <>
    <Crumbs to={up} here="Articles" />
    <h1>What helps in the articles</h1>
    <Notice kind="info">
      <p>Readers may say whether an article helped. It is counted, and nobody is told apart.</p>
    </Notice>
    <Table label="Articles">
      <thead>
        <tr>
          <Column>Article</Column>
          <Column number>Helped</Column>
          <Column number>Did not</Column>
          <Column number>Share</Column>
          <Column number>Questions from it</Column>
        </tr>
      </thead>
      <tbody>
        {articles.map(({ slug, title }) => {
          const { yes, no } = votes.get(slug) ?? { yes: 0, no: 0 }
          return (
            <tr>
              <th scope="row">
                <a href={`/help/${slug}`}>{title}</a>
              </th>
              <td class="number">{yes}</td>
              <td class="number">{no}</td>
              <td class="number">{yes + no > 0 ? `${Math.round((100 * yes) / (yes + no))} %` : ''}</td>
              <td class="number">{asked.get(slug) ?? 0}</td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  </>
)
