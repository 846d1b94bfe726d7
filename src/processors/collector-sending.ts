/** Handing spans over: announced, looked through field by field, entered in the ledger, and taken by the collector. */
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { HOUR, now } from '../clock.ts'
import type { Config } from '../config.ts'
import { newId } from '../database/columns.ts'
import { categoriesOf, enter, ledgerOf } from '../egress/ledger.ts'
import { type Id, logFault } from '../log.ts'
import { mayUse } from '../versions/permission.ts'
import { collector, tellCollector } from './collector.ts'
import type { Lost, Sender } from './collector-queue.ts'

/** Sends to the collector of these settings. */
export function sender(config: Config): Sender {
  const entries = hourly()
  return async (spans) => {
    try {
      const db = ledgerOf(config)
      if (!(await mayUse(db, { processor: collector.name }))) return { why: 'not announced', many: spans.length }
      const fields = fieldsOf(spans)
      categoriesOf(collector, fields)
      await entries((id) => db.as('operations', (tx) => enter(tx, { plate: collector, fields, id })))
    } catch (fault) {
      logFault('traces.not-entered', fault)
      return { why: 'not entered', many: spans.length }
    }
    return handOver(config, spans)
  }
}

/** The same sending goes on for an hour: it is entered once. */
function hourly(): (enter: (id: Id) => Promise<void>) => Promise<void> {
  let until = new Date(0)
  return async (enter) => {
    if (now() < until) return
    await enter(newId())
    until = new Date(now().getTime() + HOUR)
  }
}

const ALWAYS = ['service.name', 'traceId', 'spanId', 'parentSpanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano', 'status']

const fieldsOf = (spans: readonly ReadableSpan[]): string[] => [
  ...new Set([...ALWAYS, ...spans.flatMap(({ attributes }) => Object.keys(attributes))]),
]

async function handOver(config: Config, spans: readonly ReadableSpan[]): Promise<Lost> {
  const body = JsonTraceSerializer.serializeRequest([...spans]) ?? new Uint8Array()
  const outcome = await tellCollector(config, Buffer.from(body).toString())
  const taken = 'status' in outcome && outcome.status >= 200 && outcome.status < 300
  const many = taken ? Math.min(rejectedIn(outcome.text), spans.length) : spans.length
  return many > 0 ? { why: 'not taken', many } : undefined
}

/** How many spans a collector that took the others did not take (OTLP's partial success). */
function rejectedIn(answer: string): number {
  try {
    const { partialSuccess } = JsonTraceSerializer.deserializeResponse(Buffer.from(answer))
    // JSON writes numbers of 64 bits as text.
    const told = partialSuccess as { rejectedSpans?: number | string } | undefined
    return Math.max(0, Number(told?.rejectedSpans ?? 0)) || 0
  } catch {
    return 0
  }
}
