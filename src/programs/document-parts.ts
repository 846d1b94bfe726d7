/** The parts of the API's document that are the same for every operation: headers, refusals, the problem itself. */

export type Json = Readonly<Record<string, unknown>>

/** A part by its name. */
export const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` })

/** The one sign that no text of the API may hold. */
export const TEXT = '^[^\\u0000]*$'

export const problemOf = (description: string, more: Json = {}): Json => ({
  description,
  headers: { ...limits, ...more },
  content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
})

const integer = (description: string, maximum: number): Json => ({
  description,
  schema: { type: 'integer', format: 'int32', minimum: 0, maximum },
})

const word = (description: string, example: string): Json => ({
  description,
  schema: { type: 'string', maxLength: 100, pattern: '^"requests";[a-z]=\\d+;[a-z]=\\d+$' },
  example,
})

export const headers: Json = {
  RateLimit: word('How many requests are left, and in how many seconds all are there again', '"requests";r=5999;t=42'),
  RateLimitPolicy: word('The limit: how many requests in how many seconds', '"requests";q=6000;w=60'),
  AllowOrigin: {
    description: 'This site alone: the API is for programs, and no page of another site may read its answers',
    schema: { type: 'string', format: 'uri', maxLength: 200 },
  },
  RetryAfter: integer('Seconds to wait', 86_400),
}

export const limits: Json = {
  RateLimit: ref('headers', 'RateLimit'),
  'RateLimit-Policy': ref('headers', 'RateLimitPolicy'),
  'Access-Control-Allow-Origin': ref('headers', 'AllowOrigin'),
}

export const refusalNames: Readonly<Record<number, string>> = {
  400: 'Damaged',
  401: 'NoKey',
  403: 'NotOpened',
  404: 'NothingHere',
  409: 'UnderWay',
  413: 'TooLong',
  415: 'NotJson',
  422: 'DoesNotFit',
  429: 'TooOften',
  500: 'OurFault',
}

export const problems: Json = {
  Damaged: problemOf('What was sent is not JSON, or a header cannot be read'),
  NoKey: problemOf('No key was sent, or one that opens nothing (any more)'),
  NotOpened: problemOf('The key does not have the scope, or is bound to another service'),
  NothingHere: problemOf('There is nothing by that name'),
  UnderWay: problemOf('The same request, by its Idempotency-Key, is still being worked on'),
  TooLong: problemOf('More than 64 KiB were sent'),
  NotJson: problemOf('Something else than JSON was sent'),
  DoesNotFit: problemOf('A part of the request does not fit: which, and why, is told in errors'),
  TooOften: problemOf('The key asked too often', { 'Retry-After': ref('headers', 'RetryAfter') }),
  OurFault: problemOf('Something went wrong on our side'),
}

const text = (maxLength: number, description: string): Json => ({ type: 'string', maxLength, pattern: TEXT, description })

export const Problem: Json = {
  type: 'object',
  description: 'A refusal (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: text(100, 'about:blank: the status says what kind it is'),
    title: text(100, 'The status in words'),
    status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599, description: 'The status' },
    detail: text(500, 'What was wrong, and what can be done'),
    instance: text(100, 'The number of the request, for questions'),
    errors: {
      type: 'array',
      maxItems: 50,
      description: 'What is wrong, part by part',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          pointer: text(1_000, 'Where in the body: a JSON pointer'),
          parameter: text(1_000, 'Which parameter of the address'),
          detail: text(1_000, 'What is wrong with it'),
        },
      },
    },
  },
  examples: [
    {
      type: 'about:blank',
      title: 'Unprocessable Content',
      status: 422,
      detail: 'Something in the request does not fit; see errors.',
      instance: 'urn:request:6f9c1f0e-7a0b-4a3e-9d0a-1f1d6f6f3f10',
      errors: [{ pointer: '/email', detail: 'That does not look like an e-mail address, such as name@example.com.' }],
    },
  ],
}

export const IdempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A word that names this request. Sent again within a day, it is not done again: the first answer is given.',
  schema: { type: 'string', minLength: 1, maxLength: 257, pattern: '^"?[!#-\\[\\]-~]{1,255}"?$' },
  example: '"6f9c1f0e-7a0b-4a3e-9d0a-1f1d6f6f3f10"',
}
