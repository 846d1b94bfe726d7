/** The way from one page about money in the console to the others. */

/** The pages about money, in the order of their use. */
const places = [
  ['/staff/billing', 'Decisions and prices'],
  ['/staff/billing/memberships', 'Memberships'],
  ['/staff/billing/failed', 'Failed payments'],
  ['/staff/billing/revenue', 'Revenue'],
  ['/staff/billing/usage', 'Usage'],
  ['/staff/billing/rules', 'Rules for cards'],
  ['/staff/billing/reconciliation', 'Reconciliation'],
] as const
type Place = (typeof places)[number][0]

/** The way from one page about money to the others. */
export const Places = ({ here }: { here: Place }) => (
  <nav class="filters" aria-label="Billing">
    <ul>
      {places.map(([href, text]) => (
        <li>
          <a href={href} aria-current={href === here ? 'page' : undefined}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
