/** The console's page of letters about visits, and the page that a letter's link opens. */
import { tickedIn } from '../web/form.ts'
import { Choices, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { Told } from '../web/told.tsx'
import type { LetterKind } from './letter-tables.ts'
import { VISITS } from './panel-pages.tsx'
import { ruleWords } from './sudden.ts'

export const LETTERS = `${VISITS}/letters`

interface LettersProps {
  readonly chosen: readonly LetterKind[]
  readonly least: number
  readonly told?: string | undefined
}

export const LettersPage = ({ chosen, least, told }: LettersProps) => (
  <>
    <Crumbs to={[{ href: VISITS, text: 'Visits' }]} here="Letters" />
    <h1>Letters about visits</h1>
    <Told words={told} />
    <p>
      They go to your own address, and only while your role may see reports. Each has a link that stops it. What fewer than {least} visitors
      share is in no letter.
    </p>
    <form method="post" action={LETTERS} novalidate>
      <Choices
        type="checkbox"
        name="letters"
        legend="Which letters do you want?"
        options={[
          {
            value: 'weekly',
            text: 'A weekly letter',
            hint: 'On Mondays: the week before against the one before that, with pages, sources and goals.',
          },
          {
            value: 'sudden',
            text: 'A letter at a sudden rise or fall',
            hint: 'Within the hour, at most once a day for each website and direction.',
          },
        ]}
        chosen={[...chosen]}
      />
      <Submit>Save</Submit>
    </form>
    <section>
      <h2>What is sudden?</h2>
      {ruleWords.map((words) => (
        <p>{words}</p>
      ))}
    </section>
  </>
)

const kindWords: Record<LetterKind, string> = {
  weekly: 'the weekly letter about visits',
  sudden: 'letters at a sudden rise or fall of visits',
}

export const StopLettersPage = ({ token, kind }: { token: string; kind: LetterKind }) => (
  <article class="prose">
    <h1>Stop {kindWords[kind]}?</h1>
    <p>Opening this page has changed nothing. With the button, no further one goes to the address that this one went to.</p>
    <form method="post" action={`/visits/letters/${token}`}>
      <Submit>Stop these letters</Submit>
    </form>
  </article>
)

export const StoppedLettersPage = ({ kind }: { kind: LetterKind }) => (
  <article class="prose">
    <h1>Stopped</h1>
    <p>You get {kindWords[kind]} no more. You can ask for it again in the console, below Visits.</p>
  </article>
)

/** What was ticked of the letters, in a form. */
export const kindsIn = (text: string | undefined): LetterKind[] =>
  tickedIn(text).filter((kind): kind is LetterKind => kind === 'weekly' || kind === 'sudden')
