/**
 * Every setting, read once, here and nowhere else. Each may also come from a file: `NAME_FILE` holds
 * the path of a file whose content is the value (for secrets). A wrong or missing one stops the start
 * with a sentence that says which and why.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { DAY, HOUR, MINUTE } from './clock.ts'
import { type AnalyticsDestination, analyticsOf } from './config-analytics.ts'
import { ownSecret, weak } from './config-secret.ts'
import { type Traced, tracesOf, tracesSettings } from './config-traces.ts'

export interface Config extends Traced {
  readonly environment: 'development' | 'production'
  readonly port: number
  /** The site's own address, such as `https://example.com`, without a trailing slash. */
  readonly origin: string
  /** Every `host[:port]` that is answered; a request for another one is refused. */
  readonly hosts: readonly string[]
  /** The domain that sessions span, or undefined for this host alone. */
  readonly cookieDomain: string | undefined
  /** Other sites of the operator's, such as `https://blog.example.com`, whose forms may ask for updates. */
  readonly formOrigins: readonly string[]
  readonly databaseUrl: string | undefined
  readonly dataDir: string
  readonly contentDir: string
  /** What the root of the house's keys is sealed under; and while it is being changed, the one of before. */
  readonly secret: string
  readonly secretPrevious: string | undefined
  readonly smtpUrl: string | undefined
  /** Connections over which updates go out, at most. */
  readonly smtpConnections: number
  /** Letters of an issue that are on their way to one domain at a time, at most. */
  readonly domainConnections: number
  /** Letters of an issue to one domain in a second, at most; 0 for no limit. */
  readonly domainRate: number
  /** A second person approves each issue before it goes. */
  readonly updatesApproval: boolean
  readonly mailFrom: string
  readonly privacyAddress: string
  /** Where questions arrive; undefined: at the address that the site's content names for them. */
  readonly supportAddress: string | undefined
  /** By which law's clock requests about data run, whose holidays count, and in which zone a day ends. */
  readonly privacyClock: {
    readonly regime: 'gdpr' | 'uk-gdpr' | 'ccpa' | 'florida' | 'strictest'
    readonly holidays: 'none' | 'US' | 'GB' | 'DE' | 'FR' | 'ES'
    readonly zone: string
  }
  /** So many days before a new recipient, purpose or policy takes effect, everybody hears of it. */
  readonly noticeDays: number
  /** Where what comes back arrives, `+` and a word of ours before its @; undefined while no door for it is open. */
  readonly bounceAddress: string | undefined
  /** The port of the mail door, and what it may encrypt with. */
  readonly smtpInPort: number | undefined
  readonly smtpInTls: { readonly key: string; readonly cert: string } | undefined
  /** A mailbox that is emptied by IMAP. */
  readonly imapUrl: string | undefined
  /** Payments: without a key nothing can be paid. */
  readonly stripeKey: string | undefined
  readonly stripeWebhookSecret: string | undefined
  /** Where Stripe is, when it is not at its own address: a local emulator. */
  readonly stripeOrigin: string | undefined
  /** The port of the local Stripe that development starts by itself; undefined: it starts none. */
  readonly localStripe: number | undefined
  /** For so many years the law makes Stripe keep invoices, and us the hash of whose they were. */
  readonly invoicesKeptYears: number
  /** Where it is noted that somebody was erased, apart from the database and its backups. */
  readonly erasureLedger: string
  /** Backups: the folder, the operator's public key of age, and for how many days they are kept. */
  readonly backupDir: string | undefined
  readonly backupKey: string | undefined
  readonly backupDays: number
  /** Our number in the directory of the Data Rights Protocol; without it its doors are closed. */
  readonly businessId: string | undefined
  readonly trustedProxies: BlockList
  readonly metricsToken: string | undefined
  /** Seconds for which it still serves after it was told to end, so that a proxy can turn to others first. */
  readonly leaveSeconds: number
  /** Further websites of the operator's whose visits are counted, as `https://host`. */
  readonly navigationSites: readonly string[]
  /** The smallest number of visitors that a count tells apart. */
  readonly navigationThreshold: number
  /** Networks whose visits are not counted, such as those of data centres. */
  readonly navigationIgnored: BlockList
  /** A larger table of places than the built-in one. */
  readonly navigationPlaces: string | undefined
  /** The ClickHouse in which visits are kept, where it is not PostgreSQL. */
  readonly navigationStore: URL | undefined
  /** Services of others that are told of visits, where the visitor agreed. */
  readonly analytics: readonly AnalyticsDestination[]
  /** Milliseconds by which the program's clock runs ahead (development only). */
  readonly clockAhead: number
}

/** A setting that stops the start; its message is the sentence that the operator reads. */
export class WrongSetting extends Error {
  override name = 'WrongSetting'
}

const absent = (text: unknown): unknown => (text === '' ? undefined : text)
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(absent, schema.optional())
const setting = <T extends z.ZodType>(schema: T) => z.preprocess(absent, schema)

const address = z.email('is not an e-mail address')
const origin = z.string().regex(/^https?:\/\/[a-z0-9.\-[\]:]+$/i, 'must look like https://example.com, without a path')
const duration = z.string().regex(/^\d+[mhd]$/, 'must be a number with m, h or d, such as 48h')

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const schema = z.object({
  ENVIRONMENT: setting(z.enum(['development', 'production'], 'must be development or production').default('development')),
  PORT: setting(z.coerce.number('must be a number').int().min(0).max(65535).default(3000)),
  ORIGIN: optional(origin),
  HOSTS: optional(z.string()),
  COOKIE_DOMAIN: optional(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must look like example.com')),
  FORM_ORIGINS: optional(z.string()),
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://')),
  DATA_DIR: setting(z.string().default('./data')),
  CONTENT_DIR: setting(z.string().default('./content')),
  SECRET: optional(z.string()),
  SECRET_PREVIOUS: optional(z.string()),
  SMTP_URL: optional(z.string().regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')),
  SMTP_CONNECTIONS: setting(z.coerce.number('must be a number').int().min(1).max(100).default(4)),
  DOMAIN_CONNECTIONS: setting(z.coerce.number('must be a number').int().min(1).max(100).default(4)),
  DOMAIN_RATE: setting(z.coerce.number('must be a number').min(0).default(0)),
  UPDATES_APPROVAL: setting(z.enum(['yes', 'no'], 'must be yes or no').default('no')),
  MAIL_FROM: optional(z.string()),
  PRIVACY_ADDRESS: optional(address),
  SUPPORT_ADDRESS: optional(address),
  PRIVACY_REGIME: setting(
    z.enum(['gdpr', 'uk-gdpr', 'ccpa', 'florida', 'strictest'], 'must be gdpr, uk-gdpr, ccpa, florida or strictest').default('strictest'),
  ),
  PRIVACY_HOLIDAYS: setting(z.enum(['none', 'US', 'GB', 'DE', 'FR', 'ES'], 'must be none, US, GB, DE, FR or ES').default('US')),
  PRIVACY_ZONE: setting(z.string().refine(isZone, 'must be a time zone, such as Europe/Berlin').default('America/New_York')),
  NOTICE_DAYS: setting(z.coerce.number('must be a number').int().min(1).max(365).default(30)),
  DRP_BUSINESS_ID: optional(z.string().regex(/^[\w.-]{1,200}$/, 'must be the number that the directory gave you')),
  BOUNCE_ADDRESS: optional(address),
  SMTP_IN_PORT: optional(z.coerce.number('must be a number').int().min(0).max(65535)),
  SMTP_IN_CERT: optional(z.string().includes('-----BEGIN CERTIFICATE-----', 'must be a certificate in PEM form')),
  SMTP_IN_KEY: optional(z.string().includes('PRIVATE KEY-----', 'must be a private key in PEM form')),
  IMAP_URL: optional(z.string().regex(/^imaps?:\/\/[^/@]+:[^/@]+@[^/@]+/, 'must look like imaps://user:password@host')),
  STRIPE_SECRET_KEY: optional(z.string().regex(/^(sk|rk)_(test|live)_\w+$/, 'must look like sk_live_… or rk_live_…')),
  STRIPE_WEBHOOK_SECRET: optional(z.string().regex(/^whsec_\S+$/, 'must look like whsec_…')),
  STRIPE_API_ORIGIN: optional(origin),
  LOCAL_STRIPE: optional(z.string().regex(/^(no|\d{2,5})$/, 'must be no, or a port')),
  INVOICES_KEPT_YEARS: setting(z.coerce.number('must be a number').int().min(1).max(30).default(10)),
  ERASURE_LEDGER: optional(z.string()),
  BACKUP_DIR: optional(z.string()),
  BACKUP_KEY: optional(z.string().regex(/^age1[a-z0-9]+$/, 'must be a public key of age, such as age1…')),
  BACKUP_DAYS: setting(z.coerce.number('must be a number').int().min(1).max(3650).default(30)),
  TRUSTED_PROXIES: optional(z.string()),
  LEAVE_SECONDS: optional(z.coerce.number('must be a number').min(0).max(300)),
  METRICS_TOKEN: optional(z.string().min(16, 'must have at least 16 characters')),
  NAVIGATION_SITES: optional(z.string()),
  NAVIGATION_THRESHOLD: setting(z.coerce.number('must be a number').int().min(2, 'must be at least 2').max(1000).default(5)),
  NAVIGATION_IGNORED: optional(z.string()),
  NAVIGATION_PLACES: optional(z.string()),
  NAVIGATION_STORE: optional(
    z.string().regex(/^clickhouses?:\/\/[^/\s]+(\/\w*)?$/, 'must look like clickhouse://user:password@host:8123/database'),
  ),
  POSTHOG: optional(z.string()),
  PLAUSIBLE: optional(z.string()),
  MATOMO: optional(z.string()),
  GOOGLE_ANALYTICS: optional(z.string()),
  UMAMI: optional(z.string()),
  CLOCK_AHEAD: optional(duration),
  ...tracesSettings,
})
type Raw = z.infer<typeof schema>

/**
 * Reads the settings from `environment` (normally `process.env`).
 * @throws WrongSetting naming the setting and what is wrong with it
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const raw = parse(withFiles(environment))
  const production = raw.ENVIRONMENT === 'production'
  const dataDir = resolve(raw.DATA_DIR)
  const siteOrigin = raw.ORIGIN ?? (production ? missing('ORIGIN', 'the address of the site') : `http://localhost:${raw.PORT}`)
  if (production) requireProduction(raw, siteOrigin)
  requireWholeStripe(raw)
  const secret = raw.SECRET ?? ownSecret(dataDir)
  if (raw.SECRET_PREVIOUS === secret)
    throw new WrongSetting('SECRET_PREVIOUS is the same as SECRET: set SECRET to a new one, or take SECRET_PREVIOUS away.')
  return {
    environment: raw.ENVIRONMENT,
    port: raw.PORT,
    origin: siteOrigin,
    hosts: hostsOf(raw, siteOrigin),
    cookieDomain: raw.COOKIE_DOMAIN,
    formOrigins: originsOf(raw.FORM_ORIGINS ?? ''),
    databaseUrl: raw.DATABASE_URL,
    dataDir,
    contentDir: resolve(raw.CONTENT_DIR),
    secret,
    secretPrevious: raw.SECRET_PREVIOUS,
    smtpUrl: raw.SMTP_URL,
    smtpConnections: raw.SMTP_CONNECTIONS,
    domainConnections: raw.DOMAIN_CONNECTIONS,
    domainRate: raw.DOMAIN_RATE,
    updatesApproval: raw.UPDATES_APPROVAL === 'yes',
    mailFrom: raw.MAIL_FROM ?? `hello@${bareHost(siteOrigin)}`,
    privacyAddress: raw.PRIVACY_ADDRESS ?? `privacy@${bareHost(siteOrigin)}`,
    supportAddress: raw.SUPPORT_ADDRESS,
    noticeDays: raw.NOTICE_DAYS,
    privacyClock: { regime: raw.PRIVACY_REGIME, holidays: raw.PRIVACY_HOLIDAYS, zone: raw.PRIVACY_ZONE },
    businessId: raw.DRP_BUSINESS_ID,
    bounceAddress: bounceAddress(raw, siteOrigin),
    smtpInPort: raw.SMTP_IN_PORT,
    smtpInTls: smtpInTls(raw),
    imapUrl: raw.IMAP_URL,
    erasureLedger: resolve(raw.ERASURE_LEDGER ?? join(dataDir, 'erasures.txt')),
    backupDir: raw.BACKUP_DIR ? resolve(raw.BACKUP_DIR) : undefined,
    backupKey: raw.BACKUP_KEY,
    backupDays: raw.BACKUP_DAYS,
    trustedProxies: networks('TRUSTED_PROXIES', raw.TRUSTED_PROXIES ?? ''),
    ...stripeOf(raw, secret),
    invoicesKeptYears: raw.INVOICES_KEPT_YEARS,
    metricsToken: raw.METRICS_TOKEN,
    leaveSeconds: raw.LEAVE_SECONDS ?? (production ? 5 : 0),
    navigationSites: sitesOf(raw.NAVIGATION_SITES ?? ''),
    navigationThreshold: raw.NAVIGATION_THRESHOLD,
    navigationIgnored: networks('NAVIGATION_IGNORED', raw.NAVIGATION_IGNORED ?? ''),
    navigationPlaces: raw.NAVIGATION_PLACES,
    navigationStore: raw.NAVIGATION_STORE ? new URL(raw.NAVIGATION_STORE) : undefined,
    analytics: analyticsIn(raw),
    clockAhead: raw.CLOCK_AHEAD ? milliseconds(raw.CLOCK_AHEAD) : 0,
    ...tracesOf(raw),
  }
}

// Without a door nothing that comes back would arrive, and some servers refuse a return path that leads nowhere.
function bounceAddress(raw: Raw, siteOrigin: string): string | undefined {
  if (raw.BOUNCE_ADDRESS?.includes('+')) throw new WrongSetting('BOUNCE_ADDRESS must not have a +: one is added for each letter.')
  // Before the @ there is room for 64 signs, and 49 of them are ours.
  if (/^[^@]{16}/.test(raw.BOUNCE_ADDRESS ?? '')) throw new WrongSetting('BOUNCE_ADDRESS must have at most 15 characters before the @.')
  if (raw.BOUNCE_ADDRESS) return raw.BOUNCE_ADDRESS.toLowerCase()
  return raw.SMTP_IN_PORT !== undefined || raw.IMAP_URL ? `bounce@${bareHost(siteOrigin)}` : undefined
}

function smtpInTls(raw: Raw): Config['smtpInTls'] {
  const { SMTP_IN_KEY: key, SMTP_IN_CERT: cert } = raw
  if (!key !== !cert) throw new WrongSetting('SMTP_IN_CERT and SMTP_IN_KEY belong together: set both, or neither.')
  return key && cert ? { key, cert } : undefined
}

function withFiles(environment: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const values: Record<string, string | undefined> = {}
  for (const name of Object.keys(schema.shape)) {
    const file = environment[`${name}_FILE`]
    if (file && environment[name]) throw new WrongSetting(`${name} and ${name}_FILE are both set: keep one.`)
    values[name] = file ? readSetting(name, file) : environment[name]
  }
  return values
}

function readSetting(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new WrongSetting(`${name}_FILE names ${file}, which cannot be read.`)
  }
}

function parse(values: Record<string, string | undefined>): Raw {
  const result = schema.safeParse(values)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new WrongSetting(`${String(issue?.path[0])} ${issue?.message ?? 'is wrong'}.`)
}

function missing(name: string, what: string): never {
  throw new WrongSetting(`${name} is missing: production needs ${what}.`)
}

function requireProduction(raw: Raw, siteOrigin: string): void {
  if (!siteOrigin.startsWith('https://')) throw new WrongSetting('ORIGIN must start with https:// in production.')
  if (!raw.SMTP_URL) missing('SMTP_URL', 'a mail server to send letters')
  if (!raw.MAIL_FROM) missing('MAIL_FROM', 'the address that letters come from')
  if (!raw.PRIVACY_ADDRESS) missing('PRIVACY_ADDRESS', 'the address for privacy questions')
  if (!raw.SECRET) missing('SECRET', 'a secret of at least 32 random characters')
  if (weak(raw.SECRET))
    throw new WrongSetting('SECRET is too weak: use at least 32 random characters, such as from openssl rand -base64 32.')
  if (raw.CLOCK_AHEAD) throw new WrongSetting('CLOCK_AHEAD is for development: production keeps true time.')
}

// A live key must never reach a stand-in, nor production one.
function requireWholeStripe(raw: Raw): void {
  if (raw.STRIPE_SECRET_KEY && !raw.STRIPE_WEBHOOK_SECRET)
    throw new WrongSetting('STRIPE_WEBHOOK_SECRET is missing: without it nothing that Stripe tells can be believed.')
  if (raw.STRIPE_API_ORIGIN && raw.ENVIRONMENT === 'production')
    throw new WrongSetting('STRIPE_API_ORIGIN is for development: production speaks to Stripe itself.')
  if (raw.STRIPE_API_ORIGIN && raw.STRIPE_SECRET_KEY?.includes('_live_'))
    throw new WrongSetting('STRIPE_SECRET_KEY is a live one, which must not go to STRIPE_API_ORIGIN.')
}

/**
 * Stripe itself, or in development a local one, whose keys are made from the house's secret: so the program, the
 * local Stripe and a command agree without asking each other.
 */
function stripeOf(raw: Raw, secret: string): Pick<Config, 'stripeKey' | 'stripeWebhookSecret' | 'stripeOrigin' | 'localStripe'> {
  const port = localStripePort(raw)
  if (port === undefined)
    return {
      stripeKey: raw.STRIPE_SECRET_KEY,
      stripeWebhookSecret: raw.STRIPE_WEBHOOK_SECRET,
      stripeOrigin: raw.STRIPE_API_ORIGIN,
      localStripe: undefined,
    }
  const key = (use: string): string => createHmac('sha256', secret).update(`local stripe ${use}`).digest('hex').slice(0, 40)
  return {
    stripeKey: `sk_test_emu_${key('key')}`,
    stripeWebhookSecret: `whsec_${key('webhook')}`,
    stripeOrigin: `http://127.0.0.1:${port}`,
    localStripe: port,
  }
}

function localStripePort({ ENVIRONMENT, PORT, LOCAL_STRIPE, STRIPE_SECRET_KEY }: Raw): number | undefined {
  if (ENVIRONMENT === 'production' && LOCAL_STRIPE && LOCAL_STRIPE !== 'no')
    throw new WrongSetting('LOCAL_STRIPE is for development: production speaks to Stripe itself.')
  if (ENVIRONMENT === 'production' || STRIPE_SECRET_KEY || LOCAL_STRIPE === 'no' || PORT === 0) return undefined
  return LOCAL_STRIPE ? Number(LOCAL_STRIPE) : PORT + 10_000 <= 65_535 ? PORT + 10_000 : PORT - 10_000
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)

function originsOf(list: string): string[] {
  const origins = listOf(list)
  const wrong = origins.find((entry) => !origin.safeParse(entry).success)
  if (wrong) throw new WrongSetting(`FORM_ORIGINS lists "${wrong}", which does not look like https://example.com.`)
  return origins
}

function hostsOf(raw: Raw, siteOrigin: string): string[] {
  const listed = listOf(raw.HOSTS ?? '')
  const wrong = listed.find((host) => !/^[a-z0-9.-]+(:\d+)?$/.test(host))
  if (wrong) throw new WrongSetting(`HOSTS lists "${wrong}", which is not a host name.`)
  const local = raw.ENVIRONMENT === 'development' ? ['localhost', '127.0.0.1', '[::1]'].map((host) => `${host}:${raw.PORT}`) : []
  return [...new Set([new URL(siteOrigin).host, ...listed, ...local])]
}

const bareHost = (siteOrigin: string): string => {
  const host = new URL(siteOrigin).hostname
  return host.includes('.') && isIP(host) === 0 ? host : 'cloudrun.example'
}

function sitesOf(list: string): string[] {
  const sites = list.split(/[,\s]+/).filter(Boolean)
  const wrong = sites.find((site) => !/^https?:\/\/[a-z0-9.-]+(:\d+)?$/i.test(site))
  if (wrong) throw new WrongSetting(`NAVIGATION_SITES lists "${wrong}", which does not look like https://example.com.`)
  return sites.map((site) => site.toLowerCase())
}

function analyticsIn(raw: Raw): readonly AnalyticsDestination[] {
  const read = analyticsOf(raw, raw.ENVIRONMENT === 'development')
  if (typeof read === 'string') throw new WrongSetting(read)
  return read
}

function networks(name: string, list: string): BlockList {
  const known = new BlockList()
  for (const entry of list.split(/[,\s]+/).filter(Boolean)) {
    const [network = '', bits] = entry.split('/')
    const family = isIP(network)
    const prefix = bits === undefined ? (family === 4 ? 32 : 128) : Number(bits)
    if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 4 ? 32 : 128)) {
      throw new WrongSetting(`${name} lists "${entry}", which is neither an address nor a network.`)
    }
    const version = family === 4 ? 'ipv4' : 'ipv6'
    // One address is listed as one: a list of such alone is looked up at a tenth of the cost (`web/client.ts`).
    if (prefix === (family === 4 ? 32 : 128)) known.addAddress(network, version)
    else known.addSubnet(network, prefix, version)
  }
  return known
}

function milliseconds(text: string): number {
  const unit = { m: MINUTE, h: HOUR, d: DAY }[text.slice(-1) as 'm' | 'h' | 'd']
  return Number(text.slice(0, -1)) * unit
}
