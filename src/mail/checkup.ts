/**
 * What must stand in the name servers so that letters arrive and what comes back is heard: compared with
 * what does stand there, with a sentence on how to mend it.
 */
import { type Answer, lookUp } from '../processors/dns.ts'
import { log } from '../log.ts'
import type { House } from '../web/house.ts'
import { type KeptKey, keysOf, senderDomain, takesOver } from './signing.ts'

export interface Finding {
  readonly what: 'SPF' | 'DKIM' | 'DMARC' | 'Return path'
  readonly state: 'pass' | 'warn' | 'fail'
  /** The record that should be there. */
  readonly type: 'TXT' | 'MX'
  readonly name: string
  readonly wanted: string
  readonly found: readonly string[]
  /** What to do; empty when all is well. */
  readonly mend: string
}

/** Looks at every record. Changes nothing. */
export async function findings(house: House): Promise<Finding[]> {
  const keys = await house.db.as('operations', (tx) => keysOf(tx, senderDomain(house)))
  const published = keys.filter((key) => key.state !== 'retired')
  const found = await Promise.all([spf(house), ...published.map((key) => dkim(house, key)), dmarc(house), comingBack(house)])
  return published.length > 0 ? found : [...found.slice(0, 1), unsigned(house), ...found.slice(1)]
}

/** Looks, and lets a key that waits take over once it is found published. */
export async function checkUp(house: House): Promise<Finding[]> {
  await checkForKeys(house)
  const found = await findings(house)
  log('mail.checked', { failed: found.filter(({ state }) => state === 'fail').length })
  return found
}

/** Lets the newest key that waits take over, if it is published. */
export async function checkForKeys(house: House): Promise<void> {
  const keys = await house.db.as('operations', (tx) => keysOf(tx, senderDomain(house)))
  const [waiting] = keys.filter((key) => key.state === 'waits')
  if (!waiting || (await dkim(house, waiting)).state !== 'pass') return
  await house.db.as('operations', (tx) => takesOver(tx, waiting))
}

const UNREACHED = 'The name servers did not answer. Try again in a minute.'

interface Sought extends Pick<Finding, 'what' | 'type' | 'name' | 'wanted'> {
  readonly own: string
}

/** One finding: `judge` says what is wrong with the records, if anything is. */
async function find(sought: Sought, judge: (records: readonly string[]) => { state: Finding['state']; mend: string }): Promise<Finding> {
  const { own, ...rest } = sought
  const answer: Answer = await lookUp(own, sought.name, sought.type)
  if (answer === 'no answer') return { ...rest, found: [], state: 'warn', mend: UNREACHED }
  return { ...rest, found: answer, ...judge(answer) }
}

const well = { state: 'pass', mend: '' } as const
const bad = (mend: string) => ({ state: 'fail', mend }) as const
const doubtful = (mend: string) => ({ state: 'warn', mend }) as const

/** The domain of the return path, by which receivers check SPF. */
const pathDomain = (house: House): string => house.config.bounceAddress?.split('@')[1] ?? senderDomain(house)

const spf = (house: House): Promise<Finding> => {
  const own = pathDomain(house)
  const server = house.config.smtpUrl ? new URL(house.config.smtpUrl).hostname : 'your.mail.server'
  const wanted = `v=spf1 a:${server} -all`
  return find({ what: 'SPF', type: 'TXT', own, name: own, wanted }, (records) => {
    const policies = records.filter((record) => /^v=spf1(\s|$)/i.test(record))
    const [policy = ''] = policies
    if (policies.length === 0) return bad('Publish it, with the server that sends your letters (your provider says how to name it).')
    if (policies.length > 1) return bad('There are several records that begin with v=spf1, which makes all of them void: keep one.')
    if (/(^|\s)\+?all(\s|$)/i.test(policy)) return bad('It lets everybody send in your name: end it with -all.')
    if (!/[-~]all\s*$|\sredirect=/i.test(policy)) return doubtful('It does not say what to do with other senders: end it with -all.')
    return well
  })
}

const tagsOf = (record: string): Map<string, string> =>
  new Map(
    record.split(';').map((tag) => {
      const at = tag.indexOf('=')
      return [tag.slice(0, at).trim().toLowerCase(), tag.slice(at + 1).replace(/\s+/g, '')] as const
    }),
  )

const dkim = (house: House, { record, state }: KeptKey): Promise<Finding> =>
  find({ what: 'DKIM', type: 'TXT', own: senderDomain(house), name: record.name, wanted: record.value }, (records) => {
    const wanted = tagsOf(record.value).get('p')
    if (records.some((text) => tagsOf(text).get('p') === wanted)) return well
    const waits =
      state === 'waits' ? ' Until then this key signs nothing.' : ' Letters are signed with this key, and receivers cannot check it.'
    return bad(records.length === 0 ? `Publish it.${waits}` : `Another key stands there. Replace it by this one.${waits}`)
  })

const unsigned = (house: House): Finding => ({
  what: 'DKIM',
  type: 'TXT',
  name: `(selector)._domainkey.${senderDomain(house)}`,
  wanted: 'v=DKIM1; k=rsa; p=(public key)',
  found: [],
  state: 'fail',
  mend: 'There is no key yet: make one here, or with cloudrun mail keys.',
})

const dmarc = (house: House): Promise<Finding> => {
  const own = senderDomain(house)
  return find({ what: 'DMARC', type: 'TXT', own, name: `_dmarc.${own}`, wanted: 'v=DMARC1; p=quarantine' }, (records) => {
    const policies = records.filter((record) => /^v=DMARC1\s*(;|$)/i.test(record))
    const policy = tagsOf(policies[0] ?? '')
      .get('p')
      ?.toLowerCase()
    if (policies.length === 0) return bad('Publish it: large providers refuse bulk mail without it.')
    if (policies.length > 1) return bad('There are several records, which makes all of them void: keep one.')
    if (policy === 'none') return doubtful('It asks for nothing yet. Once SPF and DKIM pass, say p=quarantine or p=reject.')
    return policy === 'quarantine' || policy === 'reject' ? well : bad('It names no policy: say p=quarantine.')
  })
}

async function comingBack(house: House): Promise<Finding> {
  const { bounceAddress, origin } = house.config
  const own = pathDomain(house)
  const sought: Sought = { what: 'Return path', type: 'MX', own, name: own, wanted: `10 ${new URL(origin).hostname}` }
  if (!bounceAddress) {
    const mend = 'Nobody hears what comes back: open a door with SMTP_IN_PORT, or name a mailbox with IMAP_URL.'
    const { own: _, ...rest } = sought
    return { ...rest, found: [], state: 'warn', mend }
  }
  return find(sought, (records) => {
    if (records.length === 0) return bad(`Publish it, so that what comes back to ${bounceAddress} arrives.`)
    return alike(own, senderDomain(house))
      ? well
      : doubtful('It lies in another domain than the sender, so SPF alone does not satisfy DMARC.')
  })
}

const alike = (one: string, other: string): boolean => one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)
