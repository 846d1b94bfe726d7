/** What the environment sets, as those who run the house read it: in words, and without a secret. */
import type { Config } from '../config.ts'
import { processorsOf } from '../processors/all.ts'

export interface Group {
  readonly says: string
  readonly rows: readonly (readonly [what: string, value: string, names: string])[]
}

const list = (values: readonly string[], none: string): string => values.join(', ') || none
const days = (many: number): string => (many === 1 ? '1 day' : `${many} days`)
const hostOf = (url: string | undefined): string | undefined => (url === undefined ? undefined : new URL(url).host)

const regimes = {
  gdpr: 'the GDPR',
  'uk-gdpr': 'the UK GDPR',
  ccpa: 'the CCPA',
  florida: 'the law of Florida',
  strictest: 'of every law the shortest term',
} as const

/** The settings of the environment, in groups; each with the names under which `docs/operate.md` has it. */
export const environmentOf = (config: Config): readonly Group[] => [site(config), letters(config), data(config), services(config)]

const site = ({ environment, origin, hosts, formOrigins, navigationSites, metricsToken }: Config): Group => ({
  says: 'The website',
  rows: [
    ['Mode', environment, 'ENVIRONMENT'],
    ['Its address', origin, 'ORIGIN'],
    ['Hosts that are answered', list(hosts, 'none'), 'HOSTS'],
    ['Other sites whose forms may ask for updates', list(formOrigins, 'none'), 'FORM_ORIGINS'],
    ['Other sites whose visits are counted', list(navigationSites, 'none'), 'NAVIGATION_SITES'],
    ['Measurements at /metrics', metricsToken ? 'with a token' : environment === 'production' ? 'closed' : 'open', 'METRICS_TOKEN'],
  ],
})

const letters = (config: Config): Group => ({
  says: 'Letters',
  rows: [
    ['Go out by', hostOf(config.smtpUrl) ?? 'nothing: they stay in the house', 'SMTP_URL'],
    ['Come from', config.mailFrom, 'MAIL_FROM'],
    ['Privacy questions arrive at', config.privacyAddress, 'PRIVACY_ADDRESS'],
    ['Other questions arrive at', config.supportAddress ?? 'the address that the site names', 'SUPPORT_ADDRESS'],
    ['What comes back arrives at', config.bounceAddress ?? 'nowhere: no door is open for it', 'BOUNCE_ADDRESS'],
  ],
})

const data = (config: Config): Group => ({
  says: 'Data',
  rows: [
    ['Kept in', config.databaseUrl ? 'a PostgreSQL of yours' : 'the embedded PostgreSQL', 'DATABASE_URL'],
    ['Visits are kept in', config.navigationStore ? 'ClickHouse' : 'PostgreSQL', 'NAVIGATION_STORE'],
    ['Requests are answered by', regimes[config.privacyClock.regime], 'PRIVACY_REGIME'],
    ['Holidays and zone', `${config.privacyClock.holidays}, ${config.privacyClock.zone}`, 'PRIVACY_HOLIDAYS, PRIVACY_ZONE'],
    [
      'Backups',
      config.backupDir && config.backupKey ? `encrypted, kept for ${days(config.backupDays)}` : 'none',
      'BACKUP_DIR, BACKUP_DAYS',
    ],
  ],
})

const services = (config: Config): Group => ({
  says: 'Services of others',
  rows: [
    ['Payments', paymentsOf(config), 'STRIPE_SECRET_KEY'],
    [
      'Recipients',
      list(
        processorsOf(config).map(({ name }) => name),
        'none',
      ),
      'SMTP_URL, STRIPE_SECRET_KEY, POSTHOG and others',
    ],
  ],
})

function paymentsOf({ stripeKey, stripeOrigin }: Config): string {
  if (!stripeKey) return 'off'
  if (stripeOrigin) return 'a local Stripe: no money moves'
  return stripeKey.includes('_live_') ? 'Stripe' : 'Stripe, in its test mode: no money moves'
}
