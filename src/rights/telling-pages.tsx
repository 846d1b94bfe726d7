/** What recipients were told, and who has confirmed it: on the person's page, before an erasure, in the receipt. */
import type { Child } from 'hono/jsx'
import type { Id } from '../log.ts'
import { Facts, Moment } from '../web/lists.tsx'
import type { Told } from './tables.ts'
import type { Line } from './telling.ts'
import { confirmedBy, taskOf } from './telling-words.ts'

type Standing = Pick<Line, 'askedAt' | 'confirmedAt' | 'how'>

const Stands = ({ askedAt, confirmedAt, how }: Standing) =>
  confirmedAt && how ? (
    <>
      confirmed <Moment at={confirmedAt} />: {confirmedBy[how]}
    </>
  ) : (
    <>
      waiting, since <Moment at={askedAt} />
    </>
  )

/** Recipients that must do one thing, in a notice. */
export const Lines = ({ lines }: { lines: readonly Line[] }) => (
  <ul>
    {lines.map((line) => (
      <li>
        {line.confirmedAt ? line.name : `Waiting: ${line.name}`}, {line.confirmedAt ? <Stands {...line} /> : <Since at={line.askedAt} />}
      </li>
    ))}
  </ul>
)

const Since = ({ at }: { at: Date }) => (
  <>
    since <Moment at={at} />
  </>
)

const Whole = ({ line, results }: { line: Line; results: ReadonlyMap<Id, string> }) => {
  const copy = line.messageId && results.get(line.messageId)
  return (
    <>
      <Stands {...line} />
      {copy && (
        <>
          . <a href={copy}>Fetch it there</a>
        </>
      )}
    </>
  )
}

/** All that recipients were told of somebody. */
export const ToldSection = ({ lines, results }: { lines: readonly Line[]; results: ReadonlyMap<Id, string> }) =>
  lines.length === 0 ? null : (
    <section id="told">
      <h2>What they were told since</h2>
      <p>Whoever has your data hears of what you correct, limit or end, and has to confirm it. Until then we ask again.</p>
      <Facts rows={lines.map((line): [string, Child] => [`${line.name}, to ${taskOf(line)}`, <Whole {...{ line, results }} />])} />
    </section>
  )

/** The same in a receipt, which names nobody. */
export const ToldLines = ({ told }: { told: readonly Told[] }) =>
  told.length === 0 ? null : (
    <>
      <h2>Who had to forget you, too</h2>
      <Facts
        rows={told.map(({ to, since, at, how }): [string, Child] => [
          to,
          <Stands askedAt={new Date(since)} confirmedAt={at === null ? null : new Date(at)} how={how} />,
        ])}
      />
    </>
  )
