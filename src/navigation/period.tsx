/** Choosing the days that a page of reports is about. */
import { Field, Submit } from '../web/forms.tsx'
import { hrefOf } from './panel-pages.tsx'
import { isPeriod, type Question, spans, wordsOf, yesterdayOf } from './question.ts'

const spanNames = { 1: 'Today', 7: '7 days', 30: '30 days', 90: '90 days' } as const

interface PeriodProps {
  readonly question: Question
  /** What was chosen as the two days, as it was sent. */
  readonly chosen: readonly [from: string, until: string]
  /** The page that it is chosen for. */
  readonly at: string
}

export function Period({ question, chosen: [from, until], at }: PeriodProps) {
  const wrong = from !== '' && !isPeriod(from, until || question.until)
  return (
    <div class="period">
      <nav aria-label="Period">
        <ul>
          {spans.map((span) => (
            <>
              {span === 7 && <Yesterday {...{ question, at }} />}
              <li>
                <a href={hrefOf({ ...question, span }, at)} aria-current={question.span === span ? 'true' : undefined}>
                  {spanNames[span]}
                </a>
              </li>
            </>
          ))}
        </ul>
      </nav>
      <form action={at}>
        <Kept question={question} />
        <Field
          name="from"
          label="From"
          type="date"
          required
          value={wrong ? from : question.from}
          error={wrong ? 'These days are no period.' : undefined}
        />
        <Field name="until" label="Until" type="date" required value={wrong ? until : question.until} />
        <Submit kind="quiet">Show</Submit>
      </form>
    </div>
  )
}

const Yesterday = ({ question, at }: Pick<PeriodProps, 'question' | 'at'>) => {
  const yesterday = yesterdayOf(question)
  const isShown = question.from === yesterday.from && question.until === yesterday.until
  return (
    <li>
      <a href={hrefOf(yesterday, at)} aria-current={isShown ? 'true' : undefined}>
        Yesterday
      </a>
    </li>
  )
}

// What the form must not forget.
const Kept = ({ question }: { question: Question }) => (
  <>
    {[...wordsOf(question)]
      .filter(([name]) => !['days', 'from', 'until'].includes(name))
      .map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
  </>
)
