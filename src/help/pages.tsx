/** Help and Support as everybody sees it: articles, finding one, saying whether it helped, asking. */
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Article } from '../web/content.ts'
import type { FormErrors, Typed } from '../web/form.ts'
import { EmailField, Errors, Field, Search, Submit } from '../web/forms.tsx'
import { Crumbs, Empty } from '../web/layout.tsx'
import type { Found } from './finding.ts'

const up = [{ href: '/help', text: 'Help and Support' }]

const SearchBar = ({ sought }: { sought?: string | undefined }) => <Search action="/help" label="Search the help" value={sought} />

export const IndexPage = ({ articles }: { articles: readonly Article[] }) => (
  <>
    <h1>Help and Support</h1>
    <SearchBar />
    <div class="index">
      {[...Map.groupBy(articles, (article) => article.section)].map(([section, listed]) => (
        <section>
          <h2>{section}</h2>
          <ul>
            {listed.map(({ slug, title, summary }) => (
              <li>
                <a href={`/help/${slug}`}>{title}</a>
                <p class="soft">{summary}</p>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
    <p>
      Your question is not answered here? <a href="/help/contact">Ask us</a>.
    </p>
  </>
)

export const FoundPage = ({ sought, found }: { sought: string; found: readonly Found[] }) => (
  <>
    <Crumbs to={up} here="Search" />
    <h1>Search the help</h1>
    <SearchBar sought={sought} />
    {found.length === 0 ? (
      <Empty icon="search" title="Nothing found" action={<a href="/help/contact">Ask us</a>}>
        <p>No article has these words. Fewer or other words may find one; or somebody of our staff answers you.</p>
      </Empty>
    ) : (
      <>
        <p>{found.length === 1 ? 'One article' : `${found.length} articles`}, the best first.</p>
        <ol class="found">
          {found.map(({ article, excerpt }) => (
            <li>
              <a href={`/help/${article.slug}`}>{article.title}</a> <small>{article.section}</small>
              <p>{excerpt.map(({ text, sought: hit }) => (hit ? <mark>{text}</mark> : text))}</p>
            </li>
          ))}
        </ol>
        <p>
          Not what you looked for? <a href="/help/contact">Ask us</a>.
        </p>
      </>
    )}
  </>
)

export const ArticlePage = ({ article }: { article: Article }) => (
  <>
    <Crumbs to={up} here={article.title} />
    <article class="prose">
      <h1>{article.title}</h1>
      <p class="lead">{article.summary}</p>
      {raw(article.html)}
    </article>
    <form class="helped" method="post" action={`/help/${article.slug}/helped`} aria-labelledby="helped">
      <p id="helped">Did this help?</p>
      <Submit kind="quiet" name="helped" value="yes">
        Yes
      </Submit>
      <Submit kind="quiet" name="helped" value="no">
        No
      </Submit>
      <p class="hint">It is counted; who said it is not kept.</p>
    </form>
  </>
)

export const ThanksPage = ({ article }: { article: Article }) => (
  <>
    <Crumbs to={[...up, { href: `/help/${article.slug}`, text: article.title }]} here="Thank you" />
    <article class="prose">
      <h1>Thank you</h1>
      <p>It is counted, without you. Is something still unclear?</p>
      <p>
        <a class="button" href={`/help/contact?about=${article.slug}`}>
          Ask us about it
        </a>
      </p>
      <p>
        <a href="/help">All help articles</a>
      </p>
    </article>
  </>
)

export interface ContactProps {
  readonly title: string
  /** What the operator wrote about where to write. */
  readonly more: string
  /** The article from which somebody asks. */
  readonly about?: Article | undefined
  /** Nobody needs to say who they are who is signed in. */
  readonly signedInAs?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const ContactPage = ({ title, more, about, signedInAs, errors = {}, typed = {} }: ContactProps) => (
  <>
    <Crumbs to={up} here={title} />
    <h1>{title}</h1>
    <p class="lead">Ask us anything. Somebody of our staff reads it, and answers by e-mail.</p>
    <Errors errors={errors} />
    <form method="post" action="/help/contact" novalidate>
      {about && (
        <>
          <input type="hidden" name="about" value={about.slug} />
          <p>
            About the article <a href={`/help/${about.slug}`}>{about.title}</a>
          </p>
        </>
      )}
      {signedInAs ? <p>The answer goes to {signedInAs}, and stands in your account.</p> : <WhoYouAre {...{ errors, typed }} />}
      <Field
        name="words"
        label="Your question"
        value={typed['words']}
        error={errors['words']}
        rows={7}
        maxlength={5000}
        hint="We keep it sealed. Please name no passwords, codes or card numbers."
        required
      />
      <Submit icon="send">Ask</Submit>
    </form>
    <p>
      It is about data that we hold about you? <a href="/privacy/requests/new">A privacy request</a> has a clock, and goes its way at once.
    </p>
    <section class="prose">{raw(more)}</section>
  </>
)

const WhoYouAre = ({ errors, typed }: { errors: FormErrors; typed: Typed }) => (
  <>
    <Field name="name" label="Your name" value={typed['name']} error={errors['name']} autocomplete="name" maxlength={200} required />
    <EmailField {...{ errors, typed }} hint="The answer goes there, and nowhere else." />
  </>
)

export const AskedPage = (): Child => (
  <article class="prose">
    <h1>Your question has come in</h1>
    <p>
      We have written to the address that you gave. Somebody of our staff reads the question, and answers there. If there is more to say,
      answer that letter.
    </p>
    <p>If no letter comes within a few minutes, look among the unwanted ones, or check the address and ask again.</p>
  </article>
)
