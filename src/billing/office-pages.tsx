/** Money in the console: what waits for a decision, and plans that cannot be bought yet. */
import type { Id } from '../log.ts'
import { Submit } from '../web/forms.tsx'
import { Empty, Notice } from '../web/layout.tsx'
import { Places } from './places.tsx'
import type { WaitingDecision } from './review.ts'
import { ruled, WaitingDecisions } from './review-pages.tsx'

const told: Readonly<Record<string, string>> = {
  ...ruled,
  prices: 'The missing prices are made at Stripe.',
}

interface OfficeProps {
  readonly waiting: readonly WaitingDecision[]
  readonly reader: Id
  /** Plans without a price at Stripe; undefined while Stripe cannot be asked. */
  readonly missing: readonly string[] | undefined
  readonly done?: string | undefined
}

export const OfficePage = ({ waiting, reader, missing, done }: OfficeProps) => (
  <>
    <h1>Billing</h1>
    <Places here="/staff/billing" />
    {done && Object.hasOwn(told, done) && (
      <Notice kind="good" live>
        <p>{told[done]}</p>
      </Notice>
    )}
    <section>
      <h2>Waiting for a decision</h2>
      {waiting.length === 0 ? (
        <Empty icon="circle-check" title="Nobody waits">
          <p>A card that the rules neither pass nor refuse comes here.</p>
        </Empty>
      ) : (
        <WaitingDecisions waiting={waiting} reader={reader} />
      )}
    </section>
    <section>
      <h2>Prices at Stripe</h2>
      <Prices missing={missing} />
    </section>
  </>
)

function Prices({ missing }: { missing: readonly string[] | undefined }) {
  if (!missing) return <p>Payments are off, or Stripe cannot be reached just now.</p>
  if (missing.length === 0) return <p>Every plan that is paid for has its price.</p>
  return (
    <>
      <p>These cannot be bought, because Stripe has no price under their lookup key: {missing.join(', ')}.</p>
      <form method="post" action="/staff/billing/prices">
        <Submit>Make the missing prices at Stripe</Submit>
      </form>
    </>
  )
}
