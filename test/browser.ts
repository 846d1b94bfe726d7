/** A browser as the tests need it: it keeps cookies, sends forms as browsers do, follows nothing by itself. */

/** Whoever answers: the app itself, or a server. */
interface Answerer {
  request(address: string, init: RequestInit): Response | Promise<Response>
}

export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #app: Answerer
  readonly #origin: string
  /** Sent with every request; a test may change them. */
  headers: Record<string, string> = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }

  constructor(app: Answerer, origin: string) {
    this.#app = app
    this.#origin = origin
  }

  /** Fetches a page. */
  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { method: 'GET', headers })
  }

  /** Sends a form from one of our own pages; a list is a field that is sent several times. */
  post(path: string, form: Record<string, string | readonly string[]> = {}, headers: Record<string, string> = {}): Promise<Response> {
    const own = { 'content-type': 'application/x-www-form-urlencoded', origin: this.#origin, 'sec-fetch-site': 'same-origin' }
    const fields = Object.entries(form).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]))
    return this.#send(path, { method: 'POST', body: new URLSearchParams(fields).toString(), headers: { ...own, ...headers } })
  }

  /** Sends JSON from one of our own scripts. */
  json(path: string, body: unknown): Promise<Response> {
    return this.#send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: this.#origin, 'sec-fetch-site': 'same-origin' },
    })
  }

  /** Sends a form with a file in it, composed already. */
  send(path: string, { body, type }: { body: Buffer; type: string }): Promise<Response> {
    const headers = { 'content-type': type, 'content-length': String(body.length), origin: this.#origin, 'sec-fetch-site': 'same-origin' }
    return this.#send(path, { method: 'POST', body: new Uint8Array(body), headers })
  }

  /** Speaks as a program does: a method and a body of its own. */
  call(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Response> {
    return this.#send(path, { method, headers, ...(body === undefined ? {} : { body }) })
  }

  /** The text of a page, for assertions. */
  async read(path: string): Promise<string> {
    return (await this.get(path)).text()
  }

  async #send(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { host: new URL(this.#origin).host, ...this.headers, ...(cookie ? { cookie } : {}), ...init.headers }
    const answer = await this.#app.request(`${this.#origin}${path}`, { ...init, headers })
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    return answer
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/max-age=0/i.test(line)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}
