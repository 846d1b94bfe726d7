/** The console's pages on topics: what people can subscribe to, and the form for other sites. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { Column, Facts, Moment, Table } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import type { Counted, Topic } from './topic.ts'

interface Filled {
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

interface TopicsProps extends Filled {
  readonly topics: readonly Counted[]
  readonly told?: string | undefined
  /** The HTML of a form for other sites, and the sites that may send it. */
  readonly snippet: string
  readonly formOrigins: readonly string[]
}

export const TopicsPage = ({ topics, told, snippet, formOrigins, errors = {}, typed = {} }: TopicsProps) => (
  <>
    <h1>Topics</h1>
    <Told words={told} />
    <TopicTable topics={topics} />
    <section>
      <h2>Add a topic</h2>
      <Errors errors={errors} />
      <form method="post" action="/staff/updates/topics" novalidate>
        <TopicFields errors={errors} typed={typed} />
        <Submit icon="plus">Add the topic</Submit>
      </form>
    </section>
    <section>
      <h2>A form for your other sites</h2>
      <p>
        Put this into a page of another site. Whoever sends it gets the same letter as from the page here, and is subscribed once they press
        its button.{' '}
        {formOrigins.length > 0 ? (
          <>Sites that may send it: {formOrigins.join(', ')}.</>
        ) : (
          <>
            No other site may send it yet: list them in the setting <code>FORM_ORIGINS</code>.
          </>
        )}
      </p>
      <pre tabindex={0} aria-label="The form's HTML">
        <code>{snippet}</code>
      </pre>
    </section>
  </>
)

const TopicTable = ({ topics }: { topics: readonly Counted[] }) => (
  <Table label="Topics">
    <thead>
      <tr>
        <Column>Title</Column>
        <Column>What one gets, and how often</Column>
        <Column number>Place</Column>
        <Column number>Subscribers</Column>
        <Column>New subscribers</Column>
      </tr>
    </thead>
    <tbody>
      {topics.map(({ slug, title, says, place, subscribers, closedAt }) => (
        <tr>
          <th scope="row">
            <a href={`/staff/updates/topics/${slug}`}>{title}</a>
          </th>
          <td>{says}</td>
          <td class="number">{place}</td>
          <td class="number">{subscribers.toLocaleString('en')}</td>
          <td>{closedAt ? <>none since {<Moment at={closedAt} as="day" />}</> : 'welcome'}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const TopicFields = ({ errors = {}, typed = {} }: Filled) => (
  <>
    <Field name="title" label="Title" value={typed['title']} error={errors['title']} maxlength={80} required />
    <Field
      name="says"
      label="What one gets, and how often"
      hint="One sentence. It is part of what people agree to, in these words."
      value={typed['says']}
      error={errors['says']}
      maxlength={300}
      required
    />
    <Field
      name="place"
      label="Place in the list"
      hint="The first topic is the one that people get who tick none."
      type="number"
      value={typed['place']}
      error={errors['place']}
      required
    />
  </>
)

interface TopicProps extends Filled {
  readonly topic: Topic
  readonly told?: string | undefined
}

export const TopicPage = ({ topic, told, errors = {}, typed }: TopicProps) => (
  <>
    <Crumbs to={[{ href: '/staff/updates/topics', text: 'Topics' }]} here={topic.title} />
    <h1>{topic.title}</h1>
    <Told words={told} />
    <Facts
      rows={[
        ['Name in addresses', topic.slug],
        ['Made', <Moment at={topic.madeAt} />],
        ['Last changed', <Moment at={topic.changedAt} />],
      ]}
    />
    <section>
      <h2>What people read</h2>
      <p>
        Whoever subscribed before agreed to the words of that day; those are kept with their subscription. Do not turn a topic into another
        one.
      </p>
      <Errors errors={errors} />
      <form method="post" action={`/staff/updates/topics/${topic.slug}`} novalidate>
        <TopicFields errors={errors} typed={typed ?? { title: topic.title, says: topic.says, place: String(topic.place) }} />
        <Submit>Save</Submit>
      </form>
    </section>
    <section>
      <h2>Take out the subscribers</h2>
      <form method="post" action={`/staff/updates/subscribers/${topic.slug}`}>
        <p>
          A file (CSV) with the name and address of everybody who gets it, and what they agreed to, when and where. It is noted on the
          team’s page that you took it. Handle it with care, and delete it when you are done.
        </p>
        <Submit kind="quiet">Take out the subscribers</Submit>
      </form>
    </section>
    <section>
      <h2>New subscribers</h2>
      <form method="post" action={`/staff/updates/topics/${topic.slug}/${topic.closedAt ? 'open' : 'close'}`}>
        <p>
          {topic.closedAt
            ? 'Nobody new can subscribe. Whoever is subscribed still gets what you send on it.'
            : 'Anybody can subscribe. Once closed, whoever is subscribed still gets what you send on it.'}
        </p>
        <Submit kind="quiet">{topic.closedAt ? 'Open it to new subscribers' : 'Close it to new subscribers'}</Submit>
      </form>
    </section>
  </>
)
