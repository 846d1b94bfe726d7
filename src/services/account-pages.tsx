/** What do I get: one's services, one of them with its timeline, leaving it. */
import { Submit } from '../web/forms.tsx'
import { Crumbs, Empty, Notice } from '../web/layout.tsx'
import { Facts, Moment } from '../web/lists.tsx'
import type { Plan } from './catalogue.ts'
import type { NamedMembership, Step } from './membership.ts'
import { priceInWords, termsInWords } from './price.ts'
import type { Standing } from './tables.ts'

/** How a membership stands, in words for its person. */
export const standingInWords: Readonly<Record<Standing, string>> = {
  waiting: 'Begun; it opens once the card is given',
  trial: 'Open, on trial',
  active: 'Open',
  grace: 'Open; the last payment failed',
  suspended: 'Closed until a payment goes through',
  paused: 'Paused',
  ended: 'Ended',
}

export const MembershipsPage = ({ memberships }: { memberships: readonly NamedMembership[] }) => (
  <>
    <h1>Your services</h1>
    {memberships.length === 0 ? (
      <Empty
        icon="inbox"
        title="None yet"
        action={
          <a class="button" href="/services">
            Look at the services
          </a>
        }
      >
        <p>You get exactly those that you register for, and no others.</p>
      </Empty>
    ) : (
      <>
        <ul class="rows services">
          {memberships.map((membership) => (
            <li>
              <h2>
                <a href={`/account/services/${membership.id}`}>{membership.service.title}</a>
              </h2>
              <div>
                <p>
                  {membership.plan.title}. {standingInWords[membership.standing]}.
                </p>
              </div>
              <span class="soft">
                since <Moment at={membership.joinedAt} as="day" />
              </span>
            </li>
          ))}
        </ul>
        <p>
          <a href="/services">Look at all services</a>
        </p>
      </>
    )}
  </>
)

interface MembershipProps {
  readonly membership: NamedMembership
  readonly plan: Plan
  readonly steps: readonly Step[]
  readonly used: readonly { readonly meter: string; readonly quantity: number }[]
  readonly currency: string
  readonly done?: string | undefined
}

const told: Readonly<Record<string, string>> = {
  joined: 'You are registered. You can use it from now on.',
  left: 'You left. Nothing more comes of it.',
  kept: 'Nothing changes.',
}

export const MembershipPage = ({ membership, plan, steps, used, currency, done }: MembershipProps) => (
  <>
    <Crumbs to={[{ href: '/account/services', text: 'Your services' }]} here={membership.service.title} />
    <h1>{membership.service.title}</h1>
    {done && Object.hasOwn(told, done) && (
      <Notice kind="good" live>
        <p>{told[done]}</p>
      </Notice>
    )}
    {membership.standing === 'grace' && (
      <Notice kind="warn">
        <p>
          The last payment failed. The service goes on
          {membership.graceUntil && (
            <>
              {' '}
              until <Moment at={membership.graceUntil} />
            </>
          )}
          ; <a href="/account/billing">see what comes next, and what to do</a>.
        </p>
      </Notice>
    )}
    <Facts rows={factsOf(membership, plan, currency)} />
    {used.length > 0 && (
      <section>
        <h2>Used this month</h2>
        <Facts rows={used.map(({ meter, quantity }) => [meter, ofLimit(quantity, plan.limits[meter])])} />
      </section>
    )}
    <Ways membership={membership} plan={plan} />
    <section>
      <h2>What happened</h2>
      <ol class="timeline">
        {steps.map(({ step, by, happenedAt }) => (
          <li>
            <Moment at={happenedAt} /> {stepInWords(step)}, {byWhom[by]}
          </li>
        ))}
      </ol>
    </section>
  </>
)

function factsOf(membership: NamedMembership, plan: Plan, currency: string) {
  const { standing, seats, paidUntil, leavesAt } = membership
  return [
    ['How it stands', standingInWords[standing]] as const,
    // In which currency somebody pays is known where they pay: the billing pages say it.
    ['Plan', plan.kind === 'free' || standing === 'waiting' ? `${plan.title}: ${priceInWords(plan, currency)}` : plan.title] as const,
    ...(termsInWords(plan).length > 0 ? [['What comes with it', termsInWords(plan).join(' ')] as const] : []),
    ...(plan.kind === 'seat' ? [['For how many people', String(seats)] as const] : []),
    ...(paidUntil ? [[standing === 'trial' ? 'Free until' : 'Paid until', <Moment at={paidUntil} as="day" />] as const] : []),
    ...(leavesAt ? [['Ends, as you asked', <Moment at={leavesAt} />] as const] : []),
  ]
}

const ofLimit = (quantity: number, limit: number | undefined): string =>
  limit === undefined ? quantity.toLocaleString('en') : `${quantity.toLocaleString('en')} of ${limit.toLocaleString('en')}`

const stepInWords = (step: Step['step']): string => step.charAt(0).toUpperCase() + step.slice(1)
const byWhom = { person: 'by you', staff: 'by our staff', stripe: 'as Stripe told us', clock: 'by the calendar' } as const

/** What can be done: free ones are left here, what is paid for on the billing pages. */
function Ways({ membership, plan }: { membership: NamedMembership; plan: Plan }) {
  if (membership.standing === 'ended') return null
  if (membership.standing === 'waiting')
    return (
      <div class="actions">
        <a class="button" href={`/account/billing/begin/${membership.id}`}>
          Go on to the card
        </a>
        <LeaveForm action={`/account/services/${membership.id}/leave`} text="Never mind" />
      </div>
    )
  if (plan.kind === 'free')
    return (
      <div class="actions">
        {membership.nextPlanId ? (
          <a class="button" href={`/account/billing/begin/${membership.id}`}>
            Go on to the card for the other plan
          </a>
        ) : (
          <a class="button quiet" href={`/services/${membership.service.slug}`}>
            Look at the other plans
          </a>
        )}
        <LeaveForm action={`/account/services/${membership.id}/leave`} text={`Leave ${membership.service.title}`} />
      </div>
    )
  return (
    <p class="actions">
      <a class="button quiet" href={`/account/billing/memberships/${membership.id}`}>
        Change, pause or leave
      </a>
    </p>
  )
}

const LeaveForm = ({ action, text }: { action: string; text: string }) => (
  <form method="post" action={action}>
    <Submit kind="quiet">{text}</Submit>
  </form>
)
