/**
 * The spans that wait for their way to the collector. Memory has an end: what is too much, and what the collector does
 * not take, is dropped and counted. No request waits for it.
 */
import { TraceFlags } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { log, word } from '../log.ts'
import { during, type Loss, spanCounts } from '../tracing.ts'

const MOST_WAITING = 2_048
const TOGETHER = 512
const DELAY = 5_000

/** How many of the spans that were sent did not arrive, and why; undefined when all did. */
export type Lost = { readonly why: Loss; readonly many: number } | undefined

/** Sends some spans. It never throws. */
export type Sender = (spans: readonly ReadableSpan[]) => Promise<Lost>

/** Gathers spans for up to five seconds, and sends them together. */
export class SpanQueue implements SpanProcessor {
  readonly #send: Sender
  readonly #waiting: ReadableSpan[] = []
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #closing = false
  #failing = false

  constructor(send: Sender) {
    this.#send = send
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#closing || !(span.spanContext().traceFlags & TraceFlags.SAMPLED)) return
    if (this.#waiting.length >= MOST_WAITING) return lose('too many', 1)
    this.#waiting.push(span)
    if (this.#waiting.length >= TOGETHER) void this.forceFlush()
    else this.#timer ??= setTimeout(() => void this.forceFlush(), DELAY).unref()
  }

  /** Sends all that waits. */
  forceFlush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // What is sent is a part of no request, though one may have begun it.
    this.#sending ??= during(undefined, () => this.#sendAll()).finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  /** Sends what waits, until the collector does not take it. */
  async shutdown(): Promise<void> {
    this.#closing = true
    await this.forceFlush()
    if (this.#waiting.length > 0) await this.forceFlush()
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, TOGETHER)
      const lost = await this.#send(spans)
      spanCounts.taken += spans.length - (lost?.many ?? 0)
      if (lost) lose(lost.why, lost.many)
      // On the way out it is not waited for again.
      if (lost && this.#closing) lose(lost.why, this.#waiting.splice(0).length)
      this.#tell(lost?.why)
    }
  }

  // Once when it begins, and once when it is over.
  #tell(loss: Loss | undefined): void {
    if (this.#failing === (loss !== undefined)) return
    this.#failing = loss !== undefined
    if (loss) log('traces.lost', { why: word(loss) }, 'warn')
    else log('traces.taken-again')
  }
}

function lose(loss: Loss, many: number): void {
  spanCounts.lost.set(loss, (spanCounts.lost.get(loss) ?? 0) + many)
}
