/**
 * The addresses that letters about a request hold: one that shows for as long as the request is kept how it
 * stands, and needs no row; and codes that are good for one act, once.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Database } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import type { House } from '../web/house.ts'

const MAC = 16
const macOf = (db: Database, id: Id): Buffer => createHmac('sha256', db.keyring.own('requests')).update(id).digest().subarray(0, MAC)

/** The word that stands for a request in addresses. */
export const requestToken = (db: Database, id: Id): string =>
  Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), macOf(db, id)]).toString('base64url')

/** The request that such a word stands for; undefined when it is not one of ours. */
export function requestBehind(db: Database, token: string): Id | undefined {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== 16 + MAC || bytes.toString('base64url') !== token) return undefined
  const id = asId(bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  return id && timingSafeEqual(macOf(db, id), bytes.subarray(16)) ? id : undefined
}

/** The path of the page that shows how a request stands. */
export const statusPath = (db: Database, id: Id): string => `/privacy/requests/${requestToken(db, id)}`

/** The same, as a letter holds it. */
export const statusAddress = ({ config, db }: House, id: Id): string => `${config.origin}${statusPath(db, id)}`

/** Where one confirms that a request is one's own. */
export const proofAddress = ({ config }: House, code: string): string => `${config.origin}/privacy/requests/confirm/${code}`

/** Where one fetches the copy that was asked for. */
export const copyAddress = ({ config }: House, code: string): string => `${config.origin}/privacy/requests/copy/${code}`
