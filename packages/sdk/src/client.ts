/** Asking and reporting at the API: each call is tried again where that is safe, and done once where it is named. */
import { type Operations, operations, type Problem } from './api.ts'

export interface Options {
  /** Where the company's Cloudrun is, such as `https://example.com`. */
  readonly origin: string
  /** The program's key, `crk_…`. */
  readonly key: string
  /** How often a call is tried again; 4 unless it says otherwise. */
  readonly retries?: number
  /** Milliseconds that one try may take; 10,000 unless it says otherwise. */
  readonly timeout?: number
  /** Another `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** The API refused: `status` says what kind of refusal it is, `problem` why. */
export class Refused extends Error {
  override name = 'Refused'
  readonly status: number
  readonly problem: Partial<Problem>

  constructor(status: number, problem: Partial<Problem>) {
    super(`${status}: ${problem.detail ?? 'refused'}`)
    this.status = status
    this.problem = problem
  }
}

/** Nobody answered, after all tries. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

type Name = keyof Operations
type Asks<N extends Name> = Operations[N]['asks']
type Answer<N extends Name> = Operations[N]['answers']
/** What an operation takes; nothing has to be given where nothing is needed. */
type Given<N extends Name> = Record<string, never> extends Asks<N> ? [asks?: Asks<N>] : [asks: Asks<N>]

interface Sent {
  readonly path?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

export class Cloudrun {
  readonly #options: Required<Options>

  constructor({ origin, key, retries = 4, timeout = 10_000, fetch = (url, init) => globalThis.fetch(url, init) }: Options) {
    this.#options = { origin: origin.replace(/\/$/, ''), key, retries, timeout, fetch }
  }

  /**
   * Calls an operation by its name in the API's document.
   * @throws Refused when the API said no, Unreachable when it did not answer
   */
  async call<N extends Name>(name: N, ...[asks = {} as Asks<N>]: Given<N>): Promise<Answer<N>> {
    const { method, at, repeatable } = operations[name]
    const request = this.#request(method, at, asks as Sent, repeatable)
    const again = method !== 'POST' || repeatable
    for (let tries = 0; ; tries++) {
      const answer = await this.#try(request)
      if (answer instanceof Response && answer.ok) return (await answer.json()) as Answer<N>
      if (tries >= this.#options.retries || !(again || neverArrived(answer)) || !mayPass(answer)) throw await faultOf(answer)
      await new Promise((resolve) => setTimeout(resolve, waitAfter(answer, tries)))
    }
  }

  #request(method: string, at: string, { path = {}, query = {}, body }: Sent, repeatable: boolean): [url: string, init: RequestInit] {
    const { origin, key } = this.#options
    const filled = at.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])))
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()
    const headers = {
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      // One name for all tries, so that what was done although its answer got lost is not done again.
      ...(repeatable ? { 'idempotency-key': `"${crypto.randomUUID()}"` } : {}),
    }
    const init = { method, headers, redirect: 'error' as const, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    return [`${origin}/api/v1${filled}${search && `?${search}`}`, init]
  }

  async #try([url, init]: [url: string, init: RequestInit]): Promise<Response | Unreachable> {
    const { fetch, timeout } = this.#options
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(timeout) })
    } catch (fault) {
      return new Unreachable('Cloudrun did not answer', { cause: fault })
    }
  }
}

// What was refused for its number alone was not done, so it may come again even where nothing names it.
const neverArrived = (answer: Response | Unreachable): boolean => answer instanceof Response && answer.status === 429

/** Could another try end otherwise? */
const mayPass = (answer: Response | Unreachable): boolean =>
  !(answer instanceof Response) || answer.status === 409 || answer.status === 429 || answer.status >= 500

function waitAfter(answer: Response | Unreachable, tries: number): number {
  const told = answer instanceof Response ? Number(answer.headers.get('retry-after') ?? Number.NaN) : Number.NaN
  if (told >= 0) return Math.min(told, 60) * 1000
  return Math.min(200 * 2 ** tries, 10_000) * (0.5 + Math.random() / 2)
}

async function faultOf(answer: Response | Unreachable): Promise<Error> {
  if (!(answer instanceof Response)) return answer
  return new Refused(answer.status, (await answer.json().catch(() => ({}))) as Partial<Problem>)
}
