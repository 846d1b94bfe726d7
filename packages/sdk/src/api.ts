// Generated from docs/openapi.json by npm run generate; do not edit.

/** A refusal (RFC 9457) */
export interface Problem {
  /** about:blank: the status says what kind it is */
  readonly type: string
  /** The status in words */
  readonly title: string
  /** The status */
  readonly status: number
  /** What was wrong, and what can be done */
  readonly detail: string
  /** The number of the request, for questions */
  readonly instance: string
  /** What is wrong, part by part */
  readonly errors?: readonly {
    /** Where in the body: a JSON pointer */
    readonly pointer?: string
    /** Which parameter of the address */
    readonly parameter?: string
    /** What is wrong with it */
    readonly detail: string
  }[]
}

/** A key and what it opens */
export interface Key {
  /** What the key is called in the console */
  readonly name: string
  /** What the key opens */
  readonly scopes: readonly ('updates:read' | 'updates:write' | 'access:read' | 'usage:write' | 'reports:read')[]
  /** The one service that the key is bound to; null where it is bound to none */
  readonly service: string | null
  /** When the key ends; null where it does not */
  readonly expires_at: string | null
}

/** A person was erased: delete what you hold under their number */
export interface PersonErased {
  readonly type: 'person.erased'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stood for the person */
    readonly person: string
  }
}

/** A test, sent from the console to one program */
export interface TestSent {
  readonly type: 'test.sent'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The endpoint that is tested */
    readonly endpoint: string
  }
}

/** What each operation takes and answers. */
export interface Operations {
  /** What this key opens */
  readKey: { readonly asks: { }; readonly answers: Key }
}

/** Where each operation is, and whether it may be named so that it is done once. */
export const operations: Readonly<Record<keyof Operations, { method: string; at: string; repeatable: boolean }>> = {
  readKey: { method: 'GET', at: '/key', repeatable: false },
}

/** Everything that a program can be told. */
export type Told = TestSent | PersonErased
