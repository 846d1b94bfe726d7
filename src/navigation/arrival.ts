/**
 * How a visit came here. Channels are told by exact hosts and by the campaign words that are in common
 * use: a host that merely looks like a known one is a referral, and a word that nobody knows is nothing.
 */
import type { Arrival } from './action.ts'
import { tidy } from './tidy.ts'

const list = (hosts: string): ReadonlySet<string> => new Set(hosts.split(/\s+/))

const SEARCH = list(
  'google.com bing.com duckduckgo.com yahoo.com search.yahoo.com ecosia.org baidu.com yandex.com yandex.ru startpage.com qwant.com search.brave.com kagi.com naver.com search.naver.com sogou.com seznam.cz search.seznam.cz mojeek.com swisscows.com metager.de ask.com',
)
const SOCIAL = list(
  'facebook.com m.facebook.com l.facebook.com lm.facebook.com instagram.com l.instagram.com x.com twitter.com t.co linkedin.com lnkd.in reddit.com old.reddit.com out.reddit.com news.ycombinator.com lobste.rs youtube.com m.youtube.com youtu.be pinterest.com tiktok.com threads.net threads.com bsky.app mastodon.social mastodon.online fosstodon.org hachyderm.io vk.com m.vk.com quora.com tumblr.com snapchat.com discord.com t.me web.telegram.org whatsapp.com web.whatsapp.com weibo.com xing.com',
)
const ASSISTANT = list(
  'chatgpt.com chat.openai.com perplexity.ai gemini.google.com copilot.microsoft.com claude.ai you.com phind.com chat.mistral.ai',
)
const MAIL = list(
  'mail.google.com outlook.live.com outlook.office.com outlook.office365.com mail.yahoo.com mail.proton.me app.fastmail.com webmail.gmx.net mail.aol.com',
)

const GOOGLE = /^google\.(com?\.)?[a-z]{2,3}$/
const PAID = list(
  'cpc ppc cpm cpv cpa cpp paid paidsearch paid-search paid_search paidsocial paid-social paid_social retargeting display banner',
)
const PAID_SEARCH_SOURCES = list('google bing duckduckgo yahoo baidu yandex ecosia adwords')
const BY_MEDIUM: Readonly<Record<string, string>> = {
  email: 'e-mail',
  'e-mail': 'e-mail',
  newsletter: 'e-mail',
  social: 'social',
  'social-media': 'social',
  organic: 'search',
  referral: 'referral',
  affiliate: 'affiliate',
  partner: 'affiliate',
  display: 'display',
  banner: 'display',
  cpm: 'display',
  push: 'push',
  sms: 'sms',
}

const WORDS = ['source', 'medium', 'campaign', 'term', 'content'] as const

/** Stands in a query that has one of them. */
const WORD = /utm_|source|ref|%/

/** The campaign words of an address; everything else in its query is left alone. */
function campaignWords(query: string): Record<(typeof WORDS)[number], string> {
  if (!WORD.test(query)) return { source: '', medium: '', campaign: '', term: '', content: '' }
  const asked = new URLSearchParams(query)
  const of = (...names: string[]): string => {
    for (const name of names) {
      const word = asked.get(name)
      if (word) return tidy(word, 80)
    }
    return ''
  }
  return {
    source: of('utm_source', 'source', 'ref'),
    medium: of('utm_medium'),
    campaign: of('utm_campaign'),
    term: of('utm_term'),
    content: of('utm_content'),
  }
}

const bare = (host: string): string => host.replace(/^www\./, '')

function channelOf(referrer: string, { source, medium, campaign }: ReturnType<typeof campaignWords>): string {
  const [said, from, host] = [medium.toLowerCase(), source.toLowerCase(), bare(referrer)]
  const search = SEARCH.has(host) || GOOGLE.test(host)
  if (PAID.has(said) && !(said in BY_MEDIUM)) {
    if (search || PAID_SEARCH_SOURCES.has(from)) return 'paid search'
    return SOCIAL.has(host) || SOCIAL.has(`${from}.com`) ? 'paid social' : 'paid'
  }
  const told = Object.hasOwn(BY_MEDIUM, said) ? BY_MEDIUM[said] : undefined
  if (told) return told
  if (ASSISTANT.has(host)) return 'assistant'
  if (MAIL.has(host)) return 'e-mail'
  if (search) return 'search'
  if (SOCIAL.has(host)) return 'social'
  if (referrer !== '') return 'referral'
  return source !== '' || campaign !== '' ? 'campaign' : 'direct'
}

/** A page as it was come to. */
interface Coming {
  readonly host: string
  /** The address that linked there. */
  readonly referring: string | undefined
  readonly query: string
}

/** Where somebody came from. A website refers nobody to itself. */
export function arrivalOf({ host, referring, query }: Coming, ours: ReadonlySet<string>): Arrival {
  const from = hostOf(referring)
  const referrer = from === undefined || from === host ? '' : tidy(from.replace(/:\d+$/, ''), 100)
  const words = campaignWords(query)
  const channel = referrer !== '' && from !== undefined && ours.has(from) ? 'own website' : channelOf(referrer, words)
  return { referrer, channel, ...words }
}

// Most referrers are an origin and no more, in the spelling that a parser would give them.
const ORIGIN = /^https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]*[a-z][a-z0-9-]*)+)\/$/

function hostOf(address: string | undefined): string | undefined {
  const plain = address && ORIGIN.exec(address)?.[1]
  if (plain && !plain.includes('xn--')) return plain
  const from = address && address.length <= 2_000 ? URL.parse(address) : null
  // An app names itself in the place of a host.
  return from && /^(https?|android-app):$/.test(from.protocol) ? from.host.toLowerCase() : undefined
}
