/** Which versions of the policy held for somebody, and since when. */
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { now } from '../clock.ts'
import { allVersions } from '../versions/version.ts'
import { Moment } from '../web/lists.tsx'
import { noticesTo } from './notices.ts'

/** A version, as it holds for one person. */
export interface Applied {
  readonly number: number
  /** From when on; a moment to come while it waits. */
  readonly from: Date
  readonly until: Date | undefined
  /** When they were told, and how. */
  readonly told: { readonly at: Date; readonly how: 'letter' | 'website' } | undefined
}

/** The versions that hold or held for somebody since they joined, and those to come, newest first. */
export async function appliedTo(tx: For<'rights'>, { personId, joinedAt }: { personId: Id; joinedAt: Date }): Promise<Applied[]> {
  const versions = await allVersions(tx)
  const notices = await noticesTo(tx, personId)
  return versions
    .map(({ number, tookEffectAt, effectiveAt }, at): Applied => {
      const since = tookEffectAt ?? effectiveAt
      const notice = notices.find((one) => one.number === number)
      return {
        number,
        from: since < joinedAt ? joinedAt : since,
        until: versions[at + 1]?.tookEffectAt,
        told: toldBy(notice),
      }
    })
    .filter(({ until }) => until === undefined || until > joinedAt)
    .reverse()
}

type Notice = Awaited<ReturnType<typeof noticesTo>>[number]

function toldBy(notice: Notice | undefined): Applied['told'] {
  if (notice?.fate === 'sent' && notice.outAt) return { at: notice.outAt, how: 'letter' }
  return notice?.seenAt ? { at: notice.seenAt, how: 'website' } : undefined
}

/** The same as a part of a page. */
export const AppliedSection = ({ applied }: { applied: readonly Applied[] }) => (
  <section id="policy">
    <h2>Which privacy policy holds for you</h2>
    <ol class="timeline">
      {applied.map(({ number, from, until, told }) => (
        <li>
          <a href={`/privacy/versions/${number}`}>Version {number}</a>: {from > now() ? 'takes effect at the earliest on ' : 'since '}
          <Moment at={from} as="day" />
          {until && (
            <>
              , until <Moment at={until} as="day" />
            </>
          )}
          {told && (
            <>
              . We told you {told.how === 'letter' ? 'by e-mail ' : 'on the website '}
              <Moment at={told.at} />
            </>
          )}
        </li>
      ))}
    </ol>
  </section>
)
