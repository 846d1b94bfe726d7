/** What the doctor sees in settings, files and disks, without asking anybody. */
import { existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newestBackup } from '../backups/newest.ts'
import { HOUR, now } from '../clock.ts'
import type { Config } from '../config.ts'
import { bad, doubtful, type Finding, well } from './finding.ts'

const SECRETS = [
  'SECRET',
  'SECRET_PREVIOUS',
  'SMTP_URL',
  'DATABASE_URL',
  'NAVIGATION_STORE',
  'IMAP_URL',
  'METRICS_TOKEN',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'SMTP_IN_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
]

/** Looks at everything that the settings and the disks alone tell. */
export async function lookAtSettings(config: Config, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  return [
    ...secretsOf(config, environment),
    ...proxyOf(config),
    ...databaseUrlOf(config),
    metricsOf(config),
    paymentsOf(config),
    ...(await backupsOf(config)),
    ...ledgerOf(config),
    ...(await diskOf(config)),
  ]
}

function secretsOf({ environment: mode, dataDir }: Config, environment: NodeJS.ProcessEnv): Finding[] {
  const bare = SECRETS.filter((name) => environment[name] && holdsSecret(name, environment[name] ?? ''))
  const files = [...SECRETS.flatMap((name) => environment[`${name}_FILE`] ?? []), join(dataDir, 'secret')].filter((file) =>
    existsSync(file),
  )
  const open = files.filter((file) => !isHandedOver(file, environment) && (statSync(file).mode & 0o077) !== 0)
  return [
    ...(mode === 'production' && bare.length > 0
      ? [
          doubtful(
            'secrets',
            `${bare.join(', ')} stand in the environment, which is easily shown: put each into a file and name it by ${bare[0]}_FILE.`,
          ),
        ]
      : []),
    ...open.map((file) => bad('secrets', `${file} can be read by other users of this machine: chmod 600 ${file}`)),
    ...(bare.length === 0 && open.length === 0 && files.length > 0
      ? [well('secrets', 'Secrets stand in files that only this user reads.')]
      : []),
  ]
}

// An address is no secret until a password is in it.
const holdsSecret = (name: string, value: string): boolean =>
  !name.endsWith('_URL') || (URL.canParse(value) && new URL(value).password !== '')

// What a service manager or a container hands over is seen by the program alone, whatever its mode says.
const isHandedOver = (file: string, environment: NodeJS.ProcessEnv): boolean =>
  file.startsWith('/run/secrets/') ||
  (environment['CREDENTIALS_DIRECTORY'] !== undefined && file.startsWith(environment['CREDENTIALS_DIRECTORY']))

function proxyOf({ origin, trustedProxies }: Config): Finding[] {
  if (!origin.startsWith('https://')) return []
  if (trustedProxies.rules.length > 0) return [well('proxy', 'TRUSTED_PROXIES names whose X-Forwarded-For is believed.')]
  return [
    bad(
      'proxy',
      'The site is https, so a proxy stands before it, and TRUSTED_PROXIES is not set: all visitors count as one when tries are limited. Name its address.',
    ),
  ]
}

function databaseUrlOf({ databaseUrl }: Config): Finding[] {
  if (!databaseUrl) return []
  const { hostname, searchParams } = new URL(databaseUrl)
  const host = searchParams.get('host') ?? hostname
  if (host.startsWith('/') || ['', 'localhost', '127.0.0.1', '[::1]'].includes(host)) return []
  if (searchParams.get('sslmode') === 'verify-full')
    return [well('database', 'The way to the database is encrypted, and its certificate checked.')]
  return [
    doubtful(
      'database',
      'The database is on another machine, and its certificate is not checked: add ?sslmode=verify-full to DATABASE_URL, unless that network is yours alone.',
    ),
  ]
}

const metricsOf = ({ environment, metricsToken }: Config): Finding =>
  environment === 'production' && !metricsToken
    ? doubtful('metrics', '/metrics is closed, so nobody is warned: set METRICS_TOKEN and have Prometheus ask.')
    : well('metrics', '/metrics can be asked.')

function paymentsOf({ environment, stripeKey, localStripe }: Config): Finding {
  if (!stripeKey) return well('payments', 'Payments are off: STRIPE_SECRET_KEY is not set.')
  if (environment === 'production' && stripeKey.includes('_test_'))
    return bad(
      'payments',
      'STRIPE_SECRET_KEY is one for tests, so nobody really pays: set the live one, and the secret of its destination.',
    )
  return well(
    'payments',
    localStripe ? 'Payments go to the local Stripe.' : `Payments go to Stripe${stripeKey.startsWith('rk_') ? ' by a restricted key' : ''}.`,
  )
}

const TOO_OLD_HOURS = 48

async function backupsOf({ backupDir, backupKey, dataDir }: Config): Promise<Finding[]> {
  if (!backupDir || !backupKey)
    return [doubtful('backups', 'No backups are made: set BACKUP_DIR and BACKUP_KEY, and let a timer run cloudrun backup.')]
  const newest = await newestBackup(backupDir)
  if (!newest) return [bad('backups', `There is no backup in ${backupDir}: run cloudrun backup, and let a timer do it from then on.`)]
  const hours = (now().getTime() - newest.getTime()) / HOUR
  return [
    hours > TOO_OLD_HOURS
      ? bad('backups', `The newest backup is ${Math.round(hours / 24)} days old: look why the timer does not run cloudrun backup.`)
      : well('backups', `The newest backup is ${Math.max(0, Math.round(hours))} hours old.`),
    ...(sameDisk(backupDir, dataDir)
      ? [doubtful('backups', 'Backups lie on the disk of DATA_DIR: put them, or copies of them, on another one.')]
      : []),
  ]
}

function ledgerOf({ erasureLedger, backupDir, databaseUrl, dataDir }: Config): Finding[] {
  if (!existsSync(dirname(erasureLedger)))
    return [
      bad('erasures', `The folder of ${erasureLedger} is not there, so erasures cannot be noted: make it, or correct ERASURE_LEDGER.`),
    ]
  const beside = [backupDir, databaseUrl ? undefined : dataDir].find((dir) => dir !== undefined && sameDisk(dir, dirname(erasureLedger)))
  if (beside)
    return [
      doubtful(
        'erasures',
        `ERASURE_LEDGER lies on one disk with ${beside}: lose that, and a backup brings the erased back. Put it on another one.`,
      ),
    ]
  return [well('erasures', 'Erasures are noted apart from the database and its backups.')]
}

const sameDisk = (one: string, other: string): boolean => existsSync(one) && existsSync(other) && statSync(one).dev === statSync(other).dev

const GIGABYTE = 1024 ** 3

async function diskOf({ dataDir }: Config): Promise<Finding[]> {
  const disk = await statfs(existsSync(dataDir) ? dataDir : dirname(dataDir)).catch(() => undefined)
  if (!disk) return []
  const [free, share] = [(disk.bavail * disk.bsize) / GIGABYTE, disk.bavail / disk.blocks]
  const says = `${free.toFixed(1)} GB are free on the disk of DATA_DIR`
  if (free < 0.5 || share < 0.02) return [bad('disk', `${says}: make room before it is full.`)]
  return [share < 0.1 && free < 10 ? doubtful('disk', `${says}: make room soon.`) : well('disk', `${says}.`)]
}
