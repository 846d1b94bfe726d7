/** The letter about a new version of the policy. */
import { dayInWords } from '../clock.ts'
import type { Id } from '../log.ts'
import type { Letter } from '../mail/letter.ts'
import type { House } from '../web/house.ts'
import type { Version } from '../versions/version.ts'
import type { News } from './news.ts'

/** To everybody who has to hear of it; it is no update, so nobody's choice of topics holds it back. */
export function versionLetter(
  { content: { company }, config }: House,
  { id, name, email }: { id: Id; name: string; email: string },
  { version, news }: { version: Version; news: News },
): Letter {
  const on = dayInWords(version.effectiveAt)
  const more = listed(news)
  return {
    to: email,
    personId: id,
    kind: 'policy',
    subject: `Our privacy policy changes on ${on}`,
    parts: [
      `Hello ${name},`,
      `the privacy policy of ${company.name} changes on ${on}. Until then nothing changes. This is what does:`,
      version.reason,
      ...(more.length > 0 ? [{ facts: more }] : []),
      { button: 'See what changes, word by word', href: `${config.origin}/privacy/versions/${version.number}/changes` },
      'You do not have to do anything. If you do not want this, you can until then, and after it: object, take your data with you, leave, or have everything erased. Here is how, with or without an account:',
      { button: 'Object, take your data, or leave', href: `${config.origin}/privacy/versions/${version.number}/choices` },
      `If anything is unclear, write to ${config.privacyAddress}.`,
    ],
    from: company.name,
  }
}

function listed({ purposes, categories, processors }: News): [string, string][] {
  return [
    ...purposes.map(({ says, consent }): [string, string] => ['New use', consent ? `${says}; only if you agree to it` : says]),
    ...categories.map((says): [string, string] => ['New kind of data', says]),
    ...processors.map((says): [string, string] => ['New recipient', says]),
  ]
}
