/** The way out for spans: an OpenTelemetry collector of the operator's, by OTLP over HTTP. */
import type { Config } from '../config.ts'
import { type Outcome, postToSetting } from '../egress/post.ts'
import type { Nameplate } from './nameplate.ts'

export const collector: Nameplate = {
  name: 'Our collector of traces',
  does: 'Shows us how long each step of the program took, and where it failed: never for whom',
  where: 'Where the operator runs it, or has it run',
  purposes: ['operations'],
  receives: {
    'service.name': 'record',
    traceId: 'record',
    spanId: 'record',
    parentSpanId: 'record',
    name: 'record',
    kind: 'record',
    startTimeUnixNano: 'record',
    endTimeUnixNano: 'record',
    status: 'record',
    'http.request.method': 'record',
    'http.route': 'record',
    'http.response.status_code': 'record',
    'error.type': 'record',
    'messaging.system': 'record',
    'messaging.operation.type': 'record',
    'messaging.destination.name': 'record',
    'cloudrun.job.attempt': 'record',
    'cloudrun.job.outcome': 'record',
    'server.address': 'record',
    'cloudrun.database.statements': 'record',
    'cloudrun.database.seconds': 'record',
  },
  basis: 'legitimate interest',
  forget:
    'It knows nobody: no name, no number that stands for somebody, no address and no path is sent there, so there is nothing to forget.',
  correct: 'It gets nothing about you that could be corrected.',
  byChoice: true,
  own: true,
  way: ({ traces }) => (traces ? new URL(traces.url) : undefined),
}

const PATIENCE = 5_000
const MOST_ANSWER = 16 * 1024

/** Hands the collector a request that is serialised already, in JSON. It waits five seconds at most, and never throws. */
export const tellCollector = ({ traces }: Pick<Config, 'traces'>, body: string): Promise<Outcome> =>
  postToSetting({
    url: traces?.url ?? '',
    headers: { ...traces?.headers, 'content-type': 'application/json' },
    body,
    reads: MOST_ANSWER,
    patience: PATIENCE,
  })

/** Does the collector answer, and take something that holds no span? Returns why not; undefined when it does. */
export async function reachCollector(config: Pick<Config, 'traces'>): Promise<string | undefined> {
  const outcome = await tellCollector(config, '{"resourceSpans":[]}')
  if ('failed' in outcome) return outcome.failed
  return outcome.status >= 200 && outcome.status < 300 ? undefined : `it answers ${outcome.status}`
}

/** Ends the making of spans: what was made is sent, for a few seconds at most. */
export type EndTraces = () => Promise<void>

/** Begins to make spans, if there is a collector. Everything for it is loaded now, and not before. */
export const traceIfAsked = async (config: Config): Promise<EndTraces | undefined> =>
  config.traces && (await import('./collector-spans.ts')).startTraces(config, config.traces)
