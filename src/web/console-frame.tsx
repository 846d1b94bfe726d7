/** What frames the pages of the console: its navigation, the search in its head, its keys. */
import { Icon } from './icons.tsx'
import type { Place } from './layout.tsx'

/** A page of the console in its navigation. */
export interface Tab extends Place {
  /** The part of the navigation that it stands in; the first page stands above them all. */
  readonly group?: string | undefined
  /** The letter that leads there after a `g`. */
  readonly key?: string | undefined
}

const words = {
  nav: 'Console',
  menu: 'Menu',
  search: 'Search the console',
  keys: 'Keys',
  off: 'Switch the keys off',
}

/** The keys that lead to no page. */
const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['/', 'to the search'],
  ['i', 'to the page’s own field: the letter, the text, the search'],
  ['?', 'to this list'],
  ['j, k', 'to the next and the previous row of a table'],
]

interface NavProps {
  readonly tabs: readonly Tab[]
  readonly path: string
  /** The tab in whose part of the console the page lies. */
  readonly here: string | undefined
}

/** Beside the page where there is room, and else behind a button: the same list twice, of which one is there at a time. */
export const ConsoleNav = (props: NavProps) => (
  <>
    <nav class="side" aria-label={words.nav}>
      <Parts {...props} />
    </nav>
    <details class="menu">
      <summary>
        {words.menu}
        <b>{props.tabs.find(({ href }) => href === props.here)?.text}</b>
      </summary>
      <nav aria-label={words.menu}>
        <Parts {...props} />
      </nav>
    </details>
  </>
)

const Parts = ({ tabs, path, here }: NavProps) => (
  <>
    {[...Map.groupBy(tabs, ({ group }) => group ?? '')].map(([group, listed]) => (
      <>
        {group && <p>{group}</p>}
        <ul>
          {listed.map(({ href, text, key }) => (
            <li>
              <a href={href} aria-current={href === path ? 'page' : href === here ? 'true' : undefined} data-key={key}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      </>
    ))}
  </>
)

/** The search in the head of every page of the console. */
export const ConsoleSearch = () => (
  <form class="seek" role="search" aria-label={words.nav} action="/staff/search">
    <input type="search" name="q" aria-label={words.search} placeholder={words.search} autocomplete="off" spellcheck={false} />
    <button type="submit" class="link" aria-label="Find">
      <Icon name="search" />
    </button>
  </form>
)

/** Which keys do what; it opens by `?`, and by a click. */
export const ConsoleKeys = ({ tabs }: { tabs: readonly Tab[] }) => (
  <details class="keys" id="keys">
    <summary>{words.keys}</summary>
    <p>Where a script runs, these keys work outside of fields. Every one of them only goes where a link goes, too.</p>
    <dl class="facts" id="keys-list">
      {KEYS.map(([key, does]) => (
        <div>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
      {tabs.map(
        ({ key, text }) =>
          key && (
            <div>
              <dt>
                <kbd>g</kbd> <kbd>{key}</kbd>
              </dt>
              <dd>{text}</dd>
            </div>
          ),
      )}
    </dl>
    <button type="button" class="quiet" data-keys-off hidden>
      {words.off}
    </button>
  </details>
)
