/**
 * The making of spans, by OpenTelemetry's own SDK. It is loaded only where a collector is set, and nothing of it is
 * registered globally: other packages (the queue, the metrics) would find it there, and send what they like.
 */
import { ROOT_CONTEXT, type Context, type Span as SdkSpan, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Config } from '../config.ts'
import type { TracesDestination } from '../config-traces.ts'
import { word } from '../log.ts'
import { type Beginning, type Said, type Span, traceBy } from '../tracing.ts'
import type { EndTraces } from './collector.ts'
import { SpanQueue } from './collector-queue.ts'
import { sender } from './collector-sending.ts'

/** From now on this process makes spans, and sends them. */
export function startTraces(config: Config, { service, share }: TracesDestination): EndTraces {
  const queue = new SpanQueue(sender(config))
  const tracer = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [queue],
  }).getTracer('cloudrun')
  const spans = new WeakMap<Span, SdkSpan>()
  traceBy({
    begin(beginning) {
      const { name, kind, says } = beginning
      const made = tracer.startSpan(name, { kind: kinds[kind], attributes: { ...says } }, contextOf(spans, beginning))
      const span = wrapped(made)
      spans.set(span, made)
      return span
    },
  })
  return async () => {
    traceBy(undefined)
    await queue.shutdown()
  }
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const

function contextOf(spans: WeakMap<Span, SdkSpan>, { parent, caller }: Beginning): Context {
  const made = parent && spans.get(parent)
  if (made) return trace.setSpan(ROOT_CONTEXT, made)
  const [, traceId, spanId, flags] = TRACEPARENT.exec(caller ?? '') ?? []
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  })
}

// W3C Trace Context; later versions may say more behind it. What is all zeros the SDK does not take for a parent.
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

const wrapped = (made: SdkSpan): Span => ({
  trace: made.isRecording() ? word(made.spanContext().traceId) : undefined,
  say(said: Said) {
    made.setAttributes({ ...said })
    if (said['error.type']) made.setStatus({ code: SpanStatusCode.ERROR })
  },
  rename: (name) => void made.updateName(name),
  end: () => made.end(),
})
