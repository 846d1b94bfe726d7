/**
 * A mailbox that works again: its owner asks for a letter, and the button behind that letter's link lifts the
 * stop. The link is about one stop, and is good for as long as that stop holds.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Database, For } from '../database/connection.ts'
import { asId, type Id } from '../log.ts'
import type { House } from '../web/house.ts'
import { mailboxLetter } from './emails.ts'
import { post } from './letter.ts'
import { lift, stopOf, suppressionOf } from './suppression.ts'

const macOf = (db: Database, id: Id): Buffer => createHmac('sha256', db.keyring.own('mailbox')).update(id).digest().subarray(0, 16)

const tokenFor = (db: Database, id: Id): string =>
  Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), macOf(db, id)]).toString('base64url')

function stopBehind(db: Database, token: string): Id | undefined {
  const bytes = Buffer.from(token, 'base64url')
  const id = asId(bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  const whole = bytes.length === 32 && bytes.toString('base64url') === token
  return whole && id && timingSafeEqual(macOf(db, id), bytes.subarray(16)) ? id : undefined
}

/** Writes to an address that is stopped, to find out whether somebody reads it; does nothing when it is not. */
export async function askMailbox(tx: For<'service'>, house: House, to: { personId: Id; email: string }): Promise<void> {
  const stop = await suppressionOf(tx, to.email)
  if (stop) await post(tx, mailboxLetter(house, { to: to.email, personId: to.personId, token: tokenFor(tx.db, stop.id) }))
}

/** Does a link lead to a stop that still holds? */
export async function isStopBehind(tx: For<'security'>, token: string): Promise<boolean> {
  const id = stopBehind(tx.db, token)
  return id !== undefined && (await stopOf(tx, id)) !== undefined
}

/** Lifts the stop behind a link, and all others of its address; whether there was one. */
export async function worksAgain(tx: For<'security'>, token: string): Promise<boolean> {
  const id = stopBehind(tx.db, token)
  return id !== undefined && lift(tx, id, { by: 'person' })
}
