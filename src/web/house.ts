/** What every room is handed: the settings, the data, and what the operator wrote. */
import type { Env } from 'hono'
import type { Config } from '../config.ts'
import type { Database } from '../database/connection.ts'
import type { Id } from '../log.ts'
import type { Assets } from './assets.ts'
import type { Content } from './content.ts'
import type { Tab } from './console-frame.tsx'

export interface House {
  readonly config: Config
  readonly db: Database
  readonly content: Content
  readonly assets: Assets
}

/** Who is signed in, as the guard found them. */
export interface SignedIn {
  readonly sessionId: Id
  readonly personId: Id
  readonly name: string
  readonly email: string
  readonly joinedAt: Date
  readonly provenAt: Date
  readonly startedAt: Date
  /** Sessions are short and a second factor is needed: staff. */
  readonly strict: boolean
  /** Two factors stand behind this session: an app was asked for, or a passkey was used. */
  readonly factor: boolean
}

/** Which of the company's own programs asks, as its key says. */
export interface Program {
  readonly keyId: Id
  readonly name: string
  /** What the key opens; the words of `programs/scopes.ts`. */
  readonly scopes: readonly string[]
  /** The one service that the key is bound to, by its word in the catalogue; without it, it is bound to none. */
  readonly service: string | undefined
  readonly expiresAt: Date | undefined
}

/** What a request carries through the routes. */
export interface Web extends Env {
  Variables: {
    house: House
    requestId: string
    /** The page is the same for everybody, so its path holds nothing of anybody's. */
    shownToAll: boolean
    signedIn: SignedIn
    program: Program
    /** The role in which a member of staff is here; the staff room's word, see `staff/guard.ts`. */
    role: string
    /** The console's navigation for that role. */
    tabs: readonly Tab[]
  }
}
