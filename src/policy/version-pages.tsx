/** Versions of the policy as pages: their words, what they changed, what one can do. */
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Version } from '../versions/version.ts'
import { renderMarkdown } from '../web/content.ts'
import { Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import { Changes, NewsList } from './changes.tsx'
import { categoryInWords, type News, type Piece, purposeInWords } from './news.ts'
import type { Delivery } from './notices.ts'

const up = [{ href: '/privacy', text: 'Privacy policy' }]
const upFrom = ({ number }: Version) => [
  ...up,
  { href: '/privacy/versions', text: 'Versions' },
  { href: `/privacy/versions/${number}`, text: `Version ${number}` },
]

/** In effect since when, or from when on. */
const Standing = ({ version: { tookEffectAt, effectiveAt } }: { version: Version }) =>
  tookEffectAt ? (
    <>
      in effect since <Moment at={tookEffectAt} as="day" />
    </>
  ) : (
    <>
      takes effect on <Moment at={effectiveAt} as="day" />, at the earliest
    </>
  )

interface PolicyProps {
  readonly version: Version
  /** On the version's own page: what is known of it. */
  readonly evidence?: { readonly delivery: Delivery | undefined }
  readonly below?: Child
}

export const PolicyPage = ({ version, evidence, below }: PolicyProps) => (
  <>
    {evidence && <Crumbs to={upFrom(version).slice(0, -1)} here={`Version ${version.number}`} />}
    <article class="prose">
      <h1>{version.title}</h1>
      <p class="lead">{version.summary}</p>
      <p>
        Version {version.number}, <Standing version={version} />. <a href="/privacy/versions">All versions</a>
        {' · '}
        <a href="/privacy/promises">Whether we keep our promises</a>
      </p>
      {raw(renderMarkdown(version.source))}
      {evidence && <Evidence version={version} delivery={evidence.delivery} />}
      {below}
    </article>
  </>
)

const Evidence = ({ version, delivery }: { version: Version; delivery: Delivery | undefined }) => (
  <section id="evidence">
    <h2>About this version</h2>
    <Facts
      rows={[
        ['Published', <Moment at={version.publishedAt} />],
        ['In effect', version.tookEffectAt ? <Moment at={version.tookEffectAt} /> : 'Not yet'],
        ['Change', `${version.brought ? '' : version.material ? 'Material. ' : 'Not material. '}${version.reason}`],
        ...(delivery && version.material ? [['Notice', <Told delivery={delivery} />] as const] : []),
        ['Notice before a material change', `${version.noticeDays} days`],
        ['Used for', version.purposes.map(purposeInWords).join('; ')],
        ['Kinds of data', version.categories.map(categoryInWords).join('; ')],
        ['Recipients', version.processors.join('; ')],
        ...(version.retention.length > 0 ? [['Times that it states', version.retention.join('; ')] as const] : []),
        ['SHA-256 of its words', <code>{version.sha256}</code>],
      ]}
    />
    <p>
      <a href={`/privacy/versions/${version.number}/policy.md`}>Its words, byte for byte</a>
      {version.number > 1 && (
        <>
          {' · '}
          <a href={`/privacy/versions/${version.number}/changes`}>What it changed</a>
        </>
      )}
    </p>
  </section>
)

const Told = ({ delivery: { people, waiting, counts, seen, lastOut } }: { delivery: Delivery }) => {
  const failed = (counts.get('refused') ?? 0) + (counts.get('held') ?? 0) + (counts.get('bounced') ?? 0)
  return (
    <>
      By e-mail to {people.toLocaleString('en')} {people === 1 ? 'person' : 'people'}, and on every page of this website.
      {waiting > 0 ? ` ${waiting.toLocaleString('en')} letters are still to go out.` : ''}
      {lastOut && waiting === 0 && (
        <>
          {' '}
          The last letter went out <Moment at={lastOut} />.
        </>
      )}
      {failed > 0 &&
        ` ${failed.toLocaleString('en')} could not be delivered: they are told when they next sign in; ${seen.toLocaleString('en')} of them have read it.`}
    </>
  )
}

export const VersionsPage = ({ versions, inForce }: { versions: readonly Version[]; inForce: number | undefined }) => (
  <>
    <Crumbs to={up} here="Versions" />
    <article class="prose">
      <h1>Versions of the privacy policy</h1>
      <p class="lead">Every version stays here, byte for byte, with its date and what it changed.</p>
      <ul>
        {versions.toReversed().map((version) => (
          <li>
            <a href={`/privacy/versions/${version.number}`}>Version {version.number}</a>
            {version.number === inForce ? ', in force: ' : ', '}
            <Standing version={version} />
            {version.number > 1 && (
              <>
                . <a href={`/privacy/versions/${version.number}/changes`}>What version {version.number} changed</a>
              </>
            )}
          </li>
        ))}
      </ul>
    </article>
  </>
)

interface ChangesProps {
  readonly version: Version
  readonly pieces: readonly Piece[] | undefined
  readonly news: News | undefined
}

export const ChangesPage = ({ version, pieces, news }: ChangesProps) => (
  <>
    <Crumbs to={upFrom(version)} here="Changes" />
    <article class="prose">
      <h1>What version {version.number} changes</h1>
      {pieces ? (
        <>
          <p class="lead">{version.reason}</p>
          <p>
            It <Standing version={version} />.
            {!version.tookEffectAt && (
              <>
                {' '}
                <a href={`/privacy/versions/${version.number}/choices`}>What you can do if you do not want this</a>
              </>
            )}
          </p>
          {news && <NewsList news={news} />}
          <h2>Word by word</h2>
          <Changes pieces={pieces} />
        </>
      ) : (
        <p>This is the first version.</p>
      )}
    </article>
  </>
)

export const ChoicesPage = ({ version, address }: { version: Version; address: string }) => (
  <>
    <Crumbs to={upFrom(version)} here="What you can do" />
    <article class="prose">
      <h1>What you can do</h1>
      <p class="lead">
        Version {version.number} of our privacy policy {version.tookEffectAt ? 'is' : 'is not yet'} in effect. All of this is open to you
        before it takes effect, and after.
      </p>
      <ul>
        <li>
          <strong>Object</strong> to a use of your data: <a href="/account/privacy#requests">in your account</a>, or{' '}
          <a href="/privacy/requests/new">without one</a>.
        </li>
        <li>
          <strong>Switch off</strong> what needs your agreement: <a href="/account/suggestions">suggestions</a>,{' '}
          <a href="/privacy#choices">analytics services of others</a>.
        </li>
        <li>
          <strong>Take your data with you:</strong> <a href="/account/privacy">a copy, at once, from your account</a>.
        </li>
        <li>
          <strong>Leave:</strong> <a href="/updates/preferences">the updates</a>, or <a href="/account/services">a service</a>.
        </li>
        <li>
          <strong>Have everything erased:</strong> <a href="/account/privacy/erasure">from your account</a>, or by{' '}
          <a href="/privacy/requests/new">asking for it</a>.
        </li>
      </ul>
      <p>
        Or write to <a href={`mailto:${address}`}>{address}</a>: a sentence is enough.
      </p>
    </article>
  </>
)

export const NoticePage = ({ version, news }: { version: Version; news: News | undefined }) => (
  <article class="prose">
    <h1>Our privacy policy changes</h1>
    <p class="lead">Our letter about this could not be delivered to you, so you find it here.</p>
    <p>{version.reason}</p>
    <p>
      Version {version.number} <Standing version={version} />.
    </p>
    {news && <NewsList news={news} />}
    <p>
      <a href={`/privacy/versions/${version.number}/changes`}>What it changes, word by word</a> ·{' '}
      <a href={`/privacy/versions/${version.number}/choices`}>What you can do if you do not want this</a>
    </p>
    <form method="post" action="/account/policy">
      <input type="hidden" name="version" value={String(version.number)} />
      <Submit>I have read this</Submit>
    </form>
  </article>
)
