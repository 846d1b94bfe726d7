/** The archive, for everybody to read. */
import { raw } from 'hono/html'
import { Crumbs, Empty } from '../web/layout.tsx'
import { Moment, Pager } from '../web/lists.tsx'
import { type ArchiveList, JSON_FEED, LISTED, type Published, RSS } from './archive.ts'

export const ArchivePage = ({ issues, page, more }: ArchiveList) => (
  <>
    <Crumbs to={[{ href: '/updates', text: 'Updates' }]} here="Archive" />
    <h1>Archive</h1>
    <p class="lead">What we have sent so far.</p>
    {issues.length === 0 ? (
      <Empty icon="mail" title="Nothing was sent yet">
        <p>
          <a href="/updates">Subscribe</a>, and you get what comes.
        </p>
      </Empty>
    ) : (
      <ul class="rows">
        {issues.map(({ slug, topic, title, summary, sentAt }) => (
          <li>
            <div>
              <h2>
                <a href={`/updates/archive/${slug}`}>{title}</a>
              </h2>
              <p>{summary}</p>
              <p class="soft">
                {topic}, <Moment at={sentAt} as="day" />
              </p>
            </div>
          </li>
        ))}
      </ul>
    )}
    {(more || page > 1) && <Pages {...{ issues, page, more }} />}
    <p>
      Your feed reader finds the newest ones as <a href={`/updates/archive/${RSS}`}>RSS</a> and as{' '}
      <a href={`/updates/archive/${JSON_FEED}`}>JSON Feed</a>.
    </p>
  </>
)

const Pages = ({ issues, page, more }: ArchiveList) => {
  const first = (page - 1) * LISTED + 1
  const pathOf = (page: number): string => (page === 1 ? '/updates/archive' : `/updates/archive/page/${page}`)
  return (
    <Pager
      summary={`${first} to ${first + issues.length - 1}, newest first`}
      previous={page > 1 ? pathOf(page - 1) : undefined}
      next={more ? pathOf(page + 1) : undefined}
    />
  )
}

export const IssuePage = ({ issue: { title, topic, summary, sentAt, html } }: { issue: Published }) => (
  <>
    <Crumbs
      to={[
        { href: '/updates', text: 'Updates' },
        { href: '/updates/archive', text: 'Archive' },
      ]}
      here={title}
    />
    <article class="prose">
      <h1>{title}</h1>
      <p class="lead">{summary}</p>
      <p class="soft">
        {topic}, <Moment at={sentAt} as="day" />
      </p>
      {raw(html)}
    </article>
    <section>
      <p>
        <a class="button" href="/updates">
          Get updates by e-mail
        </a>
      </p>
    </section>
  </>
)
