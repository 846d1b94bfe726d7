import { raw } from 'hono/html'
import type { Child, PropsWithChildren } from 'hono/jsx'
import { AskingBanner } from './asking.tsx'
import { ConsoleKeys, ConsoleNav, ConsoleSearch, type Tab } from './console-frame.tsx'
import mark from './favicon.svg'
import { Icon, type IconName } from './icons.tsx'

/** What a page says about itself, and the little that the frame must know of the reader. */
export interface Frame {
  title: string
  description?: string | undefined
  path: string
  signedIn: boolean
  area: 'site' | 'account' | 'staff'
  /** The console's navigation, by role. */
  tabs?: readonly Tab[] | undefined
  company: { name: string; short: string }
  /** Path of a module script. */
  script?: string | undefined
  /** The browser asks not to be followed: the footer says that it is honoured. */
  signal?: boolean | undefined
  /** The reader chose not to be counted. */
  uncounted?: boolean | undefined
  /** There is a service of others that the reader was not asked about. */
  unasked?: boolean | undefined
  /** A version of the policy that was published and has not taken effect. */
  coming?: Place | undefined
  /** The services of others that the operator turned on, as one says them. */
  services?: string | undefined
  robots?: 'noindex' | undefined
  /** Where a feed reader finds what is new here. */
  feeds?: readonly { type: string; href: string; title: string }[] | undefined
}

/** Where the compiled stylesheet and the fonts worth preloading are served. */
export interface Assets {
  css: string
  script: string
  keys: string
  fonts: readonly string[]
}

/** Somewhere to go, and what it is called. */
export interface Place {
  href: string
  text: string
}

const words = {
  skip: 'Skip to the content',
  site: 'Main',
  account: 'Your account',
  footer: 'About this site',
  crumbs: 'Where you are',
  signOut: 'Sign out',
  purpose: 'What for',
  basis: 'On what basis',
  until: 'How long',
  coming: 'A change to our privacy policy',
  changes: 'See what changes, and what you can do',
  signal: 'Your browser asks not to be followed (Global Privacy Control or Do Not Track). We honour it.',
}

const places: readonly Place[] = [
  { href: '/services', text: 'Services' },
  { href: '/updates', text: 'Updates' },
  { href: '/help', text: 'Help' },
  { href: '/privacy', text: 'Privacy' },
]

const doors: readonly Place[] = [
  { href: '/sign-in', text: 'Sign in' },
  { href: '/sign-up', text: 'Sign up' },
]

const home: readonly Place[] = [{ href: '/account', text: 'Account' }]

const accountPlaces: readonly Place[] = [
  { href: '/account', text: 'Account' },
  { href: '/account/services', text: 'Services' },
  { href: '/account/billing', text: 'Billing' },
  { href: '/account/security', text: 'Security' },
  { href: '/account/updates', text: 'Updates' },
  { href: '/account/mailbox', text: 'Letters' },
  { href: '/account/help', text: 'Questions' },
  { href: '/account/privacy', text: 'Privacy' },
  { href: '/account/suggestions', text: 'Suggestions' },
]

const small: readonly Place[] = [
  { href: '/privacy', text: 'Privacy' },
  { href: '/privacy/promises', text: 'Our promises' },
  { href: '/privacy/data', text: 'Data we keep' },
  { href: '/privacy/requests/new', text: 'Privacy requests' },
  { href: '/cookies', text: 'Cookies' },
  { href: '/updates', text: 'Updates' },
  { href: '/help', text: 'Help' },
  { href: '/help/contact', text: 'Contact' },
  { href: '/security', text: 'Security' },
]

/**
 * A whole HTML document: head, skip link, header, the area's own navigation, `main`, footer.
 * The page brings its `h1` itself.
 */
export function Layout(props: PropsWithChildren<Frame & { assets: Assets }>) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <Head {...props} />
        <body class={props.area}>
          <a class="skip" href="#content">
            {words.skip}
          </a>
          <Header {...props} />
          {props.area === 'account' && <Tabs path={props.path} />}
          {props.area === 'staff' && props.tabs && (
            <ConsoleNav
              tabs={props.tabs}
              path={props.path}
              here={nearest(
                props.path,
                props.tabs.filter(({ group }) => group),
              )}
            />
          )}
          {props.coming && props.area !== 'staff' && (
            <aside class="coming" aria-label={words.coming}>
              <p>
                {props.coming.text} <a href={props.coming.href}>{words.changes}</a>
              </p>
            </aside>
          )}
          {props.unasked && props.services && props.area !== 'staff' && <AskingBanner services={props.services} path={props.path} />}
          <main id="content" tabindex={-1}>
            {props.children}
          </main>
          <Footer {...props} />
        </body>
      </html>
    </>
  )
}

function Head(props: Frame & { assets: Assets }) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${props.title} · ${props.company.short}`}</title>
      {props.description && <meta name="description" content={props.description} />}
      {props.robots && <meta name="robots" content={props.robots} />}
      <meta name="color-scheme" content="light dark" />
      {props.assets.fonts.map((href) => (
        <link rel="preload" href={href} as="font" type="font/woff2" crossorigin="anonymous" />
      ))}
      <link rel="stylesheet" href={props.assets.css} />
      {props.feeds?.map((feed) => (
        <link rel="alternate" {...feed} />
      ))}
      <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      {[props.assets.script, props.area === 'staff' ? props.assets.keys : undefined, props.script].map(
        (src) => src && <script type="module" src={src}></script>,
      )}
      {props.area !== 'staff' && !props.signal && !props.uncounted && <script defer src="/n.js" data-views="no"></script>}
    </head>
  )
}

function Header({ path, signedIn, company, area, tabs }: Frame) {
  const here = nearest(path, [...places, ...doors, ...home])
  return (
    <header class="top">
      <a class="wordmark" href="/" aria-current={path === '/' ? 'page' : undefined}>
        {raw(mark.trim().replace('<svg', '<svg aria-hidden="true"'))}
        {company.short}
      </a>
      {area === 'staff' && tabs && <ConsoleSearch />}
      <nav aria-label={words.site}>
        <ul>
          <Links to={places} path={path} here={here} />
        </ul>
        <ul>
          <Links to={signedIn ? home : doors} path={path} here={here} />
          {signedIn && (
            <li>
              <form method="post" action="/sign-out">
                <button type="submit" class="link">
                  {words.signOut}
                </button>
              </form>
            </li>
          )}
        </ul>
      </nav>
    </header>
  )
}

const Tabs = ({ path }: { path: string }) => (
  <nav class="tabs" aria-label={words.account}>
    <ul>
      <Links to={accountPlaces} path={path} here={nearest(path, accountPlaces)} />
    </ul>
  </nav>
)

function Footer({ path, company, signal, area, tabs }: Frame) {
  return (
    <footer class="bottom">
      {area === 'staff' && tabs && <ConsoleKeys tabs={tabs} />}
      <nav aria-label={words.footer}>
        <ul>
          <Links to={small} path={path} />
        </ul>
      </nav>
      {signal && (
        <p>
          <Icon name="shield-check" /> {words.signal}
        </p>
      )}
      <p>{company.name}</p>
    </footer>
  )
}

/** The page itself is `page`; the part of the site that it lies in is `true`. */
function Links({ to, path, here }: { to: readonly Place[]; path: string; here?: string | undefined }) {
  const current = (href: string) => (href === path ? 'page' : href === here ? 'true' : undefined)
  return (
    <>
      {to.map(({ href, text }) => (
        <li>
          <a href={href} aria-current={current(href)}>
            {text}
          </a>
        </li>
      ))}
    </>
  )
}

/** Of several places that contain a path, the one that lies deepest. */
function nearest(path: string, among: readonly Place[]): string | undefined {
  const containing = among.filter(({ href }) => `${path}/`.startsWith(`${href}/`))
  return containing.sort((a, b) => b.href.length - a.href.length)[0]?.href
}

/** The way back up: each place that contains this page, the page itself last and without a link. */
export function Crumbs({ to, here }: { to: readonly Place[]; here: string }) {
  return (
    <nav class="crumbs" aria-label={words.crumbs}>
      <ol>
        {to.map(({ href, text }) => (
          <li>
            <a href={href}>{text}</a>
          </li>
        ))}
        <li aria-current="page">{here}</li>
      </ol>
    </nav>
  )
}

const signs = {
  info: 'info',
  good: 'circle-check',
  warn: 'triangle-alert',
  bad: 'circle-alert',
} satisfies Record<string, IconName>

/** A remark that stands out: `live` when it tells the outcome of what the reader just did. */
export function Notice(props: PropsWithChildren<{ kind: keyof typeof signs; live?: boolean | undefined }>) {
  return (
    <div class={`notice ${props.kind}`} role={props.live ? 'status' : undefined}>
      <Icon name={signs[props.kind]} />
      <div>{props.children}</div>
    </div>
  )
}

/** What a list says while it is empty, and what to do first. */
export function Empty(props: PropsWithChildren<{ icon: IconName; title: string; action?: Child }>) {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      {props.children}
      {props.action && <p>{props.action}</p>}
    </div>
  )
}

interface HeldProps {
  title: string
  /** How much, and until when, in a few words. */
  note?: Child
  open?: boolean | undefined
  fields: readonly { name: string; value?: Child; purpose: Child; basis: Child; until: Child }[]
}

/** What is held of one kind: each field with its value, its purpose, its basis and how long it is kept. */
export function Held({ title, note, open, fields, children }: PropsWithChildren<HeldProps>) {
  return (
    <details class="held" open={open}>
      <summary>
        <h2>{title}</h2> {note && <small>{note}</small>}
      </summary>
      {children}
      <dl>
        {fields.map(({ name, value, ...why }) => (
          <div>
            <dt>{name}</dt>
            {value != null && <dd class="value">{value}</dd>}
            <Why {...why} />
          </div>
        ))}
      </dl>
    </details>
  )
}

function Why({ purpose, basis, until }: Pick<HeldProps['fields'][number], 'purpose' | 'basis' | 'until'>) {
  const told = [
    [words.purpose, purpose],
    [words.basis, basis],
    [words.until, until],
  ] as const
  return (
    <>
      {told.map(([label, text]) => (
        <dd>
          <b>{label}</b> <span>{text}</span>
        </dd>
      ))}
    </>
  )
}
