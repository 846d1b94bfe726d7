/** An issue made ready to go: its words pressed, its letters encoded but for what differs from reader to reader. */
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { leavingMailbox } from '../mail/leaving-address.ts'
import { keysThatSign } from '../mail/signing.ts'
import { messageId, returnPath } from '../mail/return-path.ts'
import type { Parcel, SigningKey } from '../processors/smtp.ts'
import type { House } from '../web/house.ts'
import type { Issue } from './issue.ts'
import { leavingAddress, type Link } from './link.ts'
import { type Stencil, stencilOf } from './message.ts'
import { escaped, filled, type Pressed, press } from './rendering.ts'
import { topicNamed } from './topic.ts'

export interface Edition {
  readonly issue: Issue
  readonly pressed: Pressed
  readonly stencil: Stencil
  readonly keys: readonly SigningKey[]
}

/** Whom one letter is for. */
export interface Reached {
  readonly recipientId: Id
  readonly subscriptionId: Id
  readonly name: string
  readonly email: string
}

/** Presses the issue as it stands. */
export async function pressIssue(tx: For<'updates'>, house: House, issue: Issue): Promise<Pressed> {
  const { config, content } = house
  const topic = (await topicNamed(tx, issue.topic))?.title ?? issue.topic
  return press(issue, {
    origin: config.origin,
    company: content.company.name,
    postalAddress: content.company.postalAddress,
    topic,
    archive: `${config.origin}/updates/archive/${issue.slug}`,
  })
}

/** Makes an issue ready to go. */
export async function editionOf(house: House, issue: Issue): Promise<Edition> {
  const { pressed, title } = await house.db.as('updates', async (tx) => ({
    pressed: await pressIssue(tx, house, issue),
    title: (await topicNamed(tx, issue.topic))?.title ?? issue.topic,
  }))
  const host = new URL(house.config.origin).hostname
  const stencil = stencilOf(pressed, {
    from: house.config.mailFrom,
    list: [title, `${issue.topic}.updates.${host}`],
    // Campaign, kind and sender: enough for a provider's counts, nothing of the reader.
    feedbackId: `${issue.id.slice(-12)}:${issue.topic}:updates:${host
      .replace(/[^a-z0-9]/gi, '')
      .padEnd(5, 'x')
      .slice(0, 15)}`,
    archive: `${house.config.origin}/updates/archive`,
  })
  return { issue, pressed, stencil, keys: await keysThatSign(house) }
}

const linkOf = ({ issue }: Edition, { subscriptionId }: Reached): Link => ({ subscriptionId, topic: issue.topic, issueId: issue.id })

/** The letter to one reader, as it goes over the wire. */
export function parcelFor(house: House, edition: Edition, reached: Reached): Parcel {
  const sent = { what: 'update', id: reached.recipientId } as const
  const message = edition.stencil({
    to: reached.email,
    name: reached.name,
    leave: leavingAddress(house, linkOf(edition, reached)),
    leaveByLetter: leavingMailbox(house, { subscriptionId: reached.subscriptionId, issueId: edition.issue.id }),
    messageId: messageId(house, sent),
    date: now(),
  })
  return { to: reached.email, returnPath: returnPath(house, sent) ?? senderOf(house), message, keys: edition.keys }
}

const senderOf = ({ config }: House): string => /<([^<>]+)>\s*$/.exec(config.mailFrom)?.[1] ?? config.mailFrom

/** The same letter as `/dev/mail` shows it, where there is no server to take it. */
export function shownFor(
  house: House,
  edition: Edition,
  reached: Reached,
): { subject: string; text: string; html: string; headers: Record<string, string> } {
  const reader = { name: reached.name, leave: leavingAddress(house, linkOf(edition, reached)) }
  const { subject, text, html } = edition.pressed
  return {
    subject: filled(subject, reader),
    text: filled(text, reader),
    html: filled(html, reader, escaped),
    headers: headersIn(parcelFor(house, edition, reached).message),
  }
}

// Read from the letter itself, so that what is shown is what would go.
function headersIn(message: Buffer): Record<string, string> {
  const head =
    message
      .toString()
      .split('\r\n\r\n')[0]
      ?.replace(/\r\n[ \t]/g, ' ') ?? ''
  return Object.fromEntries(head.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}
