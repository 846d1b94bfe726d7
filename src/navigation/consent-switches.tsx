/** A switch for each service of others that is turned on, on the page of the privacy policy. */
import type { Config } from '../config.ts'
import { type Asked, askedOf } from '../processors/analytics-question.ts'
import { ANSWER_DAYS, answersIn } from '../web/answers.ts'
import type { PageRequest } from '../web/page-request.ts'

/** How each service stands for the one who asks: one letter for each, so that few kinds of page are kept ready. */
export function standing({ house: { config }, header }: PageRequest): string {
  const asked = askedOf(config)
  const answers = asked.length > 0 ? answersIn(config, header('cookie')) : undefined
  return asked.map(({ mark }) => (answers?.agreed.has(mark) ? 'y' : answers?.refused.has(mark) ? 'n' : '-')).join('')
}

/** The whole part of the page; nothing where no service is turned on. */
export function ConsentSwitches({ config, letters, signal }: { config: Config; letters: string; signal: boolean }) {
  const asked = askedOf(config)
  if (asked.length === 0) return null
  return (
    <section id="choices">
      <h2>Analytics services of others</h2>
      <p>
        {asked.length === 1 ? 'This service is told' : 'These services are told'} what you do on our public pages, and only if you agree.
        Our server tells them: your browser connects to none of them. Your answer is kept as proof with the words that you see here; your
        browser remembers it for {ANSWER_DAYS} days in a cookie named <code>answers</code>. If you end it, what still waits here is deleted.
      </p>
      {signal && (
        <p>
          <strong>Your browser asks not to be followed. We take that as a refusal: none of them is told anything of you.</strong>
        </p>
      )}
      {asked.map((one, at) => (
        <Service asked={one} letter={letters[at] ?? '-'} signal={signal} />
      ))}
      <p class="soft">
        Each with every one of its fields is on the page about <a href="/privacy/processors">those who receive data</a>.
      </p>
    </section>
  )
}

const says: Readonly<Record<string, string>> = {
  y: 'You agreed.',
  n: 'You refused: nothing goes there.',
  '-': 'You have not answered yet: nothing goes there.',
}

const Service = ({ asked: { service, name, words }, letter, signal }: { asked: Asked; letter: string; signal: boolean }) => (
  <>
    <h3>{name}</h3>
    <p>{words}</p>
    {!signal && (
      <form method="post" action="/privacy/choices">
        <p>
          <strong>{says[letter]}</strong>
        </p>
        <input type="hidden" name="service" value={service} />
        <div class="actions">
          {letter !== 'n' && (
            <button type="submit" name="answer" value="no" class="quiet">
              {letter === 'y' ? `End it for ${name}` : `Refuse ${name}`}
            </button>
          )}
          {letter !== 'y' && (
            <button type="submit" name="answer" value="yes" class="quiet">
              Allow {name}
            </button>
          )}
        </div>
      </form>
    )}
  </>
)
