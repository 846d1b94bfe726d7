/** P14: everyone learns of a material change before it takes effect. */
import { createHash } from 'node:crypto'
import { DAY, now } from '../clock.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p14: Promised = {
  name: 'P14',
  says: 'The policy may change at any time; everyone concerned learns of a material change by e-mail or on the website before it takes effect.',
  keptBy: [
    { trigger: 'policy_effects_checked', says: 'no version takes effect before its day, nor before its notice went out and ran its time' },
    { trigger: 'policy_versions_checked', says: 'puts in everybody who has to hear of it, and refuses a day that is too early' },
    { trigger: 'policy_versions_bound', says: 'a version is bound by the notice that the one in force promised' },
    { trigger: 'policy_versions_fixed', says: 'what was published is neither changed nor taken out' },
    { trigger: 'policy_effects_fixed', says: 'nor is the moment at which it took effect' },
    { trigger: 'policy_notices_checked', says: 'whom a notice is for stays as it is' },
    { job: 'policy.watch', says: 'keeps what became of notices, and lets a version take effect when they have run their time' },
    { page: '/privacy/versions', says: 'every version, with its dates and its notices' },
  ],
  looksAt:
    'Each version that took effect, for its day and its notices; whether anybody was left out of the newest notice; whether the words that are served are those that were published; and whether everybody who received data of late stands in the version in force.',
  async check(look) {
    await lookAtVersions(look)
    await lookAtNotices(look)
    await lookAtWords(look)
    await lookAtRecipients(look)
  },
}

// Of the newest two, each notice is counted: those of an older version were, while it was new, and no longer change.
async function lookAtVersions(look: Look): Promise<void> {
  const versions = await look.rows<{
    number: number
    early: boolean
    hasty: boolean
    waiting: number
    brought: boolean
    in_force: boolean
  }>(
    'legal',
    `select v.number, v.brought, coalesce(e.took_effect_at < v.effective_at, false) as early, e.took_effect_at is not null as in_force,
            coalesce(v.material and not v.brought and n.last_out + make_interval(hours => 24 * v.bound_days) > e.took_effect_at, false) as hasty,
            coalesce(n.waiting, 0)::int as waiting
       from policy_versions v left join policy_effects e on e.number = v.number
       left join (select number, max(out_at) as last_out, count(*) filter (where fate in ('waiting', 'written') and person_id is not null) as waiting
                    from policy_notices where number >= (select max(number) - 1 from policy_versions) group by number) n
         on n.number = v.number order by v.number`,
  )
  look.count('versions', versions.length)
  if (!versions.some((version) => version.in_force)) look.find('no version of the policy is in force')
  look.find(
    ...versions.filter(({ early }) => early).map(({ number }) => `version ${number} took effect before its day`),
    ...versions.filter(({ hasty }) => hasty).map(({ number }) => `version ${number} took effect before its notice had run its time`),
    ...versions
      .filter((version) => version.in_force && !version.brought && version.waiting > 0)
      .map(({ number, waiting }) => `version ${number} is in force, and its notice has not gone out to ${waiting} people`),
  )
}

// Of those who were there when the newest version was published, the newest: whoever is left out is likeliest among them.
const PEOPLE = 5_000

async function lookAtNotices(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number; out: number; number: number | null }>(
    'rights',
    `with newest as (select number, published_at from policy_versions where material and not brought order by number desc limit 1)
     select count(*)::int as all, (count(*) filter (where not exists (select from policy_notices n where n.number = p.number and n.person_id = p.id)))::int as out,
            max(p.number) as number
       from (select q.id, newest.number from newest, lateral (select id from people where joined_at < newest.published_at order by joined_at desc limit ${PEOPLE}) q) p`,
  )
  look.count('people concerned', row?.all ?? 0)
  look.find(...(row?.out ? [`people have no notice of version ${row.number}: ${row.out}`] : []))
}

/** Byte for byte, and the page of the policy shows the version in force. */
async function lookAtWords(look: Look): Promise<void> {
  const versions = await look.rows<{ number: number; sha256: string; in_force: boolean }>(
    'service',
    `select v.number, v.sha256, v.number = (select max(number) from policy_effects where took_effect_at <= $1) as in_force from policy_versions v order by number desc limit 20`,
    [now()],
  )
  for (const { number, sha256, in_force } of versions) {
    const { text } = await look.get(`/privacy/versions/${number}/policy.md`)
    look.expect(
      'words',
      createHash('sha256').update(text).digest('hex') === sha256,
      `the words of version ${number} are not those that were published`,
    )
    if (in_force && !(await look.get('/privacy')).text.includes(`Version ${number},`))
      look.find(`the page of the policy does not show version ${number}, which is in force`)
  }
}

async function lookAtRecipients(look: Look): Promise<void> {
  const rows = await look.rows<{ processor: string; named: boolean }>(
    'legal',
    `select d.processor, d.processor = any(v.processors) as named
       from (select distinct processor from (select processor from disclosures where sent_at > $1 order by sent_at desc limit 20000) s) d,
            (select processors from policy_versions where number = (select max(number) from policy_effects)) v`,
    [new Date(now().getTime() - 2 * DAY)],
  )
  look.count('recipients of late', rows.length)
  look.find(
    ...rows
      .filter(({ named }) => !named)
      .map(({ processor }) => `data went to somebody whom the policy in force does not name: ${processor}`),
  )
}
