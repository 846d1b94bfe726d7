/** The operator's mailbox, emptied by IMAP: the other way in for what comes back. */
import type { Nameplate } from './nameplate.ts'

export const imap: Nameplate = {
  name: 'Our mailbox',
  does: 'Keeps what comes back until we fetch it',
  where: 'Where the operator runs it',
  purposes: ['updates', 'rights', 'operations'],
  receives: {},
  basis: 'legitimate interest',
  forget: 'Nothing is sent there; what we took from it is deleted there at once.',
  correct: 'It got nothing from us that could be corrected.',
  way: ({ imapUrl }) => (imapUrl ? new URL(imapUrl) : undefined),
  own: true,
}

/** The mailbox could not be reached or refused us; its words are not passed on, because they may quote a letter. */
class MailboxFault extends Error {
  override name = 'MailboxFault'
}

/** How many letters one visit fetches, and what the largest of them may weigh. */
interface Bounds {
  readonly letters: number
  readonly bytes: number
}

/** Keeps a letter, or does not. */
type Take = (raw: Buffer) => Promise<boolean>

/**
 * Fetches the unseen letters in the mailbox. Each is handed to `take`, of those that are too large the head alone.
 * It is deleted there only once `take` says that all of it is kept; others are marked as seen and stay, because
 * the mailbox may be somebody's.
 * @returns how many were looked at
 * @throws MailboxFault when the mailbox cannot be opened
 */
export async function emptyMailbox(url: string, bounds: Bounds, take: Take): Promise<number> {
  const { ImapFlow } = await import('imapflow')
  const client = new ImapFlow({
    ...placeOf(new URL(url)),
    logger: false,
    disableAutoIdle: true,
    socketTimeout: 60_000,
    greetingTimeout: 15_000,
  })
  // Without a listener a connection that breaks would take the program with it; the call under way fails, too.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.mailboxOpen(folderOf(url))
    const unseen = (await client.search({ seen: false }, { uid: true })) || []
    const uids = unseen.slice(0, bounds.letters)
    for (const uid of uids) await fetchOne(client, String(uid), bounds, take)
    return uids.length
  } catch (fault) {
    throw new MailboxFault(`the mailbox could not be emptied: ${(fault as { code?: string }).code ?? 'unknown'}`)
  } finally {
    await client.logout().catch(() => client.close())
  }
}

type Client = InstanceType<typeof import('imapflow').ImapFlow>

async function fetchOne(client: Client, uid: string, bounds: Bounds, take: Take): Promise<void> {
  const size = await client.fetchOne(uid, { size: true }, { uid: true })
  const fits = size && (size.size ?? Number.POSITIVE_INFINITY) <= bounds.bytes
  const found = await client.fetchOne(uid, fits ? { source: true } : { headers: true }, { uid: true })
  const raw = found ? (fits ? found.source : found.headers) : undefined
  const kept = raw ? await take(raw) : false
  // Of what is too large the head alone is taken: it says who wrote and what about, and the letter stays.
  if (kept && fits) await client.messageDelete(uid, { uid: true })
  else await client.messageFlagsAdd(uid, ['\\Seen'], { uid: true })
}

// The password goes over the wire only where the wire is closed to others.
const placeOf = ({ protocol, hostname, port, username, password }: URL) => ({
  host: hostname,
  port: port ? Number(port) : protocol === 'imaps:' ? 993 : 143,
  secure: protocol === 'imaps:',
  doSTARTTLS: protocol === 'imap:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? true : undefined,
  auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
})

const folderOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1)) || 'INBOX'
