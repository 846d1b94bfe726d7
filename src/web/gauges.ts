/**
 * What the rooms can say of themselves in numbers, for `/metrics`: read when somebody asks, and costing nothing before. A
 * label is a word of the program's own, never a path, an address or anything else of somebody's.
 */
import { statfs } from 'node:fs/promises'
import { refusals } from '../egress/refusal.ts'
import { spanCounts } from '../tracing.ts'
import type { House } from './house.ts'

/** One number, and what it is the number of. */
export interface Reading {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** The numbers that bear one name. */
export interface Family {
  readonly name: string
  readonly help: string
  /** A counter only rises while the program runs. */
  readonly kind: 'gauge' | 'counter'
  readonly readings: readonly Reading[]
}

/** Something that can be asked for its numbers. */
export type Gauge = (house: House) => Promise<readonly Family[]>

/** A family of one number without labels. */
export const single = (name: string, help: string, value: number, kind: Family['kind'] = 'gauge'): Family => ({
  ...{ name, help, kind },
  readings: [{ value }],
})

/** The connections to the database by purpose: how many there are, are at rest, and how many callers wait for one. */
export const databaseGauge: Gauge = async ({ db }) => {
  const pools = db.pools()
  const of = (name: string, help: string, which: 'total' | 'idle' | 'waiting'): Family => ({
    ...{ name, help, kind: 'gauge' },
    readings: pools.map((pool) => ({ labels: { purpose: pool.purpose }, value: pool[which] })),
  })
  return [
    of('cloudrun_database_connections', 'Connections to the database, by purpose', 'total'),
    of('cloudrun_database_connections_idle', 'Connections that nobody uses at this moment, by purpose', 'idle'),
    of('cloudrun_database_waiting', 'Callers that wait for a connection, by purpose', 'waiting'),
  ]
}

/** What the wall refused since the start, and the room on the disk of the data folder. */
export const machineGauge: Gauge = async ({ config }) => {
  const disk = await statfs(config.dataDir).catch(() => undefined)
  return [
    {
      ...{ name: 'cloudrun_egress_refused_total', help: 'Ways out that the wall refused, by what was tried', kind: 'counter' },
      readings: [...refusals].map(([trick, value]) => ({ labels: { trick }, value })),
    },
    ...(disk ? [single('cloudrun_disk_free_bytes', 'Free bytes on the disk of DATA_DIR', disk.bavail * disk.bsize)] : []),
  ]
}

/** What became of spans, where a collector is set. */
export const spansGauge: Gauge = async ({ config }) =>
  config.traces
    ? [
        single('cloudrun_spans_taken_total', 'Spans that the collector of traces took', spanCounts.taken, 'counter'),
        {
          ...{ name: 'cloudrun_spans_lost_total', help: 'Spans that did not reach the collector of traces, by why', kind: 'counter' },
          readings: [...spanCounts.lost].map(([why, value]) => ({ labels: { why }, value })),
        },
      ]
    : []

const PATIENCE = 5_000

/**
 * Asks every gauge, and writes down what it says in Prometheus' own format. One that fails, or takes longer than five
 * seconds, is counted and left out: the others are most wanted when something is wrong.
 */
export async function exposition(house: House, gauges: readonly Gauge[]): Promise<string> {
  const asked = await Promise.all(gauges.map((gauge) => inTime(gauge(house)).catch(() => undefined)))
  const failed = asked.filter((families) => families === undefined).length
  const families = [
    ...asked.flatMap((found) => found ?? []),
    single('cloudrun_gauges_failed', 'Gauges that could not be read this time', failed),
  ]
  return families.map(written).join('')
}

function inTime<R>(work: Promise<R>): Promise<R> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too slow')), PATIENCE)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const written = ({ name, help, kind, readings }: Family): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...readings.map(({ labels = {}, value }) => `${name}${braces(labels)} ${value}`),
    '',
  ].join('\n')

const braces = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value.replaceAll(/["\\\n]/g, '')}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}
